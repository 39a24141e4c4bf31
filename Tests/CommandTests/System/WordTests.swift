import Schedule
import Support
import Testing

@Suite("A person's word")
struct WordTests {
  @Test(
    "What was missed goes out when a person says so, at once where a daemon runs and with the next pass otherwise",
    arguments: [true, false])
  func retryMissed(besideDaemon: Bool) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -7200)])
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 missed"])
    if besideDaemon {
      let daemon = try await host.daemon(interval: "1h")
      #expect(try await host.posthorn("retry", "launch").status == 0)
      try await daemon.until("the publication's record") { try host.attempts("launch").count == 2 }
      #expect(try await daemon.stop() == 0)
    } else {
      #expect(try await host.posthorn("retry", "launch", "acme").status == 0)
      try await host.reconcile()
    }
    #expect(try host.attempts("launch") == ["1 missed", "2 published"])
  }

  @Test("What went out is not sent again, whoever asks")
  func retryPublished() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try await host.reconcile()
    let ending = try await host.posthorn("retry", "launch")
    #expect(ending.status == 3 && ending.errors.contains("posthorn status launch"), "\(ending)")
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
  }

  @Test("A doubt ends by a person's word, which is an attempt of its own in the history", arguments: [true, false])
  func resolve(isPublished: Bool) async throws {
    let receiver = try Receiver { _ in .reply(500) }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 in_doubt"])
    #expect(try await host.posthorn("retry", "launch").status == 3)
    let word = isPublished ? ["--published", "https://example.com/1"] : ["--not-published"]
    #expect(try await host.posthorn("resolve", "launch", "hook", word[0], word.count > 1 ? word[1] : "-q").status == 0)
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 in_doubt", isPublished ? "2 published" : "2 failed"])
    #expect(receiver.arrivals.count == 1)
    #expect(try host.status("launch")?.deliveries.first?.remote?.url == (isPublished ? "https://example.com/1" : nil))
  }
}
