import Support
import Testing

@testable import Etcd

@Suite("Leases of etcd", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct LeaseTests {
  @Test("Have a name of our own, live on while there are signs of life, and take their keys with them")
  func life() async throws {
    let stage = try await Stage()
    let lease = LeaseID.random()
    #expect(try await stage.cluster.grant(lease, seconds: 7) == .seconds(7))
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.grant(lease, seconds: 7) } == .refused(code: 9))
    _ = try await stage.cluster.commit(Transaction(then: [.put("member", [], lease: lease)]))
    #expect(try await stage.cluster.keepAlive(lease) == .seconds(7))
    try await stage.cluster.revoke(lease)
    try await stage.cluster.revoke(lease)
    #expect(try await stage.cluster.all(prefix: "member").isEmpty)
  }

  @Test("A lease that is gone has no sign of life, and no key can be put on it")
  func gone() async throws {
    let stage = try await Stage()
    #expect(try await stage.cluster.keepAlive(LeaseID(5)) == nil)
    let put = Transaction(then: [.put("k", [], lease: LeaseID(5))])
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.commit(put) } == .refused(code: 5))
  }
}
