import Foundation
import Schedule
import Support
import Testing

@Suite("TikTok, with the real program")
struct TikTokSystemTests {
  @Test("A video, a draft and a photo post go out once each; what is recorded is what TikTok said, and no secret of it is anywhere else")
  func publishes() async throws {
    let stage = try await TikTokStage(TikTokWay.allCases)
    try await stage.host.reconcile()
    #expect(stage.peer.posts.count == 4 && stage.peer.violations.isEmpty, "\(stage.peer.violations)")
    for way in TikTokWay.allCases {
      let record = try #require(try stage.host.history().values.first { $0.post.text == way.rawValue })
      #expect(record.outcome == (way == .inbox ? .delivered : .published))
      guard way != .inbox else { continue }
      let post = try #require(stage.peer.posts.first { ($0.title ?? $0.description ?? "").contains(way.rawValue) })
      #expect(record.remote?.id == post.publicID.map { "\($0)" })
    }
    let sync = try await stage.host.posthorn("account", "sync", "acme")
    #expect(sync.status == 0 && sync.output.contains("acme: synced as @acme.horns"), "\(sync)")
    let account = try #require(try stage.host.repository.file("status/accounts/acme.json"))
    #expect(account.contains("\"PUBLIC_TO_EVERYONE\"") && account.contains("\"max_video_post_duration_sec\": 600"))
    #expect(try stage.leaks(in: sync.output + sync.errors) == [])
    stage.peer.stop()
  }

  @Test("Killed at any call, before it took effect and after: each post goes out once, or a person is asked where TikTok cannot be")
  func killed() async throws {
    let cases = TikTokWay.allCases.flatMap { way in way.steps.flatMap { [(way, $0, true), (way, $0, false)] } }
    let violations = try await withThrowingTaskGroup(of: [String].self) { group in
      var violations: [String] = []
      for (index, (way, step, isBefore)) in cases.enumerated() {
        if index >= 4, let found = try await group.next() { violations += found }
        group.addTask { try await Self.kill(way, at: step, isBefore).map { "\(way), \(step), \(isBefore ? "before" : "after"): \($0)" } }
      }
      for try await found in group { violations += found }
      return violations
    }
    #expect(violations == [])
  }

  /// Kills a daemon while TikTok keeps it waiting for an answer, and lets others go on.
  private static func kill(_ way: TikTokWay, at step: TikTokPeer.Step, _ isBefore: Bool) async throws -> [String] {
    let stage = try await TikTokStage([way])
    defer { stage.peer.stop() }
    stage.peer.inject(.init(at: step, when: isBefore ? .beforeEffect : .afterEffect, how: .silence))
    let daemon = try Daemon(launching: stage.host.options + ["--interval", "1h"], environment: ["HOME": stage.host.home.path])
    try await daemon.until("the call") { stage.peer.areFaultsSpent }
    try await daemon.crash(sparing: stage.host.repository.upstream)
    var logs = daemon.log
    var outcome: DeliveryState.Name?
    for _ in 1...5 where outcome == nil || outcome == .submitted || outcome == .retrying {
      let pass = try await stage.host.posthorn("reconcile")
      logs += pass.errors + pass.output
      outcome = try stage.host.status(way.rawValue)?.deliveries.first?.state
    }
    var violations = try stage.leaks(in: logs)
    if stage.peer.posts.count > 1 { violations.append("it went out \(stage.peer.posts.count) times") }
    violations += stage.peer.violations.map { "\($0)" }
    switch outcome {
    case .published, .delivered: if stage.peer.posts.count != 1 { violations.append("it did not go out") }
    // The only call whose answer is all that anybody ever knew of the post.
    case .inDoubt: if !way.isPulled || step == .creatorInfo { violations.append("nobody had to be asked") }
    default: violations.append("it ended as \(outcome?.rawValue ?? "nothing"): \(logs)")
    }
    return violations
  }

  @Test(
    "A login that TikTok has ended holds what is due on it with the command to type, beside what was seen before, and a new one lets it go")
  func ended() async throws {
    let stage = try await TikTokStage([])
    #expect(try await stage.host.posthorn("account", "sync").status == 0)
    stage.peer.removeAuthorization(openID: "open-id-acme")
    let sync = try await stage.host.posthorn("account", "sync", "acme", "other")
    #expect(sync.status == 1 && sync.output.contains("acme: not synced: "), "\(sync)")
    #expect(sync.output.contains("posthorn account login acme") && sync.output.contains("other: not synced: there is no such account"))
    let record = try #require(try stage.host.repository.file("status/accounts/acme.json"))
    #expect(record.contains("\"class\": \"auth\"") && record.contains("PUBLIC_TO_EVERYONE"))

    try stage.host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.host.repository.push(TikTokWay.short.files)
    _ = try await stage.host.posthorn("reconcile")
    let held = try #require(try stage.host.status("short")?.deliveries.first)
    #expect(held.state == .held && held.reason?.contains("posthorn account login acme") == true && stage.peer.posts.isEmpty, "\(held)")
    try await stage.login()
    try await stage.host.reconcile()
    #expect(stage.peer.posts.count == 1 && stage.peer.violations.isEmpty, "\(stage.peer.violations)")
    stage.peer.stop()
  }

