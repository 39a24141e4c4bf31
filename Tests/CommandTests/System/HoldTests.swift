import Schedule
import Support
import Testing

@Suite("What holds a delivery back, and what lets it go")
struct HoldTests {
  @Test("An invalid post is held with its reason, everything else goes on, and the mended post goes out")
  func invalid() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "posts/good.yaml": post(),
      "posts/bad.yaml": post() + "captoin: oops\n",
    ])
    let commit = try host.repository.upstream.git("rev-parse", "--short=12", "main")
    _ = try await host.posthorn("reconcile")
    #expect(try host.attempts("good") == ["1 published"])
    #expect(try host.attempts("bad") == [])
    let status = try #require(try host.status("bad"))
    #expect(status.state.rawValue == "held")
    let reason = try #require(status.reason ?? status.deliveries.first?.reason)
    #expect(reason.contains("schedule/posts/bad.yaml:5:1") && reason.contains("captoin") && reason.contains(commit))
    try host.repository.push(["posts/bad.yaml": post()])
    try await host.reconcile()
    #expect(try host.attempts("bad") == ["1 published"])
    #expect(try host.status("bad")?.state.rawValue == "published")
    #expect(host.outbox().count == 2)
  }

  @Test("A post that was valid and is no longer is held, not cancelled, and goes out once it is valid again")
  func validAndBack() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600)])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": "scheduled_time: [nonsense\n"])
    _ = try await host.posthorn("reconcile")
    let status = try #require(try host.status("launch"))
    #expect(status.deliveries.map(\.state) == [.held])
    #expect(try host.attempts("launch") == [])
    try host.repository.push(["posts/launch.yaml": post()])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
  }

  @Test("A suspended post is held, visibly, and goes out when the suspension ends by itself")
  func suspended() async throws {
    let end = wallClock(4)
    let host = try Host([
      "accounts/acme.yaml": outbox, "posts/launch.yaml": post("suspend: {reason: waiting for legal, until: \(end)}"),
    ])
    let daemon = try await host.daemon(interval: "1h")
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(try host.status("launch")?.deliveries.first?.state == .published)
    #expect(try #require(try host.history().values.first).finishedAt >= #require(Instant(end + "Z")))
    let before = try host.repository.upstream.git("log", "-p", "--format=", "main", "--", "schedule/status")
    #expect(before.contains("+      \"state\": \"held\"") && before.contains("waiting for legal"))
  }

  @Test("A post suspended without an end waits until the key goes")
  func suspendedForGood() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post("suspend: true")])
    #expect(try await host.reconcile().output.contains("1 due and held"))
    #expect(try host.status("launch")?.state.rawValue == "held")
    try host.repository.push(["posts/launch.yaml": post()])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
  }

  @Test("An account whose file has errors holds what goes to it, and nothing else")
  func brokenAccount() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/broken.yaml": "platform: carrier-pigeon\n", "posts/launch.yaml": post(to: "acme, broken"),
    ])
    _ = try await host.posthorn("reconcile")
    #expect(try host.history().values.map { "\($0.account) \($0.outcome.rawValue)" } == ["acme published"])
    let held = try #require(try host.status("launch")?.deliveries.first { $0.account.text == "broken" })
    #expect(held.state == .held && held.reason?.contains("broken") == true)
    try host.repository.push(["accounts/broken.yaml": outbox])
    try await host.reconcile()
    #expect(Set(try host.history().values.map { "\($0.account) \($0.outcome.rawValue)" }) == ["acme published", "broken published"])
    #expect(host.outbox("acme").count == 1)
  }

  @Test("An account without a login is held, and goes out after a login beside the running daemon")
  func login() async throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let host = try Host([
      "accounts/hook.yaml": webhook(receiver.url("/in")), "accounts/acme.yaml": outbox, "posts/launch.yaml": post(to: "hook, acme"),
    ])
    let daemon = try await host.daemon()
    try await daemon.until("the hold in the status") {
      try host.status("launch")?.deliveries.first { $0.account.text == "hook" }?.state == .held
    }
    let held = try #require(try host.status("launch")?.deliveries.first { $0.account.text == "hook" })
    #expect(held.reason?.contains("posthorn account login hook") == true)
    #expect(receiver.arrivals.isEmpty)
    try await host.login("hook")
    try await daemon.until("the publication's record") { try host.status("launch")?.state.rawValue == "published" }
    #expect(try await daemon.stop() == 0)
    #expect(receiver.arrivals.count == 1)
    #expect(host.outbox().count == 1)
  }

  @Test("A login that the receiver refuses holds the account until it has another one")
  func refusedLogin() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(401) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    #expect(try host.status("launch")?.deliveries.first?.state == .held)
    try await host.reconcile(exit: 1)
    #expect(receiver.arrivals.count == 1)
    try await host.login("hook")
    try await host.reconcile()
    #expect(receiver.arrivals.count == 2)
    #expect(try host.status("launch")?.deliveries.first?.state == .published)
  }

  @Test("Two posts with one id are both held, and name each other")
  func twins() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/a/launch.yaml": post(), "posts/b/launch.yaml": post()])
    _ = try await host.posthorn("reconcile")
    #expect(host.outbox().isEmpty)
    let statuses = try host.repository.files(under: "status/posts/")
    #expect(!statuses.isEmpty && statuses.values.allSatisfy { $0.contains("\"held\"") && $0.contains("launch.yaml") })
    try host.repository.push(["posts/b/launch.yaml": nil])
    try await host.reconcile()
    #expect(host.outbox().count == 1)
  }
}
