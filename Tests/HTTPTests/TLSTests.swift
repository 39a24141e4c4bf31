import HTTP
import Support
import Testing

@Suite("TLS")
struct TLSTests {
  @Test("Carries a call where the certificate holds; otherwise nothing is sent")
  func verified() async throws {
    let receiver = try Receiver()
    let front = try TLSFront(before: receiver)
    defer { front.stop() }
    let policy = AddressPolicy(allowsPrivateHosts: true)
    let trusting = Client(.init(policy: policy, authorities: front.authority))
    #expect(try await trusting.send(Request(.post, try Endpoint(front.url()), body: [1, 2, 3])).status == 200)
    #expect(receiver.arrivals.map(\.body) == [[1, 2, 3]])

    let otherName = await failureOf(trusting, Request(.post, try Endpoint(front.url(host: "localhost")), body: [1]))
    #expect(otherName?.reason == .notSent(.tls))
    let doubting = Client(.init(policy: policy))
    let unknownAuthority = await failureOf(doubting, Request(.post, try Endpoint(front.url()), body: [1]))
    #expect(unknownAuthority?.reason == .notSent(.tls))
    let missingFile = Client(.init(policy: policy, authorities: "/nonexistent/ca.pem"))
    #expect(await failureOf(missingFile, Request(.post, try Endpoint(front.url()), body: [1]))?.reason == .notSent(.tls))

    #expect(receiver.arrivals.count == 1)
    for client in [trusting, doubting, missingFile] { await client.shutdown() }
    receiver.stop()
  }

  @Test("A redirect from https to http is not followed")
  func downgrade() async throws {
    let plain = try Receiver()
    let receiver = try Receiver { [url = plain.url()] _ in .reply(302, headers: ["location": url]) }
    let front = try TLSFront(before: receiver)
    defer { front.stop() }
    let client = Client(.init(policy: .init(allowsPrivateHosts: true), authorities: front.authority))
    let request = Request(.get, try Endpoint(front.url()), redirects: .checked(maximum: 3))
    #expect(await failureOf(client, request)?.reason == .unanswered(.redirect))
    #expect(plain.connections == 0)
    await client.shutdown()
    for receiver in [plain, receiver] { receiver.stop() }
  }
}