  @Test("A pull request that points an account elsewhere gets no token: credentials are bound to where they were given for")
  func repointed() async throws {
    let stage = try await TikTokStage([.short])
    let other = try TikTokPeer()
    var options = stage.host.options
    let place = try #require(options.firstIndex(of: "tiktok=\(stage.peer.origin)"))
    options[place] = "tiktok=\(other.origin)"
    let pass = try await Posthorn.run(["reconcile"] + options, environment: ["HOME": stage.host.home.path])
    #expect(other.calls.isEmpty && stage.peer.posts.isEmpty, "\(pass)")
    #expect(try stage.host.status("short")?.deliveries.first?.error?.message.contains("posthorn account login acme") == true)
    try stage.host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.host.repository.push(["accounts/acme.yaml": "platform: tiktok\naudited: true\nurl: \(other.origin)/\n"])
    #expect(try await stage.host.posthorn("reconcile").status != 3 && other.calls.isEmpty)
    stage.peer.stop()
    other.stop()
  }
}

/// Ways to publish on TikTok, and the calls that each is made of.
private enum TikTokWay: String, CaseIterable, Sendable {
  case short, long, inbox, photos

  var isPulled: Bool { self == .photos }

  var steps: [TikTokPeer.Step] {
    switch self {
    case .short: [.creatorInfo, .lastChunk]
    case .long: [.videoInit, .chunk(1), .lastChunk, .status]
    case .inbox: [.inboxInit, .lastChunk, .status]
    case .photos: [.creatorInfo, .contentInit, .status]
    }
  }

  /// Files below the content folder.
  var files: [String: String] {
    let options =
      self == .inbox ? "{mode: inbox}" : "{privacy_level: PUBLIC_TO_EVERYONE}"
    let media = isPulled ? "[{url: \"https://media.example.org/a.jpg\"}]" : "[{path: media/\(rawValue).mp4}]"
    var files = [
      "posts/\(rawValue).yaml":
        post(to: "acme", caption: "This is \(rawValue).", "media: \(media)", "options: {tiktok: \(options)}")
    ]
    if !isPulled { files["media/\(rawValue).mp4"] = String(repeating: "film ", count: self == .long ? 4_300_000 : 9000) }
    return files
  }
}

/// A host that is logged in to a strict TikTok.
private struct TikTokStage: Sendable {
  let peer: TikTokPeer
  let host: Host

  init(_ ways: [TikTokWay]) async throws {
    var settings = TikTokPeer.Settings()
    settings.moderation = .init(asksUntilDone: 0, asksUntilID: 0)
    peer = try TikTokPeer(settings)
    var files = ["accounts/acme.yaml": "platform: tiktok\naudited: true\n", "posthorn.yaml": "retry: {delays: [0s, 0s, 0s]}\n"]
    for way in ways { files.merge(way.files) { $1 } }
    let content = files
    host = try Host(try ContentRepository(files: content), access: ["--endpoint", "tiktok=\(peer.origin)"])
    try await login()
  }

  func login() async throws {
    let login = try await host.posthorn("account", "login", "acme", input: peer.login())
    guard login.status == 0 else { throw Overdue(description: "login: \(login)") }
  }

  /// Where a secret that TikTok handed out stands although it must not: anywhere but in `credentials/`.
  func leaks(in logs: String) throws -> [String] {
    var leaks: [String] = []
    let secrets = peer.secrets.map { Data($0.utf8) }
    let places = [host.state, host.repository.upstream.path]
    for place in places {
      for case let name as String in FileManager.default.enumerator(atPath: place) ?? .init() where !name.hasPrefix("credentials") {
        let path = "\(place)/\(name)"
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue, !name.hasPrefix("media/"),
          let data = FileManager.default.contents(atPath: path)
        else { continue }
        if secrets.contains(where: { data.range(of: $0) != nil }) { leaks.append("a secret stands in \(name)") }
      }
    }
    // Objects of git are compressed: what was committed is asked for as text.
    let committed = try host.repository.upstream.git("log", "-p", "--all", "--", "schedule/status", "schedule/history")
    for secret in peer.secrets where logs.contains(secret) || committed.contains(secret) {
      leaks.append("a secret stands in a log or record")
    }
    return leaks
  }
}
