import HTTP
import Support
import Testing

@testable import Etcd

@Suite("A cluster in trouble", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct TroubleTests {
  @Test("Another server is asked where one is down; without a quorum nothing is said to be known, and it comes back alone")
  func quorum() async throws {
    let stage = try await Stage(3, deadline: .seconds(1))
    let put = Transaction(then: [.put("k", [])])
    _ = try await stage.cluster.commit(put)
    let leader = try await stage.servers.leader()
    leader.kill()
    _ = try await eventuallyCommitted(put, stage.cluster)
    let others = stage.servers.servers.filter { $0.name != leader.name }
    others[0].kill()
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.read(.get("k")) } == .unavailable)
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.commit(put) } == .unknown)
    try stage.servers.start(leader)
    _ = try await eventuallyCommitted(put, stage.cluster)
  }

  private func eventuallyCommitted(_ transaction: Transaction, _ cluster: Cluster) async throws -> TransactionAnswer {
    try await eventually("a committed transaction", within: .seconds(120)) { try? await cluster.commit(transaction) }  // no leader yet
  }

  @Test("A transaction whose answer is lost is unknown, and is not sent to a second server; reading again tells")
  func lostAnswer() async throws {
    let stage = try await Stage(deadline: .seconds(1))
    let server = stage.servers.servers[0]
    server.clients.set(.losingAnswers)
    let put = Transaction(if: [.version("k", is: 0)], then: [.put("k", "mine".bytes)])
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.commit(put) } == .unknown)
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.read(.get("k")) } == .unavailable)
    server.clients.set(.open)
    #expect(try await stage.cluster.all(prefix: "k").map(\.value) == ["mine".bytes])
    server.clients.set(.closed)
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.commit(put) } != nil)
  }

  @Test("A cluster that knows less than it did, or is another one, is told from the one that was known")
  func restored() async throws {
    let stage = try await Stage()
    let folder = try TemporaryFolder("backup")
    _ = try await stage.cluster.commit(Transaction(then: [.put("k", [])]))
    try stage.servers.snapshot(to: folder.path("snapshot"))
    for _ in 1...3 { _ = try await stage.cluster.commit(Transaction(then: [.put("k", [])])) }
    let mark = try #require(stage.cluster.mark)
    try await stage.servers.restore(from: folder.path("snapshot"))
    for cluster in [stage.cluster, try stage.again(mark: mark), try stage.again(mark: ClusterMark("17@1"))] {
      guard case .wentBack = await failure({ () async throws(ClusterError) in try await cluster.read(.get("k")) }) else {
        Issue.record("it went unnoticed")
        continue
      }
    }
    #expect(ClusterMark("\(mark)") == mark)
  }
}

@Suite("What is no etcd")
struct GarbageTests {
  @Test(
    "Is never taken for an answer",
    arguments: [
      "garbage", "{}", "[]", #"{"result": {}}"#, #"{"header": {"cluster_id": "1", "revision": "5"}, "succeeded": true}"#,
      #"{"header": {"cluster_id": "1", "revision": "5"}, "succeeded": true, "responses": [{"response_range": {"kvs": [{"key": "*"}]}}]}"#,
    ])
  func garbage(body: String) async throws {
    let receiver = try Receiver { _ in .reply(200, body: body.bytes) }
    defer { receiver.stop() }
    let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
    let cluster = try Stage.cluster(receiver.url(""), client)
    #expect(await failure { () async throws(ClusterError) in try await cluster.read(.get("k")) } == .unreadable)
    #expect(await failure { () async throws(ClusterError) in try await cluster.commit(Transaction(then: [.put("k", [])])) } == .unknown)
    #expect(await failure { () async throws(ClusterError) in try await cluster.keepAlive(LeaseID(1)) } == .unreadable)
    await client.shutdown()
  }

  /// Measured: after seven seconds.
  @Test("Without a quorum a reading says so, and a transaction may still be applied", arguments: [(503, 14), (500, 2), (504, 4)])
  func noQuorum(status: Int, code: Int) async throws {
    let receiver = try Receiver { _ in .reply(status, body: #"{"error": "etcdserver: request timed out", "code": \#(code)}"#.bytes) }
    defer { receiver.stop() }
    let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
    let cluster = try Stage.cluster(receiver.url(""), client)
    #expect(await failure { () async throws(ClusterError) in try await cluster.read(.get("k")) } == .noQuorum)
    #expect(await failure { () async throws(ClusterError) in try await cluster.commit(Transaction(then: [.put("k", [])])) } == .unknown)
    await client.shutdown()
  }

  @Test("A token that has expired is renewed once, and the call is made again")
  func token() async throws {
    let receiver = try Receiver { arrival in
      if arrival.target.hasSuffix("authenticate") { return .reply(200, body: #"{"token": "t\#(arrival.number)"}"#.bytes) }
      guard arrival.headers["authorization"] == "t3" else {
        return .reply(
          401, body: #"{"error": "etcdserver: invalid auth token", "message": "etcdserver: invalid auth token", "code": 16}"#.bytes)
      }
      return .reply(200, body: #"{"result": {"ID": "7", "TTL": "9"}}"#.bytes)
    }
    defer { receiver.stop() }
    let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
    let cluster = try Stage.cluster(receiver.url(""), login: .init(user: "u", password: "p"), client)
    #expect(try await cluster.keepAlive(LeaseID(7)) == .seconds(9))
    #expect(receiver.arrivals.map { $0.target.split(separator: "/").last } == ["authenticate", "keepalive", "authenticate", "keepalive"])
    await client.shutdown()
  }
}
