import HTTP
import Support
import Testing

@Suite("A call of which nothing was sent")
struct NotSentTests {
  let client = Client(.init(policy: .init(allowsPrivateHosts: true)))

  @Test("Nobody listens")
  func refused() async throws {
    let error = await failureOf(client, Request(.post, try Endpoint("http://127.0.0.1:\(try Loopback.deadPort())/?secret")))
    #expect(error?.reason == .notSent(.refused))
    #expect(error?.detail.contains("secret") == false)
  }

  @Test("The host name has no address")
  func noAddress() async throws {
    let name = String(repeating: "a", count: 64)  // too long for a label: no resolver asks for it
    let error = await failureOf(client, Request(.post, try Endpoint("https://\(name).invalid/")))
    #expect(error?.reason == .notSent(.noAddress))
  }

  @Test(
    "The other side does not speak TLS, or hangs up while it is agreed",
    arguments: [Receiver.Answer.hangUp, .raw("HTTP/1.1 200 OK\r\n\r\n")])
  func noTLS(answer: Receiver.Answer) async throws {
    let plain = try TalkingListener(answer)
    let error = await failureOf(client, Request(.post, try Endpoint("https://127.0.0.1:\(plain.port)/")))
    #expect(error?.isNotSent == true)
    plain.stop()
  }

  @Test("The deadline passes while TLS is agreed")
  func deadline() async throws {
    let silent = try TalkingListener(.silence)
    let error = await failureOf(client, Request(.post, try Endpoint("https://127.0.0.1:\(silent.port)/"), deadline: .milliseconds(200)))
    #expect(error?.reason == .notSent(.deadline))
    silent.stop()
  }

  @Test("The deadline has passed before")
  func noTime() async throws {
    let exchange = try Exchange()
    #expect(await exchange.failure(try exchange.request(deadline: .zero))?.reason == .notSent(.deadline))
    #expect(exchange.receiver.connections == 0)
    await exchange.end()
  }

  @Test("It was no longer to be sent when the connection stood")
  func late() async throws {
    let exchange = try Exchange()
    var request = try exchange.request()
    request.mayLeave = { false }
    #expect(await exchange.failure(request)?.reason == .notSent(.late))
    #expect(exchange.receiver.arrivals.isEmpty)
    await exchange.end()
  }

  @Test(
    "A header that would smuggle a line break",
    arguments: [("x", "a\r\nb: c"), ("x\r\ny", "a"), ("", "a"), ("x y", "a"), ("x", "a\u{0}b")])
  func smuggling(name: String, value: String) async throws {
    let exchange = try Exchange()
    let error = await exchange.failure(try exchange.request(headers: .init([.init(name, value)])))
    #expect(error?.reason == .notSent(.malformed))
    #expect(exchange.receiver.connections == 0)
    await exchange.end()
  }

  @Test(
    "The host does not allow private addresses",
    arguments: [
      "http://127.0.0.1", "https://127.0.0.1", "https://localhost", "https://[::1]", "https://0x7f.1", "https://[::ffff:127.0.0.1]",
    ])
  func forbidden(origin: String) async throws {
    let receiver = try Receiver()
    let client = Client()
    let error = await failureOf(client, Request(.post, try Endpoint("\(origin):\(receiver.port)/")))
    #expect(error?.reason == .notSent(.forbidden))
    #expect(receiver.connections == 0)
    receiver.stop()
    await client.shutdown()
  }

  @Test("An origin that the operator named may be private; others stay forbidden")
  func namedOrigin() async throws {
    let (named, other) = (try Receiver(), try Receiver())
    let client = Client(.init(policy: .init(origins: [try #require(Origin(named.url()))])))
    #expect(try await client.send(Request(.get, try Endpoint(named.url()))).status == 200)
    #expect(await failureOf(client, Request(.get, try Endpoint(other.url())))?.reason == .notSent(.forbidden))
    for receiver in [named, other] { receiver.stop() }
    await client.shutdown()
  }

  @Test("A redirect to an address that is not allowed is not followed, and carries no credential")
  func forbiddenRedirect() async throws {
    let target = try Receiver()
    let origin = try Receiver { [url = target.url()] _ in .reply(302, headers: ["location": url]) }
    let client = Client(.init(policy: .init(origins: [try #require(Origin(origin.url()))])))
    let request = Request(.get, try Endpoint(origin.url()), redirects: .checked(maximum: 3))
    #expect(await failureOf(client, request)?.reason == .notSent(.forbidden))
    #expect(target.connections == 0)
    for receiver in [origin, target] { receiver.stop() }
    await client.shutdown()
  }

  @Test("A followed redirect to another origin leaves the credential behind")
  func redirectWithoutCredential() async throws {
    let target = try Receiver { _ in .reply(200, body: Array("there".utf8)) }
    let origin = try Receiver { [url = target.url("/x")] _ in .reply(302, headers: ["location": url]) }
    let request = Request(
      .get, try Endpoint(origin.url()), headers: ["authorization": "secret", "cookie": "secret", "x-key": "secret", "range": "bytes=0-"],
      redirects: .checked(maximum: 3))
    #expect(try await client.send(request).body == Array("there".utf8))
    let arrival = try #require(target.arrivals.first)
    #expect(!String(decoding: arrival.bytes, as: UTF8.self).contains("secret"))
    #expect(arrival.headers["range"] == "bytes=0-")
    for receiver in [origin, target] { receiver.stop() }
  }
}
