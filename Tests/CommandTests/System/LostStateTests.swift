import Foundation
import Schedule
import Support
import Testing

/// What went out is what the receiver has seen.
@Suite("A state directory that was lost before its last record was pushed")
struct LostStateTests {
  private let receiver: Receiver
  private let host: Host

  init() async throws {
    receiver = try Receiver { $0.target == "/busy" && $0.headers["webhook-id"] != nil && $0.number == 2 ? .reply(503) : .ok }
    host = try Host([
      "accounts/hook.yaml": webhook(receiver.url("/in")), "accounts/busy.yaml": webhook(receiver.url("/busy")),
      "posts/first.yaml": post(to: "hook"), "posthorn.yaml": "retry: {delays: [5s]}\n",
    ])
    try await login()
    try await host.reconcile()
  }

  private func login() async throws {
    try await host.login("hook")
    try await host.login("busy")
  }

  /// Publishes a post, and dies with the outcome on its disk and not upstream.
  private func publishUnrecorded(_ name: String, to account: String = "hook") async throws {
    let count = receiver.arrivals.count
    try host.repository.push(["posts/\(name).yaml": post(to: account)])
    // The first outcome of the busy one is its refusal.
    let failpoint = account == "busy" ? "outcome.flushed:2=kill" : "outcome.flushed=kill"
    let daemon = try await Daemon(
      host.options + ["--interval", "1h"], environment: ["HOME": host.home.path, "POSTHORN_FAILPOINT": failpoint])
    #expect(try await daemon.end() == 128 + 9)
    #expect(receiver.arrivals.count == count + (account == "busy" ? 2 : 1))
  }

  @Test("Row 28: a state directory restored from an older copy repeats nothing: it learns what upstream knows, and doubts the rest")
  func restored() async throws {
    defer { receiver.stop() }
    let copy = host.home.path("copy")
    try FileManager.default.copyItem(atPath: host.state, toPath: copy)
    let old = try #require(try host.history().values.first).incarnation
    try host.repository.push(["posts/second.yaml": post(to: "hook")])
    try await host.reconcile()
    try await publishUnrecorded("third")
    try FileManager.default.removeItem(atPath: host.state)
    try FileManager.default.moveItem(atPath: copy, toPath: host.state)
    #expect(try await host.reconcile(exit: 1).errors.contains("older copy"))
    #expect(try host.attempts("second") == ["1 published"])
    #expect(try host.attempts("third") == ["1 in_doubt"])
    #expect(receiver.arrivals.count == 3)
    // And then it goes on, under another name.
    try host.repository.push(["posts/fourth.yaml": post(to: "hook")])
    #expect(try await host.reconcile().output == "1 published\n")
    #expect(receiver.arrivals.count == 4)
    #expect(try host.history().values.first { $0.post.text == "fourth" }?.incarnation != old)
  }

  @Test("Row 29: a state directory deleted with an unpushed record repeats nothing", arguments: ["hook", "busy"])
  func deleted(account: String) async throws {
    defer { receiver.stop() }
    try await publishUnrecorded("second", to: account)
    let count = receiver.arrivals.count
    try FileManager.default.removeItem(atPath: host.state)
    try await login()
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("second") == (account == "busy" ? ["1 retrying", "2 in_doubt"] : ["1 in_doubt"]))
    try await host.reconcile()
    #expect(receiver.arrivals.count == count)
  }
}
