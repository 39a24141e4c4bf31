import Foundation
import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

@Suite("TikTok")
struct TikTokTests {
  @Test(
    "A video is cut as TikTok's guide says, and the last part, which publishes, is a short one",
    arguments: [
      (4_194_304, 4_194_304, 1, 0), (19_999_999, 19_999_999, 1, 0), (20_000_000, 10_000_000, 2, 10_000_000),
      (50_000_123, 10_000_000, 5, 40_000_000), (150_000_000, 10_000_000, 15, 140_000_000),
      (4_000_000_000, 10_000_000, 400, 3_990_000_000),
    ] as [(Int64, Int64, Int, Int64)])
  func plan(size: Int64, chunk: Int64, count: Int, lastFrom: Int64) {
    let plan = ChunkPlan(size: size)
    #expect(plan.chunkSize == chunk && plan.count == count)
    #expect(plan.final == .init(first: lastFrom, last: size - 1))
    var next: Int64 = 0
    for index in 0..<count {
      let part = plan.chunk(index)
      #expect(part.first == next && part.length <= 20_000_000 && (part.length >= 5_000_000 || count == 1))
      next = part.last + 1
    }
    #expect(next == size && plan.next(stored: size) == count && plan.next(stored: 0) == 0)
  }

  /// Ways to publish, and the steps that each is made of.
  enum Way: String, CaseIterable, Sendable {
    case short, long, inbox, pulled, photos, photoDraft

    func publication(_ bench: TikTokBench) throws -> Publication {
      let direct: Options = ["privacy_level": .text("PUBLIC_TO_EVERYONE")]
      let draft: Options = ["mode": .text("inbox")]
      let pictures = ["a.jpg", "b.webp"].map { Media(source: .url("https://media.example.org/\($0)")) }
      return switch self {
      case .short: try bench.video(70_000, direct)
      case .long: try bench.video(31_000_000, direct)
      case .inbox: try bench.video(70_000, draft)
      case .pulled: try bench.publication([Media(source: .url("https://media.example.org/a.mp4"))], direct)
      case .photos: try bench.publication(pictures, direct)
      case .photoDraft: try bench.publication(pictures, draft)
      }
    }

    var isPulled: Bool { self == .pulled || self == .photos || self == .photoDraft }
    var isDraft: Bool { self == .inbox || self == .photoDraft }

    var steps: [TikTokPeer.Step] {
      switch self {
      case .short: [.creatorInfo, .videoInit, .lastChunk, .status]
      case .long: [.creatorInfo, .videoInit, .chunk(1), .chunk(2), .lastChunk, .status]
      case .inbox: [.inboxInit, .lastChunk, .status]
      case .pulled: [.creatorInfo, .videoInit, .status]
      case .photos: [.creatorInfo, .contentInit, .status]
      case .photoDraft: [.contentInit, .status]
      }
    }
  }

  @Test("Each way to publish sends what the documentation asks for, and ends with what TikTok says", arguments: Way.allCases)
  func publishes(way: Way) async throws {
    let bench = try TikTokBench()
    let publication = try way.publication(bench)
    let result = await bench.publish(publication)
    let post = try #require(bench.peer.posts.first)
    #expect(bench.peer.violations.isEmpty && bench.peer.posts.count == 1, "\(bench.peer.violations)")
    if way.isDraft {
      #expect(result == .delivered(Remote()))
    } else {
      let id = "\(try #require(post.publicID))"
      #expect(result == .published(Remote(id: id, url: "https://www.tiktok.com/@acme.horns/video/\(id)")))
      #expect(post.privacyLevel == "PUBLIC_TO_EVERYONE" && (post.title ?? post.description) == publication.caption)
    }
    #expect(post.sha256 == publication.files.first?.value.sha256)
    #expect(bench.uploads.with { $0.isEmpty }, "the place of an upload goes with it")
    await bench.stop()
  }

  /// A fault at each step of each way, before and after it took effect.
  static let faults: [(Way, TikTokPeer.Step, TikTokPeer.Fault.When, TikTokPeer.Fault.How)] = Way.allCases.flatMap { way in
    way.steps.flatMap { step in
      [
        (way, step, .beforeEffect, .hangUp), (way, step, .beforeEffect, .status(500)), (way, step, .beforeEffect, .status(429)),
        (way, step, .afterEffect, .hangUp), (way, step, .afterEffect, .reset), (way, step, .afterEffect, .garbage),
        (way, step, .afterEffect, .status(502)), (way, step, .afterEffect, .status(404)),
      ]
    }
  }

  @Test("Under a fault at any step of any way a post goes out once, or a person is asked", arguments: faults)
  func faulty(way: Way, step: TikTokPeer.Step, when: TikTokPeer.Fault.When, how: TikTokPeer.Fault.How) async throws {
    let bench = try TikTokBench()
    bench.peer.inject(.init(at: step, when: when, how: how))
    let result = await bench.publish(try way.publication(bench))
    #expect(bench.peer.areFaultsSpent && bench.peer.posts.count <= 1 && bench.peer.violations.isEmpty, "\(bench.peer.violations)")
    #expect(bench.uploads.with { $0.isEmpty })
    switch result {
    case .published, .delivered: #expect(bench.peer.posts.count == 1)
    // Only the call that has TikTok fetch something leaves a doubt that nobody can settle.
    case .unknown(let error): #expect(way.isPulled && error.message.contains("posthorn resolve launch-teaser acme"), "\(error)")
    case .failed, .submitted: Issue.record("\(result)")
    }
    await bench.stop()
  }

