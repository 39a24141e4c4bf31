import HTTP
import Support
import Testing

@Suite("A call without an answer")
struct UnansweredTests {
  @Test(
    "Row 10: may have been read, and says what came instead",
    arguments: [
      (Receiver.Answer.hangUp, HTTPError.Unanswered.closed),
      (.reset, .reset),
      (.raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"), .truncated),
      (.raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", .reset), .reset),
      (.raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal"), .truncated),
      (.raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense"), .unreadable),
      (.raw("SSH-2.0-OpenSSH_9.2\r\n"), .unreadable),
    ])
  func unanswered(answer: Receiver.Answer, reason: HTTPError.Unanswered) async throws {
    let exchange = try Exchange { _ in answer }
    let error = await exchange.failure(try exchange.request())
    #expect(error?.reason == .unanswered(reason))
    #expect(error?.origin.port == exchange.receiver.port)
    #expect(exchange.receiver.arrivals.count == 1)
    await exchange.end()
  }

  @Test("Row 10: a header of 90,000 bytes may have been read") func longHeader() async throws {
    try await unanswered(answer: .raw("HTTP/1.1 200 OK\r\nx: " + String(repeating: "a", count: 90_000) + "\r\n\r\n"), reason: .unreadable)
  }

  @Test("Row 9: silence ends at the deadline, and does not delay other calls")
  func silence() async throws {
    let exchange = try Exchange { $0.target == "/silent" ? .silence : .ok }
    let silent = try exchange.request(.post, "/silent", deadline: .milliseconds(300))
    async let error = exchange.failure(silent)
    await exchange.receiver.waitForArrivals(1)
    let start = ContinuousClock.now
    #expect(try await exchange.client.send(try exchange.request()).status == 200)
    #expect(ContinuousClock.now - start < .milliseconds(200))
    #expect(await error?.reason == .unanswered(.deadline))
    await exchange.end()
  }

  @Test(
    "A redirect to something that is no http URL, or one too many, is no answer",
    arguments: ["ftp://127.0.0.1/", "/again", "http://user:word@127.0.0.1/"])
  func redirects(location: String) async throws {
    let exchange = try Exchange { _ in .reply(302, headers: ["location": location]) }
    let error = await exchange.failure(try exchange.request(.get, redirects: .checked(maximum: 3)))
    #expect(error?.reason == .unanswered(.redirect))
    #expect(exchange.receiver.arrivals.count == (location == "/again" ? 4 : 1))
    await exchange.end()
  }

  @Test("Its error never holds the path, the query, a header or the body")
  func secrets() async throws {
    for answer in [Receiver.Answer.hangUp, .raw("canary-5\r\n"), .raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncanary-5")] {
      let exchange = try Exchange { _ in answer }
      let request = try exchange.request(
        .post, "/canary-1?canary-2", headers: ["authorization": "canary-3"], body: Array("canary-4".utf8))
      let error = await exchange.failure(request)
      for text in ["\(String(describing: error))", "\(request)", String(reflecting: request)] { #expect(!text.contains("canary")) }
      var dumped = ""
      dump(request, to: &dumped)
      dump(request.headers, to: &dumped)
      #expect(!dumped.contains("canary"))
      await exchange.end()
    }
  }
}
