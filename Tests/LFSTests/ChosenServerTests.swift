import HTTP
import LFS
import Schedule
import Support
import Testing

@Suite("A server of Git LFS that somebody has pushed the address of")
struct ChosenServerTests {
  /// An answer that sends us on.
  private func leading(to href: String, _ headers: String, _ ground: Ground) -> LFSServer.Fault {
    .list(
      200,
      body: #"{"objects": [{"oid": "\#(ground.object.oid)", "size": 200000, "authenticated": true, "actions": {"download": "#
        + #"{"href": "\#(href)", "header": \#(headers)}}}]}"#)
  }

  @Test("Is not asked where its address is private and nobody on this host named it, although the host's policy lets others go there")
  func asked() async throws {
    let ground = try Ground()
    let error = try #require(await ground.failure(choice: .repository, privateHosts: []))
    #expect(error.code == "lfs.forbidden" && error.message.contains("--endpoint lfs=\(ground.server.url.prefix(16))"), "\(error)")
    #expect(ground.server.questions.isEmpty)
    try await ground.bring(choice: .remote, privateHosts: [])
    await ground.end()
  }

  @Test("Leads to no other private host, by an action or a redirect, not over a connection either that somebody else has opened")
  func leads() async throws {
    let (ground, inner) = (try Ground(), try Receiver())
    defer { inner.stop() }
    let url = "http://localhost:\(inner.port)/admin"
    _ = try await ground.client.send(Request(.get, try Endpoint(url), connection: .reusable))
    let hops = try Receiver { _ in .reply(302, headers: ["location": url]) }
    defer { hops.stop() }
    for href in [url, hops.url()] {
      ground.server.inject(leading(to: href, "{}", ground))
      let error = try #require(await ground.failure(choice: .repository))
      #expect(error.code == "lfs.forbidden" && error.message.contains("localhost"), "\(error)")
    }
    #expect(inner.arrivals.count == 1)
    ground.server.inject(leading(to: url, "{}", ground))
    _ = await ground.failure()  // the operator chose this one
    #expect(inner.arrivals.count == 2)
    await ground.end()
  }

  @Test("Of the fields that it asks for those go along that a store of objects needs; none says who asks, or for whom, or how")
  func fields() async throws {
    let all = [
      "Authorization", "Accept", "Content-Type", "X-Amz-Date", "X-Ms-Version", "X-Goog-Hash", "If-Match", "Private-Token", "Cookie", "Host",
      "X-Forwarded-For", "X-Real-IP", "X-Remote-User", "X-Original-URL", "X-HTTP-Method-Override", "Proxy-Authorization", "Keep-Alive",
      "Transfer-Encoding", "Forwarded", "Sec-Fetch-Site", "Origin", "Referer",
    ]
    let headers = JSON.object(Dictionary(uniqueKeysWithValues: all.map { ($0, .string("canary")) })).compactText()
    for (choice, expected) in [(Server.Choice.repository, 6), (.remote, 8), (.host, 8)] {
      let ground = try Ground()
      let store = try Receiver { _ in .reply(200, body: Ground.content) }
      ground.server.inject(leading(to: store.url(), headers, ground))
      try await ground.bring(choice: choice)
      let sent = try #require(store.arrivals.first).headers.filter { $0.value == "canary" }.keys
      #expect(Set(sent) == Set(all.prefix(expected).map { $0.lowercased() }), "\(choice): \(sent.sorted())")
      store.stop()
      await ground.end()
    }
  }

  @Test(
    "Measures nothing: other bytes, fewer and more are the same in what is recorded",
    arguments: [LFSServer.Fault.otherBytes, .short(7), .long])
  func measures(fault: LFSServer.Fault) async throws {
    let ground = try Ground()
    ground.server.inject(fault, fault)
    let error = try #require(await ground.failure(choice: .repository))
    #expect(error.code == "lfs.digest" && error.message.contains("something else") && !error.message.contains("200000"), "\(error)")
    await ground.end()
  }

  @Test("An action that says it ends at the least number there is, or at the largest, is followed", arguments: [Int64.min, .max])
  func ends(seconds: Int64) async throws {
    let ground = try Ground()
    let store = try Receiver { _ in .reply(200, body: Ground.content) }
    defer { store.stop() }
    let body =
      #"{"objects": [{"oid": "\#(ground.object.oid)", "size": 200000, "actions": {"download": {"href": "\#(store.url())", "#
      + #""expires_in": \#(seconds)}}}]}"#
    ground.server.inject(.list(200, body: body))
    try await ground.bring()
    #expect(ground.arrived == Ground.content)
    await ground.end()
  }
}