  @Test("A last part that half arrived is sent again to the same place")
  func midway() async throws {
    let bench = try TikTokBench()
    bench.peer.inject(.init(at: .lastChunk, when: .midway, how: .reset))
    #expect(await bench.publish(try bench.video(25_000_000)).isPublished)
    #expect(bench.peer.posts.count == 1 && bench.peer.count(.videoInit) == 1 && bench.peer.violations.isEmpty)
    await bench.stop()
  }

  @Test("A place that expired before the video was whole is made anew; one that was whole never is", arguments: [false, true])
  func expired(isWhole: Bool) async throws {
    let bench = try TikTokBench()
    bench.peer.inject(.init(at: .lastChunk, when: isWhole ? .afterEffect : .beforeEffect, how: .hangUp))
    let publication = try bench.video(70_000)
    let steps = Remembered()
    let prepared = try await bench.tiktok.prepare(publication) { steps.append($0) }
    #expect(await bench.tiktok.commit(publication, prepared).isUnknown)
    bench.clock.advance(to: bench.clock.now + .seconds(4000))  // a daemon that was down for more than an hour
    let settled = await bench.tiktok.settle(publication, steps: steps.steps, committedAt: .noon)
    #expect(isWhole ? !settled.isFailed : settled.error?.class == .transient)
    #expect(bench.peer.posts.count == (isWhole ? 1 : 0))
    if !isWhole { #expect(await bench.publish(publication).isPublished && bench.peer.posts.count == 1) }
    await bench.stop()
  }

  @Test(
    "Every code of TikTok's has its class",
    arguments: [
      ("invalid_params", 400, DeliveryError.Class.content), ("access_token_invalid", 401, .auth), ("scope_not_authorized", 401, .auth),
      ("scope_permission_missed", 400, .auth), ("spam_risk_too_many_posts", 403, .quota), ("spam_risk_too_many_pending_share", 403, .quota),
      ("reached_active_user_cap", 403, .quota), ("rate_limit_exceeded", 429, .quota), ("spam_risk_user_banned_from_posting", 403, .policy),
      ("unaudited_client_can_only_post_to_private_accounts", 403, .policy), ("url_ownership_unverified", 403, .policy),
      ("privacy_level_option_mismatch", 403, .policy), ("app_version_check_failed", 400, .policy), ("internal_error", 500, .transient),
      ("something_new", 400, .content), ("something_new", 503, .transient),
    ])
  func codes(code: String, status: Int, kind: DeliveryError.Class) throws {
    let error = TikTokVerdict(account: try #require(AccountName("acme"))).error(
      TikTokRefusal(status: status, code: code, message: "no\u{1B}[31m", log: "2026"), doing: "take a video")
    #expect(error.class == kind && error.code == "tiktok.\(code)" && error.message.contains("acme") && !error.message.contains("\u{1B}"))
    #expect((error.retryAfter == nil) == (kind != .quota))
  }

  @Test(
    "What failed after it was accepted is tried again only where another attempt can end otherwise",
    arguments: [
      ("internal", DeliveryError.Class.transient), ("video_pull_failed", .transient), ("photo_pull_failed", .transient),
      ("auth_removed", .auth), ("spam_risk_too_many_posts", .quota), ("spam_risk_text", .policy), ("spam_risk", .policy),
      ("duration_check_failed", .content), ("file_format_check_failed", .content), ("publish_cancelled", .policy), ("new\nreason", .policy),
    ])
  func reasons(reason: String, kind: DeliveryError.Class) throws {
    #expect(TikTokVerdict(account: try #require(AccountName("acme"))).failure(reason: reason).class == kind)
  }

  @Test("What the creator forbids today stays off, and a privacy level that is not offered any more fails at once")
  func creator() async throws {
    var settings = TikTokPeer.Settings()
    settings.creators[0].commentDisabled = true
    settings.creators[0].duetDisabled = true
    let bench = try TikTokBench(settings)
    #expect(await bench.publish(try bench.video(9000)).isPublished && bench.peer.violations.isEmpty)
    #expect(bench.peer.posts.first?.options["disable_comment"] == true)
    bench.peer.change { $0.creators[0].isPrivate = true }
    let error = await bench.publish(try bench.video(9000)).error
    #expect(error?.class == .policy && error?.message.contains("FOLLOWER_OF_CREATOR") == true)
    bench.peer.change { $0.creators[0].restriction = "spam_risk_too_many_posts" }
    #expect(await bench.publish(try bench.video(9000)).error?.class == .quota)
    #expect(bench.peer.posts.count == 1)
    await bench.stop()
  }

  @Test("A public post waits ten minutes for its id, and a post for the creator alone does not", arguments: [true, false])
  func withoutID(isPublic: Bool) async throws {
    var settings = TikTokPeer.Settings()
    settings.moderation = .init(asksUntilDone: 1, asksUntilID: nil)
    let bench = try TikTokBench(settings)
    let start = bench.clock.now
    let level = isPublic ? "PUBLIC_TO_EVERYONE" : "SELF_ONLY"
    #expect(await bench.publish(try bench.video(9000, ["privacy_level": .text(level)])) == .published(Remote()))
    #expect((bench.clock.now - start >= .seconds(600)) == isPublic)
    await bench.stop()
  }

  @Test("An id is a whole number however TikTok writes it", arguments: [TikTokPeer.PostIDs.numbers, .scalar, .texts])
  func ids(written: TikTokPeer.PostIDs) async throws {
    var settings = TikTokPeer.Settings()
    settings.postIDs = written
    let bench = try TikTokBench(settings)
    guard case .published(let remote) = await bench.publish(try bench.video(9000)) else { throw CocoaErrorCode.notPublished }
    #expect(remote.id == bench.peer.posts.first?.publicID.map { "\($0)" })
    await bench.stop()
  }

  @Test("No endpoint is called more often in a minute than TikTok allows, whoever asks")
  func rates() async throws {
    var settings = TikTokPeer.Settings()
    settings.isInitBudgetShared = true
    settings.creators[0].dailyPosts = 100
    let bench = try TikTokBench(settings)
    for _ in 1...20 { #expect(await bench.publish(try bench.video(9000, ["privacy_level": .text("SELF_ONLY")])).isPublished) }
    #expect(bench.peer.calls.allSatisfy { $0.status != 429 } && bench.peer.violations.isEmpty)
    await bench.stop()
  }

  @Test(
    "A token that is refused at the call that publishes is renewed; the call is made again only if it still ends in time",
    arguments: [20, 300])
  func refusedToken(longest: Int) async throws {
    let bench = try TikTokBench(longestCall: .seconds(longest))
    let publication = try Way.photoDraft.publication(bench)
    let prepared = try await bench.tiktok.prepare(publication) { _ in }
    bench.peer.inject(.init(at: .contentInit, how: .status(401, code: "access_token_invalid")))
    let result = await bench.tiktok.commit(publication, prepared)
    #expect(longest == 20 ? result.error?.class == .transient : !result.isFailed, "\(result)")
    #expect(bench.peer.posts.count == (longest == 20 ? 0 : 1) && bench.peer.violations.isEmpty)
    await bench.stop()
  }

  @Test("A film that is longer than the creator may publish today fails before anything is sent")
  func longer() async throws {
    var settings = TikTokPeer.Settings()
    settings.creators[0].longestVideo = 60
    let bench = try TikTokBench(settings)
    var publication = try bench.video(9000)
    let film = SampleFilm.bytes(ticks: 61_000)
    let path = bench.folder.path("long.mp4")
    try Data(film).write(to: URL(fileURLWithPath: path))
    publication.files["media/teaser.mp4"] = LocalMedia(path: path, size: Int64(film.count), sha256: ContentDigest.sha256(film))
    let error = await bench.publish(publication).error
    #expect(
      error?.class == .content && error?.message.contains("1m") == true && bench.peer.count(.videoInit) == 0, "\(String(describing: error))"
    )
    await bench.stop()
  }

  @Test("An account is observed as far as its login covers: profile, numbers, what the creator allows, and when the login ends")
  func observes() async throws {
    let bench = try TikTokBench()
    let account = try sample("tiktok").account
    let record = try #require(try await bench.tiktok.observe(account))
    #expect(record.profile.username == "acme.horns" && record.profile.displayName == "Acme Horns" && record.counts.followers != nil)
    #expect(record.creator?.privacyLevelOptions == ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"])
    #expect(record.creator?.longestVideo == .seconds(600) && record.token?.scopes.contains("video.publish") == true)
    #expect(record.token?.expiresAt == bench.clock.now + .seconds(86_400) && bench.peer.violations.isEmpty, "\(bench.peer.violations)")
    let text = String(decoding: record.bytes(), as: UTF8.self)
    for secret in bench.peer.secrets { #expect(!text.contains(secret)) }
    await bench.stop()
  }

  @Test(
    "A place for an upload that is not TikTok's gets nothing",
    arguments: [
      "https://evil.example/upload", "http://open-upload.tiktokapis.com/x", "https://tiktokapis.com.evil.example/x",
      "https://user@open-upload.tiktokapis.com/",
    ])
  func foreign(url: String) throws {
    let bench = try TikTokBench()
    var tools = bench.tiktok.tools
    #expect(TikTokAPI(tools: tools).uploadURL(url) == nil)
    tools.origin = TikTok.origin
    #expect(TikTokAPI(tools: tools).uploadURL(url) == nil)
    #expect(TikTokAPI(tools: tools).uploadURL("https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=2") != nil)
    bench.peer.stop()
  }
}

private enum CocoaErrorCode: Error { case notPublished }
