import Schedule
import Support
import Testing

@Suite("What an answer of a webhook leads to")
struct WebhookAnswerTests {
  /// A host with one webhook account, logged in, and a post that is due.
  private func host(_ receiver: Receiver, _ more: String...) async throws -> Host {
    let host = try Host([
      "accounts/hook.yaml": (["platform: webhook", "url: \(receiver.url("/in"))"] + more).joined(separator: "\n") + "\n",
      "posts/launch.yaml": post(to: "hook"), "posthorn.yaml": "retry: {delays: [1s, 1s, 1s]}\n",
    ])
    try await host.login("hook")
    return host
  }

  @Test("503 first and 200 then: it is sent twice under one id, and published")
  func retried() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(503) : .ok }
    defer { receiver.stop() }
    let host = try await host(receiver)
    let daemon = try await host.daemon()
    try await daemon.until("the second attempt's record") { try host.attempts("launch").count == 2 }
    #expect(try await daemon.stop() == 0)
    #expect(try host.attempts("launch") == ["1 retrying", "2 published"])
    let records = try host.history().values.sorted { $0.attempt < $1.attempt }
    #expect(records[0].error?.code == "http.503" && records[0].error?.class == .transient)
    #expect(records[0].nextAttemptAt == records[0].finishedAt + .seconds(1))
    #expect(receiver.arrivals.count == 2)
    #expect(Set(receiver.arrivals.map { $0.headers["webhook-id"] }) == [records[0].key])
    #expect(records[0].key == records[1].key)
    #expect(receiver.arrivals[0].body == receiver.arrivals[1].body)
  }

  @Test("503 for ever: the failure after the last delay is final")
  func exhausted() async throws {
    let receiver = try Receiver { _ in .reply(503) }
    defer { receiver.stop() }
    let host = try await host(receiver)
    let daemon = try await host.daemon()
    try await daemon.until("the fourth attempt's record") { try host.attempts("launch").count == 4 }
    #expect(try await daemon.stop() == 0)
    #expect(try host.attempts("launch") == ["1 retrying", "2 retrying", "3 retrying", "4 failed"])
    #expect(receiver.arrivals.count == 4)
  }

  @Test(
    "A refusal that will not change is final at once, and the pass ends with 1",
    arguments: [(400, "content"), (404, "content"), (410, "policy"), (302, "policy")])
  func refused(status: Int, class: String) async throws {
    let elsewhere = try Receiver()
    let target = elsewhere.url("/elsewhere")
    let receiver = try Receiver { _ in .reply(status, headers: ["location": target]) }
    defer {
      receiver.stop()
      elsewhere.stop()
    }
    let host = try await host(receiver)
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 failed"])
    let error = try #require(try host.history().values.first?.error)
    #expect(error.code == "http.\(status)" && error.class.rawValue == `class`)
    try await host.reconcile()
    #expect(receiver.arrivals.count == 1 && elsewhere.arrivals.isEmpty)
  }

  @Test("500 may have been published: in doubt, said with what to do, and never sent again")
  func doubt() async throws {
    let receiver = try Receiver { _ in .reply(500) }
    defer { receiver.stop() }
    let host = try await host(receiver)
    let ending = try await host.reconcile(exit: 1)
    #expect(ending.output == "1 in_doubt\n")
    #expect(try host.attempts("launch") == ["1 in_doubt"])
    #expect(try host.history().values.first?.error?.message.contains("posthorn resolve launch hook") == true)
    try await host.reconcile()
    #expect(receiver.arrivals.count == 1)
  }

  @Test("500 from a receiver that dedupes: once the first call has certainly ended it is sent again, with the same id and bytes")
  func dedupes() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(500) : .ok }
    defer { receiver.stop() }
    let host = try await host(receiver, "dedupes: true")
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
    let arrivals = receiver.arrivals
    #expect(arrivals.count == 2)
    #expect(Set(arrivals.map { $0.headers["webhook-id"] }).count == 1 && Set(arrivals.map(\.body)).count == 1)
    #expect(try #require(arrivals.last).time - arrivals[0].time >= .seconds(34))
  }

  @Test("An account that succeeded is not called again when another of the same post is retried")
  func independent() async throws {
    let receiver = try Receiver { $0.target == "/bad" && $0.number < 3 ? .reply(503) : .ok }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/good.yaml": webhook(receiver.url("/good")), "accounts/bad.yaml": webhook(receiver.url("/bad")),
      "posts/launch.yaml": post(to: "good, bad"), "posthorn.yaml": "retry: {delays: [1s, 1s, 1s]}\n",
    ])
    try await host.login("good")
    try await host.login("bad")
    let daemon = try await host.daemon()
    try await daemon.until("all is published") { try host.status("launch")?.state.rawValue == "published" }
    #expect(try await daemon.stop() == 0)
    #expect(receiver.arrivals.filter { $0.target == "/good" }.count == 1)
    #expect(receiver.arrivals.filter { $0.target == "/bad" }.count >= 2)
  }
}
