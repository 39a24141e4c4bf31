import Schedule
import Support
import Testing

@Suite("A post over its life")
struct LifecycleTests {
  @Test("Later than its grace it is missed, not sent, and the pass ends with 1")
  func missed() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -20, "grace: 5s")])
    #expect(try await host.reconcile(exit: 1).output == "1 missed\n")
    #expect(try host.attempts("launch") == ["1 missed"])
    #expect(try host.status("launch")?.state.rawValue == "missed")
    #expect(host.outbox().isEmpty)
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 missed"])
  }

  @Test("A post that is removed before its time is cancelled, and the history says so")
  func cancelled() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600)])
    #expect(try await host.reconcile().output == "nothing was due\n")
    try host.repository.push(["posts/launch.yaml": nil])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 cancelled"])
    #expect(host.outbox().isEmpty)
  }

  @Test("A cancelled post that comes back goes out: at its time if that is still to come, else at its new one", arguments: [4, -7200])
  func back(due: Int) async throws {
    let text = post(due: due)
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": text + (due < 0 ? "suspend: true\n" : "")])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": nil])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 cancelled"])
    try host.repository.push(["posts/launch.yaml": text])
    if due < 0 {
      // Too late for its own time: back is not enough.
      try await host.reconcile()
      #expect(try host.attempts("launch") == ["1 cancelled"])
      try host.repository.push(["posts/launch.yaml": post()])
    }
    let daemon = try await host.daemon()
    try await daemon.until("the record") { try host.attempts("launch") == ["1 cancelled", "2 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(host.outbox().count == 1)
  }

  @Test("An account that is taken out of a post before its time is cancelled alone")
  func cancelledAccount() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "accounts/eu.yaml": outbox, "posts/launch.yaml": post(due: 3600, to: "acme, eu")])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": post(to: "acme")])
    try await host.reconcile()
    #expect(Set(try host.history().values.map { "\($0.account) \($0.outcome.rawValue)" }) == ["acme published", "eu cancelled"])
    #expect(host.outbox("eu").isEmpty)
  }

  @Test("A post that is moved keeps its identity: nothing goes out again, and its status file moves along")
  func moved() async throws {
    let text = post()
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": text])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": nil, "posts/2026/11/launch.yaml": text])
    try await host.reconcile()
    #expect(host.outbox().count == 1)
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(try host.status("launch") == nil)
    let status = try #require(try host.status("2026/11/launch"))
    #expect(status.state.rawValue == "published" && status.path == "schedule/posts/2026/11/launch.yaml")
  }

  @Test("A failed post goes out again once its time is changed, under another key")
  func rescheduled() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(400) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(due: -4, to: "hook")])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    try host.repository.push(["posts/launch.yaml": post(due: -2, to: "hook", caption: "Mended.")])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 failed", "2 published"])
    #expect(Set(try host.history().values.map(\.key)).count == 2)
    #expect(receiver.arrivals.count == 2)
  }

  @Test("A missed post goes out once it gets a new time")
  func missedAgain() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -20, "grace: 5s")])
    try await host.reconcile(exit: 1)
    try host.repository.push(["posts/launch.yaml": post(due: -2)])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 missed", "2 published"])
  }

  @Test(
    "What was published is never sent again, whatever is edited",
    arguments: [post(due: -1, caption: "Edited."), post(due: 1, caption: "Edited and later."), post(caption: "Edited alone.")])
  func edited(text: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -5)])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": text])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": nil])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": post()])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(host.outbox().count == 1)
  }

  @Test("A change of the content before its time is what goes out")
  func editedBefore() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600, caption: "Old.")])
    try await host.reconcile()
    try host.repository.push(["posts/launch.yaml": post(caption: "New.")])
    try await host.reconcile()
    let file = try #require(host.outbox().first)
    #expect(try Posthorn.text(host.state + "/outbox/acme/" + file).contains("New."))
    #expect(try host.attempts("launch") == ["1 published"])
  }
}
