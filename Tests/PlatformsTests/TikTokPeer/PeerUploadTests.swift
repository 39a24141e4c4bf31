import Crypto
import HTTP
import Schedule
import Support
import Testing

@Suite("The TikTok of the tests: uploads and what becomes of them")
struct PeerUploadTests {
  @Test("The official example: 50,000,123 bytes in five chunks, 206 four times, then 201 and a post")
  func official() async throws {
    let caller = try PeerCaller()
    let begun = try await caller.begin(try caller.token(), size: 50_000_123, chunk: 10_000_000)
    for index in Int64(0)..<4 {
      let answer = try await caller.put(begun.url, index * 10_000_000...index * 10_000_000 + 9_999_999, of: 50_000_123)
      #expect(answer.status == 206)
      #expect(answer.headers["content-range"] == "bytes 0-\((index + 1) * 10_000_000)/50000123")
    }
    #expect(caller.peer.posts.isEmpty)
    let last = try await caller.put(begun.url, 40_000_000...50_000_122, of: 50_000_123)
    #expect((last.status, last.headers["content-range"]) == (201, "bytes 0-50000123/50000123"))
    let digest = SHA256.hash(data: [UInt8](repeating: 7, count: 50_000_123)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(caller.peer.posts.map(\.sha256) == [digest])
    #expect(caller.peer.posts.map(\.publishID) == [begun.id])
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  @Test("A chunk out of its turn, of another size or with a wrong head is refused, and stores nothing")
  func refused() async throws {
    let caller = try PeerCaller()
    let size: Int64 = 12_000_000
    let chunk: Int64 = 6_000_000
    let url = try await caller.begin(try caller.token(), size: size, chunk: chunk).url
    #expect(try await caller.put(url, chunk...size - 1, of: size).status == 416)
    #expect(try await caller.put(url, 0...chunk, of: size).status == 400)
    #expect(try await caller.put(url, 0...chunk - 1, of: size + 1).status == 400)
    #expect(try await caller.put(url, 0...chunk - 1, of: size, type: "application/octet-stream").status == 400)
    #expect(try await caller.put(url + "x", 0...chunk - 1, of: size).status == 404)
    #expect(caller.peer.violations.count == 5)
    let token = try await caller.put(url, 0...chunk - 1, of: size, more: ["authorization": "Bearer act.x"])
    #expect((token.status, caller.peer.violations.count) == (206, 6))
    #expect(try await caller.put(url, 0...chunk - 1, of: size).headers["content-range"] == "bytes 0-6000000/12000000")
    #expect(caller.peer.violations.count == 6, "to ask again for the last chunk is how a lost answer is found out about")
    #expect(try await caller.put(url, 0...chunk - 1, of: size, byte: 8).status == 416)
    #expect(caller.peer.violations.last?.reason == "the chunk has other bytes than before")
    caller.clock.advance(to: .noon + .seconds(3600))
    #expect(try await caller.put(url, chunk...size - 1, of: size).status == 403)
    #expect(caller.peer.posts.isEmpty)
    await caller.end()
  }

  @Test("What is asked again after the last byte is not posted again", arguments: [TikTokPeer.RepeatedChunk.refused, .accepted])
  func repeated(kind: TikTokPeer.RepeatedChunk) async throws {
    let caller = try PeerCaller()
    caller.peer.change { ($0.repeatedChunk, $0.progressIsCount) = (kind, false) }
    let begun = try await caller.begin(try caller.token())
    let answer = try await caller.put(begun.url, 0...999, of: 1000)
    #expect((answer.status, answer.headers["content-range"]) == (201, "bytes 0-999/1000"))
    #expect(try await caller.put(begun.url, 0...999, of: 1000).status == (kind == .accepted ? 201 : 416))
    #expect(caller.peer.posts.count == 1)
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  @Test("A public post is processed, complete, and known by its id; a private one never is")
  func moderation() async throws {
    let caller = try PeerCaller()
    caller.peer.change { $0.moderation = .init(asksUntilDone: 1, asksUntilID: 1) }
    let token = try caller.token()
    let begun = try await caller.begin(token)
    #expect(try await status(caller, token, begun.id)["uploaded_bytes"] == 0)
    _ = try await caller.put(begun.url, 0...999, of: 1000)
    var states: [JSON] = []
    for _ in 1...3 { states.append(.object(try await status(caller, token, begun.id))) }
    #expect(states.map { $0["status"]?.string } == ["PROCESSING_UPLOAD", "PUBLISH_COMPLETE", "PUBLISH_COMPLETE"])
    #expect(states.map { $0["uploaded_bytes"] } == [1000, 1000, 1000])
    let id = try #require(caller.peer.posts.first?.publicID)
    #expect("\(id)".count == 19)
    #expect(states.map { $0["publicaly_available_post_id"] } == [nil, nil, [.int(id)]])

    let photos = try await caller.post("post/publish/content/init/", token, .photoPost).json?["data"]?["publish_id"]?.string ?? ""
    var last: [String: JSON] = [:]
    for _ in 1...3 { last = try await status(caller, token, photos) }
    #expect(last["status"] == "PUBLISH_COMPLETE")
    #expect(last["publicaly_available_post_id"] == nil)
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  @Test("A post may fail for a reason; a draft ends in the inbox; what is under way may be cancelled; others' posts are nobody's business")
  func ends() async throws {
    let caller = try PeerCaller()
    caller.peer.change {
      $0.moderation = .init(asksUntilDone: 0, failure: "duration_check_failed")
      $0.creators.append(.init(openID: "open-id-other"))
    }
    let token = try caller.token()
    let begun = try await caller.begin(token)
    _ = try await caller.put(begun.url, 0...999, of: 1000)
    let failed = try await status(caller, token, begun.id)
    #expect((failed["status"], failed["fail_reason"]) == ("FAILED", "duration_check_failed"))
    #expect(caller.peer.posts.map(\.fate) == [.failed("duration_check_failed")])
    #expect(try await caller.post("post/publish/cancel/", token, ["publish_id": .string(begun.id)]).code == "publish_not_cancellable")

    caller.peer.change { $0.moderation = .init(asksUntilDone: 0) }
    let inbox = try await caller.post("post/publish/inbox/video/init/", token, .directPost().with("post_info", nil)).json?["data"]
    _ = try await caller.put(inbox?["upload_url"]?.string ?? "", 0...999, of: 1000)
    #expect(try await status(caller, token, inbox?["publish_id"]?.string ?? "")["status"] == "SEND_TO_USER_INBOX")

    let second = try await caller.begin(token)
    #expect(try await caller.post("post/publish/cancel/", token, ["publish_id": .string(second.id)]).code == "ok")
    #expect(try await status(caller, token, second.id)["fail_reason"] == "publish_cancelled")
    #expect(try await caller.put(second.url, 0...999, of: 1000).status == 404)

    let other = try caller.token(openID: "open-id-other")
    let refused = try await caller.post("post/publish/status/fetch/", other, ["publish_id": .string(begun.id)])
    #expect(refused.code == "token_not_authorized_for_specified_publish_id")
    await caller.end()
  }

  @Test("The list shows public posts, newest first, a page at a time")
  func list() async throws {
    let caller = try PeerCaller()
    let token = try caller.token()
    for second in 1...3 {
      caller.clock.advance(to: .noon + .seconds(second))
      let url = try await caller.begin(token).url
      _ = try await caller.put(url, 0...999, of: 1000)
    }
    _ = try await caller.post("post/publish/content/init/", token, .photoPost)  // for its author alone
    let ids = caller.peer.posts.compactMap(\.publicID).map { "\($0)" }
    let first = try await caller.post("video/list/?fields=id,create_time,title", token, ["max_count": 2]).json?["data"]
    #expect(first?["videos"]?.array?.map { $0["id"]?.string } == [ids[2], ids[1]])
    #expect(first?["videos"]?[0]?["create_time"] == .int(Instant.noon.seconds + 3))
    #expect(first?["has_more"] == true)
    let cursor = try #require(first?["cursor"])
    let second = try await caller.post("video/list/?fields=id", token, ["cursor": cursor, "max_count": 2]).json?["data"]
    #expect(second?["videos"] == [["id": .string(ids[0])]])
    #expect(second?["has_more"] == false)
    #expect(try await caller.post("video/list/?fields=id", token, ["max_count": 21]).code == "invalid_params")
    await caller.end()
  }

  private func status(_ caller: PeerCaller, _ token: String, _ id: String) async throws -> [String: JSON] {
    let answer = try await caller.post("post/publish/status/fetch/", token, ["publish_id": .string(id)])
    return try #require(answer.json?["data"]?.object)
  }
}
