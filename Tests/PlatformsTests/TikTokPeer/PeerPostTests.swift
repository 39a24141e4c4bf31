import HTTP
import Schedule
import Support
import Testing

@Suite("The TikTok of the tests: inits")
struct PeerPostTests {
  @Test("Takes what the documentation shows, and has nothing to object to")
  func good() async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    let begun = try await caller.begin(token)
    #expect(begun.id.hasPrefix("v_pub_file~v2-1.") && begun.id.utf8.count <= 64)
    #expect(begun.url.hasPrefix("\(caller.peer.origin)/video/?upload_id=") && begun.url.contains("&upload_token="))
    let inbox = try await caller.post("post/publish/inbox/video/init/", token, .directPost().with("post_info", nil))
    #expect(inbox.json?["data"]?["publish_id"]?.string?.hasPrefix("v_inbox_file~") == true)
    #expect(caller.peer.posts.isEmpty)
    let photos = try await caller.post("post/publish/content/init/", token, .photoPost)
    #expect(photos.json?["data"]?["publish_id"]?.string?.hasPrefix("p_pub_url~") == true)
    #expect(caller.peer.posts.map(\.urls) == [["https://media.example.org/1.webp", "https://media.example.org/2.webp"]])
    #expect(caller.peer.posts.first?.options["photo_cover_index"] == 1)
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  @Test(
    "A direct post is refused where a field is wrong",
    arguments: [
      ("post_info.privacy_level", nil, "invalid_params"), ("post_info.privacy_level", "PUBLIC", "invalid_params"),
      ("post_info.privacy_level", "FOLLOWER_OF_CREATOR", "privacy_level_option_mismatch"),
      ("post_info.title", .string(String(repeating: "x", count: 2201)), "invalid_params"),
      ("post_info.title", .string(String(repeating: "\u{1F4EF}", count: 1101)), "invalid_params"), ("post_info.title", 7, "invalid_params"),
      ("post_info.disable_duet", "true", "invalid_params"), ("post_info.brand_content_toggle", 0, "invalid_params"),
      ("post_info.video_cover_timestamp_ms", "1", "invalid_params"), ("source_info", nil, "invalid_params"),
      ("source_info.source", "FILE", "invalid_params"), ("source_info.video_size", nil, "invalid_params"),
      ("source_info.video_size", 4_294_967_297, "invalid_params"), ("source_info.total_chunk_count", .double(1.5), "invalid_params"),
    ] as [(String, JSON?, String)])
  func refused(path: String, value: JSON?, code: String) async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    _ = try await caller.post("post/publish/creator_info/query/", token)
    let answer = try await caller.post("post/publish/video/init/", token, .directPost().with(path, value))
    #expect(answer.code == code)
    #expect(answer.status == (code == "invalid_params" ? 400 : 403))
    #expect(caller.peer.violations.count == 1)
    await caller.end()
  }

  @Test(
    "A direct post is taken, and what a client must not do is written down",
    arguments: [
      ("post_info.extra", 1, "unknown key post_info.extra"), ("extra", 1, "unknown key extra"),
      ("source_info.video_url", "https://media.example.org/a.mp4", "unknown key source_info.video_url"),
      ("post_info.brand_content_toggle", nil, "post_info.brand_content_toggle is missing"),
    ] as [(String, JSON?, String)])
  func taken(path: String, value: JSON?, violation: String) async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    _ = try await caller.post("post/publish/creator_info/query/", token)
    #expect(try await caller.post("post/publish/video/init/", token, .directPost().with(path, value)).code == "ok")
    #expect(caller.peer.violations.map(\.reason) == [violation])
    await caller.end()
  }

  @Test("Client's rules without an error: creator_info comes first, branded is not SELF_ONLY, what is switched off stays off")
  func clientRules() async throws {
    let caller = try PeerCaller()
    caller.peer.change { $0.creators[0].commentDisabled = true }
    let token = try caller.token()
    let body = JSON.directPost().with("post_info.privacy_level", "SELF_ONLY").with("post_info.brand_content_toggle", true)
      .with("post_info.disable_comment", false)
    #expect(try await caller.post("post/publish/video/init/", token, body).code == "ok")
    #expect(
      caller.peer.violations.map(\.reason) == [
        "branded content cannot be SELF_ONLY", "post_info.disable_comment is false, and the creator has switched that off",
        "creator_info was not asked before it",
      ])
    await caller.end()
  }

  @Test(
    "A chunk plan divides the size, leaves the rest to the last chunk, and keeps to 5 to 64 MB of either kind",
    arguments: [
      (4_194_304, 4_194_304, 1, nil), (50_000_123, 10_000_000, 5, nil), (64_000_000, 64_000_000, 1, nil), (64_000_001, 32_000_000, 2, nil),
      (150_000_000, 32_000_000, 4, nil), (4_294_967_296, 32_000_000, 134, nil), (1, 1, 1, nil),
      (50_000_123, 10_000_000, 6, "The total chunk count is invalid"), (66_000_000, 64_000_000, 1, "The chunk size is invalid"),
      (66_000_000, 66_000_000, 1, "The chunk size is invalid"), (4_194_304, 2_097_152, 2, "The chunk size is invalid"),
      (20_000_000, 5_000_000, 4, "The chunk size is invalid"), (1000, 2000, 0, "The chunk size is invalid"),
      (0, 0, 1, "The video size is invalid"), (4_294_967_296, 5_242_880, 819, nil),
    ] as [(Int64, Int64, Int64, String?)])
  func chunks(size: Int64, chunk: Int64, count: Int64, objection: String?) async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    let plan: JSON = ["source": "FILE_UPLOAD", "video_size": .int(size), "chunk_size": .int(chunk), "total_chunk_count": .int(count)]
    let answer = try await caller.post("post/publish/inbox/video/init/", token, ["source_info": plan])
    #expect(answer.json?["error"]?["message"]?.string == objection ?? "")
    #expect(caller.peer.violations.map(\.reason) == (objection.map { [$0] } ?? []))
    await caller.end()
  }

  @Test(
    "Photos are refused where a field is wrong",
    arguments: [
      ("media_type", "VIDEO", "invalid_params"), ("post_mode", "DIRECT POST", "invalid_params"),
      ("post_info.title", .string(String(repeating: "x", count: 91)), "invalid_params"),
      ("post_info.description", .string(String(repeating: "x", count: 4001)), "invalid_params"),
      ("source_info.source", "FILE_UPLOAD", "invalid_params"), ("source_info.photo_cover_index", nil, "invalid_params"),
      ("source_info.photo_cover_index", 2, "invalid_params"), ("source_info.photo_images", [], "invalid_params"),
      ("source_info.photo_images", .array(Array(repeating: "https://media.example.org/1.webp", count: 36)), "invalid_params"),
      ("source_info.photo_images", ["http://media.example.org/1.webp", "https://media.example.org/2.webp"], "invalid_params"),
      ("source_info.photo_images", ["https://10.0.0.1/1.webp", "https://media.example.org/2.webp"], "invalid_params"),
      ("source_info.photo_images", ["https://media.example.com/1", "https://media.example.org/2"], "url_ownership_unverified"),
    ] as [(String, JSON?, String)])
  func photos(path: String, value: JSON?, code: String) async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    _ = try await caller.post("post/publish/creator_info/query/", token)
    #expect(try await caller.post("post/publish/content/init/", token, .photoPost.with(path, value)).code == code)
    #expect(caller.peer.violations.count == (code == "invalid_params" ? 1 : 0))
    #expect(caller.peer.posts.isEmpty)
    await caller.end()
  }

  @Test("A token has six inits, twenty questions about its creator and thirty about publications in any minute")
  func rates() async throws {
    let caller = try PeerCaller()
    caller.peer.change { $0.sendsRetryAfter = true }
    let token = try caller.token()
    for (path, body, limit) in [
      ("inbox/video/init/", JSON.directPost().with("post_info", nil), 6), ("creator_info/query/", nil, 20),
      ("status/fetch/", ["publish_id": "none"] as JSON, 30),
    ] {
      var codes: [String?] = []
      for _ in 0...limit { codes.append(try await caller.post("post/publish/" + path, token, body).code) }
      #expect(codes.dropLast().allSatisfy { $0 != "rate_limit_exceeded" })
      #expect(codes.last == "rate_limit_exceeded")
    }
    let refused = try await caller.post("post/publish/creator_info/query/", token)
    #expect((refused.status, refused.headers["retry-after"]) == (429, "61"))
    #expect(try await caller.post("post/publish/creator_info/query/", try caller.token()).code == "ok")
    caller.clock.advance(to: .noon + .seconds(60))
    #expect(try await caller.post("post/publish/creator_info/query/", token).code == "ok")
    await caller.end()
  }

  @Test("A creator has so many posts and pending drafts a day, and a restricted one has none")
  func caps() async throws {
    let caller = try PeerCaller()
    caller.peer.change { ($0.creators[0].dailyPosts, $0.creators[0].pendingShares) = (1, 1) }
    let token = try caller.token()
    _ = try await caller.post("post/publish/creator_info/query/", token)
    #expect(try await caller.post("post/publish/content/init/", token, .photoPost).code == "ok")
    let full = try await caller.post("post/publish/creator_info/query/", token)
    #expect((full.status, full.code) == (200, "spam_risk_too_many_posts"))
    let refused = try await caller.post("post/publish/content/init/", token, .photoPost)
    #expect((refused.status, refused.code) == (403, "spam_risk_too_many_posts"))
    #expect(caller.peer.violations.map(\.reason) == ["creator_info said spam_risk_too_many_posts"])

    let draft = JSON.photoPost.with("post_mode", "MEDIA_UPLOAD").with("post_info", ["title": "Doors"])
    let id = try await caller.post("post/publish/content/init/", token, draft).json?["data"]?["publish_id"]?.string
    #expect(try await caller.post("post/publish/content/init/", token, draft).code == "spam_risk_too_many_pending_share")
    caller.peer.finishDraft(try #require(id))
    #expect(try await caller.post("post/publish/content/init/", token, draft).code == "ok")

    caller.clock.advance(to: .noon + .seconds(86_400))
    caller.peer.change { $0.creators[0].restriction = "reached_active_user_cap" }
    let later = try caller.token()
    #expect(try await caller.post("post/publish/creator_info/query/", later).status == 200)
    let banned = try await caller.post("post/publish/video/init/", later, .directPost())
    #expect((banned.status, banned.code) == (403, "reached_active_user_cap"))
    await caller.end()
  }

  @Test("An app that is not audited posts to private accounts alone")
  func unaudited() async throws {
    let caller = try PeerCaller()
    caller.peer.change { $0.app.isAudited = false }
    let token = try caller.token()
    _ = try await caller.post("post/publish/creator_info/query/", token)
    let body = JSON.directPost().with("post_info.privacy_level", "SELF_ONLY")
    let refused = try await caller.post("post/publish/video/init/", token, body)
    #expect((refused.status, refused.code) == (403, "unaudited_client_can_only_post_to_private_accounts"))
    caller.peer.change { $0.creators[0].isPrivate = true }
    #expect(try await caller.post("post/publish/video/init/", token, body).code == "ok")
    await caller.end()
  }

  @Test(
    "A call needs its scope",
    arguments: [
      ("creator_info/query/", "video.upload"), ("video/init/", "video.upload"), ("inbox/video/init/", "video.publish"),
      ("content/init/", "video.upload"), ("status/fetch/", "video.list"), ("cancel/", "user.info.basic"),
    ])
  func scopes(path: String, scope: String) async throws {
    let caller = try PeerCaller()
    let answer = try await caller.post("post/publish/" + path, try caller.token(scopes: [scope]), .photoPost)
    #expect((answer.status, answer.code) == (401, "scope_not_authorized"))
    await caller.end()
  }
}
