import Foundation
import Schedule
import Support
import Testing

@Suite("posthorn doctor, of what somebody put where Posthorn alone writes")
struct DoctorTests {
  struct Obstacle: Sendable {
    var mode = "100644"
    var path: String
    var text = "garbage\n"
    /// What doctor names, below the content folder, and what it says of it.
    var named: String
    var says: String
  }

  static let obstacles: [Obstacle] = [
    .init(path: "status", named: "status", says: "it is a file"),
    .init(path: "status/posts/launch.json/x", named: "status/posts/launch.json", says: "it is a folder"),
    .init(mode: "160000", path: "status/posts/launch.json", named: "status/posts/launch.json", says: "it is a submodule"),
    .init(path: "status/posts/sub", named: "status/posts/sub", says: "it is a file"),
    .init(path: "status/posts/launch.json", named: "status/posts/launch.json", says: "cannot be read"),
    .init(path: "history/2026", named: "history/2026", says: "it is a file"),
    .init(mode: "120000", path: "history/DAY/launch/acme.1.json", named: "history/DAY/launch/acme.1.json", says: "it is a symbolic link"),
    .init(path: "history/DAY/launch/acme.1.json/x/y", named: "history/DAY/launch/acme.1.json", says: "it is a folder"),
    .init(path: "history/DAY/other", named: "history/DAY/other", says: "it is a file"),
    .init(path: "status/daemon.json", named: "status/daemon.json", says: "cannot be read"),
    .init(path: "status/daemon.json/x", named: "status/daemon.json", says: "it is a folder"),
    .init(path: "status/claims.json", text: "{}", named: "status/claims.json", says: "\"schema\" is missing"),
    .init(path: "status/claims.json/x", named: "status/claims.json", says: "it is a folder"),
    .init(path: "status/claims", named: "status/claims", says: "it is a file"),
    .init(path: "status/claims/launch/acme.json", named: "status/claims/launch/acme.json", says: "cannot be read"),
    .init(path: "status/claims/launch/acme.json/x", named: "status/claims/launch/acme.json", says: "it is a folder"),
    .init(path: "status/claims/launch", named: "status/claims/launch", says: "it is a file"),
    .init(
      path: "status/keys/\(String(repeating: "0a", count: 16)).json", text: "{}",
      named: "status/keys/\(String(repeating: "0a", count: 16)).json", says: "whoever wrote this key does not have it"),
    .init(path: "status/accounts/acme.json", named: "status/accounts/acme.json", says: "cannot be read"),
    .init(path: "status/doubles/launch/acme.1.json", named: "status/doubles/launch/acme.1.json", says: "cannot be read"),
  ]

