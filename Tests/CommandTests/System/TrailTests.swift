import Foundation
import Schedule
import Support
import Testing

@Suite("What status, why, plan and the log say of what does not go as it was asked for")
struct TrailTests {
  private func ask(_ host: Host, _ words: String...) async throws -> Posthorn.Ending {
    try await Posthorn.run(
      words + ["--repo", host.repository.upstream.path, "--state", host.state], environment: ["HOME": host.home.path, "COLUMNS": "200"])
  }

  @Test(
    "What is edited after it went out is shown after the push, too, wherever somebody looks",
    arguments: ["another caption", "another time", "moved and edited"])
  func drift(edit: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posts/same.yaml": post(caption: "The same.")])
    try await host.reconcile()
    #expect(try await !ask(host, "status").output.contains("edited after"))
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    switch edit {
    case "another caption": try host.repository.push(["posts/launch.yaml": post(caption: "Doors stay shut.")])
    case "another time": try host.repository.push(["posts/launch.yaml": post(due: 40 * 86_400)])
    default: try host.repository.push(["posts/launch.yaml": nil, "posts/other/launch.yaml": post(caption: "Doors stay shut.")])
    }
    for _ in 1...2 {
      let table = try await ask(host, "status")
      #expect(table.output.contains("edited after it went out; nobody sees the edit: launch\n"), "\(table)")
      for command in ["status", "why"] {
        let told = try await ask(host, command, "launch")
        #expect(told.output.contains("edited after it went out"), "\(told)")
      }
      let json = try JSON.parse(Array(try await ask(host, "status", "--format", "json").output.utf8)).array ?? []
      #expect(json.compactMap { $0.object?["drift"]?.array?.compactMap(\.string) } == [["acme"]])
      try await host.reconcile()
    }
  }

  @Test("A retry says why, and when, in status and in why")
  func retrying() async throws {
    let receiver = try Receiver { _ in .reply(503) }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile()
    let next = try #require(try host.status("launch")?.deliveries.first?.nextAttemptAt)
    for command in ["status", "why"] {
      let told = try await ask(host, command, "launch")
      let now = try #require(told.output.range(of: command == "why" ? "\nNow" : "hook"))
      let part = told.output[now.lowerBound...]
      #expect(part.contains("503") && part.contains("[http.503]"), "\(told)")
      #expect(part.contains("\(next)".dropFirst(11).prefix(5)), "\(told)")
    }
  }

  @Test("A burst, a hold of one delivery and one by a person's key are each logged once, however often they are looked at")
  func holds() async throws {
    let receiver = try Receiver { _ in .ok }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in")), "posthorn.yaml": "policy: {burst: 2}\n",
    ])
    let daemon = try await host.daemon()
    _ = try await daemon.line(containing: "running")
    try host.repository.push([
      "posts/login.yaml": post(to: "hook"), "posts/quiet.yaml": post(caption: "Quiet.") + "suspend: {reason: legal}\n",
    ])
    try await daemon.until("the holds") { try host.status("login")?.state == .held && host.status("quiet")?.state == .held }
    try host.repository.push(
      Dictionary(uniqueKeysWithValues: ["a", "b", "c"].map { ("posts/\($0).yaml", post(caption: "\($0).")) }))
    try await daemon.until("the burst") { try host.status("a")?.state == .held }
    let count = { (words: String) in daemon.log.split(separator: "\n").count { $0.contains("held") && $0.contains(words) } }
    for number in 1...2 {
      try host.repository.push(["posts/later\(number).yaml": post(due: 86_400 * number, caption: "Later \(number).")])
      try await daemon.until("the next fetch") { daemon.log.split(separator: "\n").count { $0.contains("adopted") } >= 3 + number }
    }
    #expect(count("too much became due at once") == 1, "\(daemon.log)")
    #expect(count("post=login") == 1 && count("post=quiet") == 1, "\(daemon.log)")
    #expect(try await daemon.stop() == 0)
  }

  @Test(
    "plan foresees a burst: what would be held, and what lets it go; the push that allows more does not count",
    arguments: [(3, false, true), (2, false, false), (3, true, true)])
  func burst(count: Int, raises: Bool, isHeld: Bool) throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posthorn.yaml": "policy: {burst: 2}\n"])
    let clone = repository.clone
    try clone.git("checkout", "-q", "-b", "campaign")
    var files = Dictionary(
      uniqueKeysWithValues: (0..<count).map { ("schedule/posts/p\($0).yaml", post(due: 600 + $0, caption: "Number \($0).")) })
    files["schedule/posts/far.yaml"] = post(due: 86_400, caption: "Far.")
    if raises { files["schedule/posthorn.yaml"] = "policy: {burst: 200}\n" }
    try clone.commit(files)
    let told = try Program.run(["plan", "main..campaign", "--format", "json"], in: clone.path)
    let changes = try JSON.parse(Array(told.output.utf8)).object?["changes"]?.array ?? []
    let held = changes.filter { $0.object?["change"]?.string == "hold" }.compactMap { $0.object?["post"]?.string }.sorted()
    #expect(held == (isHeld ? (0..<count).map { "p\($0)" } : []), "\(told)")
    let text = try Program.run(["plan", "main..campaign"], in: clone.path)
    #expect(text.output.contains("posthorn resume --burst COMMIT") == isHeld, "\(text)")
  }
}
