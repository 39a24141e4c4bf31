import HTTP
import Support
import Testing

@Suite("A commit call")
struct CommitCallTests {
  @Test("Arrives once, whole, and its answer comes back with status, headers and body")
  func plain() async throws {
    let exchange = try Exchange { _ in .reply(201, headers: ["x-name": "one", "X-Name2": " two  "], body: Array("done".utf8)) }
    let response = try await exchange.client.send(try exchange.request(headers: ["webhook-id": "msg_1", "x-empty": ""]))
    #expect(response.status == 201)
    #expect(response.headers["X-Name"] == "one")
    #expect(response.headers["x-name2"] == "two")
    #expect(response.body == Array("done".utf8))
    #expect(!response.isTruncated)
    let arrival = try #require(exchange.receiver.arrivals.first)
    #expect(arrival.method == "POST")
    #expect(arrival.body == Array("hello".utf8))
    #expect(arrival.headers["webhook-id"] == "msg_1")
    #expect(arrival.headers["x-empty"] == "")
    #expect(arrival.headers["expect"] == nil)
    #expect(arrival.headers["content-type"] == nil)
    await exchange.end()
  }

  @Test("Has a connection of its own, even where one stands open")
  func fresh() async throws {
    let exchange = try Exchange()
    _ = try await exchange.client.send(try exchange.request(connection: .reusable))
    for _ in 1...3 { _ = try await exchange.client.send(try exchange.request()) }
    _ = try await exchange.client.send(try exchange.request(connection: .reusable))
    #expect(exchange.receiver.arrivals.map(\.connection) == [1, 2, 3, 4, 1])
    await exchange.end()
  }

  @Test(
    "Row 11: is never repeated by libcurl when its connection dies after the request was read (P2)",
    arguments: [Receiver.Answer.hangUp, .reset])
  func dying(answer: Receiver.Answer) async throws {
    let exchange = try Exchange { $0.number == 1 ? .ok : answer }
    _ = try await exchange.client.send(try exchange.request(connection: .reusable))
    let error = await exchange.failure(try exchange.request())
    #expect(error?.isNotSent == false)
    #expect(exchange.receiver.arrivals.count == 2)
    await exchange.end()
  }

  @Test("On a reused connection that dies, libcurl does send it again: the reason for the rule")
  func reusedDies() async throws {
    let exchange = try Exchange { $0.numberOnConnection == 2 ? .hangUp : .ok }
    for _ in 1...2 { _ = try await exchange.client.send(try exchange.request(connection: .reusable)) }
    #expect(exchange.receiver.arrivals.count == 3)
    await exchange.end()
  }

  @Test("A large body arrives without asking for permission first")
  func large() async throws {
    let exchange = try Exchange()
    let body = [UInt8](repeating: 0x61, count: 5_000_000)
    #expect(try await exchange.client.send(try exchange.request(body: body)).status == 200)
    #expect(exchange.receiver.arrivals.first?.body.count == body.count)
    #expect(exchange.receiver.arrivals.first?.headers["expect"] == nil)
    await exchange.end()
  }

  @Test("A huge answer is cut at the limit, and its status still counts")
  func hugeAnswer() async throws {
    let exchange = try Exchange { _ in .reply(200, body: [UInt8](repeating: 0x61, count: 3_000_000)) }
    let response = try await exchange.client.send(try exchange.request(bodyLimit: 1000))
    #expect(response.status == 200)
    #expect(response.body.count == 1000)
    #expect(response.isTruncated)
    await exchange.end()
  }

  @Test("An answer of exactly the limit is whole")
  func exactAnswer() async throws {
    let exchange = try Exchange { _ in .reply(200, body: [UInt8](repeating: 0x61, count: 1000)) }
    let response = try await exchange.client.send(try exchange.request(bodyLimit: 1000))
    #expect(response.body.count == 1000)
    #expect(!response.isTruncated)
    await exchange.end()
  }

  @Test("An interim answer is not the answer")
  func interim() async throws {
    let exchange = try Exchange { _ in .raw("HTTP/1.1 103 Early\r\nx-a: 1\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok") }
    let response = try await exchange.client.send(try exchange.request())
    #expect(response.status == 200)
    #expect(response.headers["x-a"] == nil)
    await exchange.end()
  }

  @Test("Row 12: is not followed elsewhere: the redirect is the answer", arguments: [301, 302, 303, 307, 308])
  func redirect(status: Int) async throws {
    let other = try Receiver()
    let exchange = try Exchange { [url = other.url("/other")] _ in .reply(status, headers: ["location": url]) }
    let response = try await exchange.client.send(try exchange.request(headers: ["authorization": "secret"]))
    #expect(response.status == status)
    #expect(other.connections == 0)
    other.stop()
    await exchange.end()
  }

  @Test("Goes on to its answer when its task is cancelled")
  func cancelled() async throws {
    let gate = Gate()
    let exchange = try Exchange { _ in .after(gate, .ok) }
    let request = try exchange.request()
    let call = Task { try await exchange.client.send(request).status }
    await exchange.receiver.waitForArrivals(1)
    call.cancel()
    gate.open()
    #expect(try await call.value == 200)
    await exchange.end()
  }

  @Test("Its socket is registered while it is open, and not afterwards")
  func registered() async throws {
    let gate = Gate()
    let exchange = try Exchange { _ in .after(gate, .ok) }
    let request = try exchange.request()
    let call = Task { try await exchange.client.send(request).status }
    await exchange.receiver.waitForArrivals(1)
    let during = exchange.client.sockets.whileHeld { $0 }
    #expect(during.count == 1)
    #expect(during.allSatisfy { exchange.client.sockets.isOurs($0) })
    gate.open()
    _ = try await call.value
    #expect(exchange.client.sockets.whileHeld { $0 }.isEmpty)
    await exchange.end()
  }

  @Test("Shutting down lets the calls under way end, and takes no more")
  func shutdown() async throws {
    let gate = Gate()
    let exchange = try Exchange { _ in .after(gate, .ok) }
    let request = try exchange.request()
    let call = Task { try await exchange.client.send(request).status }
    await exchange.receiver.waitForArrivals(1)
    let end = Task { await exchange.client.shutdown() }
    var late: HTTPError?
    repeat { late = await exchange.failure(try exchange.request(deadline: .milliseconds(1))) } while late?.reason != .notSent(.stopped)
    gate.open()
    #expect(try await call.value == 200)
    await end.value
    await exchange.end()
  }

  @Test("Five hundred at once arrive once each")
  func many() async throws {
    let exchange = try Exchange()
    let statuses = try await withThrowingTaskGroup { group in
      for number in 0..<500 {
        let request = try exchange.request(body: Array("\(number)".utf8))
        group.addTask { try await exchange.client.send(request).status }
      }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses == [Int](repeating: 200, count: 500))
    #expect(Set(exchange.receiver.arrivals.map(\.body)).count == 500)
    #expect(exchange.receiver.arrivals.count == 500)
    #expect(exchange.receiver.connections == 500)
    await exchange.end()
  }
}