  @Test("Each is named, with what is wrong and the command that ends it; what is nobody's place is nobody's trouble")
  func obstructed() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posts/sub/other.yaml": post(due: 7200)])
    try await host.reconcile()
    let day = try #require(try host.history().keys.first).split(separator: "/").dropFirst().prefix(3).joined(separator: "/")
    let clone = try host.repository.anotherClone("forger")
    try clone.commit([
      "schedule/status/README.md": "mine", "schedule/status/posts/notes.txt": "mine", "schedule/history/notes": "mine",
      "schedule/history/2026/notes.txt": "mine", "schedule/status/claims/notes.md": "mine",
    ])
    try clone.git("push", "-q", "origin", "HEAD:refs/heads/sound")
    let sound = try await doctor(host, "sound")
    #expect(!sound.contains(where: { $0.subject == "record" || $0.subject == "records" }), "\(sound)")
    let base = try clone.git("rev-parse", "HEAD")
    for (number, obstacle) in Self.obstacles.enumerated() {
      let (path, named) = (
        "schedule/" + obstacle.path.replacing("DAY", with: day), "schedule/" + obstacle.named.replacing("DAY", with: day)
      )
      try clone.git("reset", "-q", "--hard", base)
      try clone.git("rm", "-rq", "--cached", "--ignore-unmatch", named)
      let blob =
        try obstacle.mode == "160000" ? String(repeating: "1", count: 40) : clone.git("hash-object", "-w", "--stdin", input: obstacle.text)
      try clone.git("update-index", "--index-info", input: "\(obstacle.mode) \(blob)\t\(path)\n")
      try clone.git("commit", "-q", "-m", "as no work tree would")
      try clone.git("push", "-q", "origin", "HEAD:refs/heads/forged-\(number)")
      let found = try await doctor(host, "forged-\(number)").filter { $0.subject == "record" }
      #expect(
        found.contains { $0.text.contains(named) && $0.text.contains(obstacle.says) && $0.advice.contains("git rm -r \(named)") },
        "\(obstacle): \(found)")
      #expect(found.count == 1, "\(obstacle): \(found)")
    }
  }

  @Test(
    "What is nearly the name of the content folder, or of one on the way to it, is named with what to type, whatever else stands there",
    arguments: [
      ("schedule", "SCHEDULE", "warn"), ("a/schedule", "A", "warn"), ("a/schedule", "a/SCHEDULE", "warn"), ("a/b/c", "a/B", "warn"),
      ("sch\u{E9}dule", "sche\u{301}dule", "warn"),
    ])
  func twin(folder: String, twin: String, level: String) async throws {
    let scratch = try TemporaryFolder("twin")
    let git = try GitClient.create(at: scratch.path("work.git"), "--bare")
    // A name that is no UTF-8 stands beside it, and many others.
    let parent = twin.split(separator: "/").dropLast().map { "\($0)/" }.joined()
    let many = (0..<2000).map { "M 100644 inline \"\(parent)other-\($0)\"\ndata 1\nx\n" }.joined()
    let stream =
      "commit refs/heads/main\ncommitter Ann <ann@example.com> 1795780800 +0000\ndata 1\nx\n"
      + "M 100644 inline \"\(folder)/accounts/acme.yaml\"\ndata \(outbox.utf8.count)\n\(outbox)\n"
      + "M 100644 inline \"\(twin)\"\ndata 1\nx\nM 100644 inline \"\(parent)sch\\351dule\"\ndata 1\nx\n\(many)\n"
    try git.git("-c", "core.precomposeUnicode=false", "fast-import", "--quiet", input: stream)
    let ending = try await Posthorn.run(
      ["doctor", "--repo", git.path, "--folder", folder, "--state", scratch.path("state"), "--format", "json"],
      environment: ["HOME": scratch.path])
    let found = try Self.findings(ending).filter { $0.subject == "twin" }
    #expect(found.map(\.level) == [level], "\(ending)")
    #expect(
      found.first?.text.utf8.starts(with: "\(twin): ".utf8) == true && found.first?.advice.contains("git mv \(twin) ") == true, "\(found)")
  }

  @Test(
    "Deliveries in doubt end it with 1: a few by name with the command that ends each, the rest counted; resolved, they are none of its business"
  )
  func doubts() async throws {
    let receiver = try Receiver { _ in .reply(500) }
    defer { receiver.stop() }
    let posts = (1...7).map { ("posts/launch-\($0).yaml", post(to: "acme, hook", caption: "Number \($0).")) }
    let host = try Host(
      ["accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in"))].merging(posts) { $1 })
    try await host.login("hook")
    #expect(try Self.findings(await host.posthorn("doctor", "--format", "json")).allSatisfy { $0.subject != "delivery" })
    try await host.reconcile(exit: 1)
    let ending = try await host.posthorn("doctor", "--format", "json")
    let found = try Self.findings(ending).filter { $0.subject == "delivery" }
    #expect(ending.status == 1 && found.count == 6 && found.allSatisfy { $0.level == "fail" && $0.text.contains("in doubt") }, "\(ending)")
    #expect(found.first?.text.hasPrefix("launch-1 to hook is in doubt") == true, "\(found)")
    #expect(found.first?.advice.contains("posthorn resolve launch-1 hook --published [URL], or --not-published") == true, "\(found)")
    #expect(found.last?.text.hasPrefix("2 more ") == true && found.last?.advice == "posthorn status --stuck", "\(found)")
    // A doubt stays one when its file goes.
    try host.repository.clone.git("pull", "-q", "--rebase")
    try host.repository.push(["posts/launch-7.yaml": nil])
    for number in 1...6 { #expect(try await host.posthorn("resolve", "launch-\(number)", "hook", "--published").status == 0) }
    try await host.reconcile()
    let last = try Self.findings(await host.posthorn("doctor", "--format", "json")).filter { $0.subject == "delivery" }
    #expect(last.map(\.text).first?.hasPrefix("launch-7 to hook is in doubt") == true && last.count == 1, "\(last)")
    let status = try await Posthorn.run(
      ["status", "--exit-code", "--repo", host.repository.url, "--state", host.state], environment: ["HOME": host.home.path])
    #expect(status.status == 1, "\(status)")
    #expect(try await host.posthorn("resolve", "launch-7", "hook", "--not-published").status == 0)
    try await host.reconcile()
    let ended = try await host.posthorn("doctor", "--format", "json")
    let left = try Self.findings(ended)
    #expect(ended.status == 0 && left.allSatisfy { $0.subject != "delivery" }, "\(ended)")
  }

  @Test("What is held until somebody acts is named with its reason and what ends it, once; what is suspended waits by somebody's word")
  func held() async throws {
    let receiver = try Receiver { _ in .reply(200) }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in")), "posts/old.yaml": post(),
      "posts/quiet.yaml": post() + "suspend: {reason: legal}\n", "posts/bad.yaml": post() + "colour: red\n",
      "posts/closed.yaml": post(to: "hook"),
    ])
    try await host.reconcile(exit: 1)
    try host.repository.clone.git("pull", "-q", "--rebase")
    try host.repository.clone.git("mv", "schedule/posts/old.yaml", "schedule/posts/new.yaml")
    try host.repository.push([:])
    try await host.reconcile(exit: 1)
    let ending = try await host.posthorn("doctor", "--format", "json")
    let found = try Self.findings(ending).filter { $0.subject == "delivery" }
    #expect(ending.status == 1 && found.allSatisfy { $0.level == "fail" && $0.text.contains("held") }, "\(ending)")
    #expect(found.map { $0.text.split(separator: " ").first.map(String.init) ?? "" } == ["bad", "new"], "\(found)")
    #expect(found.first?.advice.contains("posthorn validate schedule/posts/bad.yaml") == true, "\(found)")
    #expect(found.last?.text.contains("it went out to acme as old") == true && found.last?.advice.contains("posts/new.yaml") == true)
    // The login is said by what looks at the accounts.
    #expect(try Self.findings(ending).filter { $0.advice == "posthorn account login hook" }.count == 1, "\(ending)")
  }

  private struct Finding: Sendable {
    var level: String
    var subject: String
    var text: String
    var advice: String
  }

  private func doctor(_ host: Host, _ branch: String) async throws -> [Finding] {
    try Self.findings(await host.posthorn("doctor", "--format", "json", "--branch", branch))
  }

  private static func findings(_ ending: Posthorn.Ending) throws -> [Finding] {
    let json = try JSON.parse(Array(ending.output.utf8))
    return try #require(json.array, "\(ending)").map { finding in
      Finding(
        level: finding["level"]?.string ?? "", subject: finding["subject"]?.string ?? "", text: finding["text"]?.string ?? "",
        advice: finding["advice"]?.string ?? "")
    }
  }
}
