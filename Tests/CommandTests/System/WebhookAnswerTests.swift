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
    arguments: [(400, "content"), (409, "content"), (410, "policy"), (413, "content"), (422, "content")])
  func refused(status: Int, class: String) async throws {
    let receiver = try Receiver { _ in .reply(status) }
    defer { receiver.stop() }
    let host = try await host(receiver)
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 failed"])
    let error = try #require(try host.history().values.first?.error)
    #expect(error.code == "http.\(status)" && error.class.rawValue == `class`)
    try await host.reconcile()
    #expect(receiver.arrivals.count == 1)
  }

  @Test("A receiver that is deployed anew, and answers 404, 423 or 425 meanwhile, gets it once it is there; the record has its first words")
  func deployed() async throws {
    let answers = [404, 423, 425]
    let receiver = try Receiver { arrival in
      arrival.number <= 3
        ? .reply(answers[arrival.number - 1], body: Array("nobody home\n\(arrival.headers["webhook-signature"] ?? "")".utf8))
        : .ok
    }
    defer { receiver.stop() }
    let host = try await host(receiver)
    let daemon = try await host.daemon()
    try await daemon.until("the fourth attempt's record") { try host.attempts("launch").count == 4 }
    #expect(try await daemon.stop() == 0)
    #expect(try host.attempts("launch") == ["1 retrying", "2 retrying", "3 retrying", "4 published"])
    let records = try host.history().values.sorted { $0.attempt < $1.attempt }
    #expect(records.prefix(3).map { $0.error?.code } == answers.map { "http.\($0)" })
    for record in records.prefix(3) {
      #expect(record.error?.message.hasSuffix("is at risk if that does not pass; it said: \"nobody home v1,***\"") == true)
      #expect(record.nextAttemptAt == record.finishedAt + .seconds(1))
    }
  }

  @Test("Row 12: a redirect to another host is not followed: no signature and no byte of the post gets there")
  func redirected() async throws {
    let elsewhere = try Receiver()
    let target = elsewhere.url("/elsewhere")
    let receiver = try Receiver { _ in .reply(307, headers: ["location": target]) }
    defer {
      receiver.stop()
      elsewhere.stop()
    }
    let host = try await host(receiver)
    try await host.reconcile(exit: 1)
    #expect(try host.history().values.first?.error?.class == .policy)
    #expect(receiver.arrivals.count == 1 && elsewhere.connections == 0)
  }

  @Test("Row 9: a receiver that says nothing delays nobody else, not even an account of the same post")
  func silent() async throws {
    let receiver = try Receiver { $0.target == "/silent" ? .silence : .ok }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/good.yaml": webhook(receiver.url("/good")), "accounts/silent.yaml": webhook(receiver.url("/silent")),
      "posts/first.yaml": post(to: "silent, good"), "posts/second.yaml": post(to: "good"),
    ])
    try await host.login("good")
    try await host.login("silent")
    let daemon = try await host.daemon()
    await receiver.waitForArrivals(3)
    try host.repository.push(["posts/third.yaml": post(to: "good")])
    daemon.wake()
    try await daemon.until("the others' records") { try host.repository.names(under: "history/").count == 3 }
    #expect(try host.status("first")?.deliveries.first { $0.account.text == "silent" }?.state == .publishing)
    try await daemon.crash(sparing: host.repository.upstream)
    #expect(receiver.arrivals.count { $0.target == "/silent" } == 1)
  }

  @Test(
    "Row 10: an answer that is none may hide a publication: in doubt, said with its cause and what to do, and never sent again",
    arguments: [
      (Receiver.Answer.reply(500), "http.500", "answered with 500"), (.reply(502), "http.502", "answered with 502"),
      (.hangUp, "answer.", "gave no answer"),
      (.raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", .reset), "answer.", "gave no answer"),
      (.raw("garbage\r\n\r\n"), "answer.", "gave no answer"),
    ])
  func doubt(answer: Receiver.Answer, code: String, cause: String) async throws {
    let receiver = try Receiver { _ in answer }
    defer { receiver.stop() }
    let host = try await host(receiver)
    let ending = try await host.reconcile(exit: 1)
    #expect(ending.output == "1 in_doubt\n")
    #expect(try host.attempts("launch") == ["1 in_doubt"])
    let error = try #require(try host.history().values.first?.error)
    #expect(error.code.hasPrefix(code) && error.message.contains(cause) && error.message.contains("posthorn resolve launch hook"))
    let why = try await Posthorn.run(["why", "launch", "--repo", host.repository.upstream.path], environment: ["HOME": host.home.path])
    #expect(why.output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(cause), "\(why)")
    try await host.reconcile()
    #expect(receiver.arrivals.count == 1)
  }

  @Test("Row 15: 500 from a receiver that dedupes is no doubt and no reason to send at once: it is asked again later, after a stop too")
  func dedupes() async throws {
    let receiver = try Receiver { _ in .reply(500) }
    defer { receiver.stop() }
    let host = try await host(receiver, "dedupes: true")
    let daemon = try await host.daemon()
    await receiver.waitForArrivals(1)
    #expect(try await daemon.stop() == 0)
    #expect(receiver.arrivals.count == 1)
    #expect(try host.attempts("launch") == [])
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
