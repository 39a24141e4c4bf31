import HTTP
import Support

/// What most tests here need: a client that may call this machine, and a receiver that answers by a script.
struct Exchange {
  let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
  let receiver: Receiver

  init(_ script: @escaping @Sendable (Receiver.Arrival) -> Receiver.Answer = { _ in .ok }) throws { receiver = try Receiver(script) }

  func request(
    _ method: Request.Method = .post, _ path: String = "/", headers: Headers = [:], body: [UInt8]? = Array("hello".utf8),
    connection: Request.Connection = .fresh, redirects: Request.Redirects = .never, deadline: Duration = .seconds(30),
    bodyLimit: Int = 65_536
  ) throws -> Request {
    Request(
      method, try Endpoint(receiver.url(path)), headers: headers, body: method == .get ? nil : body, connection: connection,
      redirects: redirects, deadline: deadline, bodyLimit: bodyLimit)
  }

  /// The error of a call that has no answer.
  func failure(_ request: Request) async -> HTTPError? { await failureOf(client, request) }

  func end() async {
    receiver.stop()
    await client.shutdown()
  }
}

func failureOf(_ client: Client, _ request: Request) async -> HTTPError? {
  do throws(HTTPError) {
    _ = try await client.send(request)
    return nil
  } catch { return error }
}
