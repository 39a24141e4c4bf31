import Support
import Testing

@testable import Etcd

@Suite("Logging in to etcd", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct LoginTests {
  @Test("User and password are used where given, and a wrong or missing one is said")
  func login() async throws {
    let stage = try await Stage()
    for command in [["user", "add", "root:secret", "--interactive=false"], ["user", "grant-role", "root", "root"], ["auth", "enable"]] {
      try Support.run(["etcdctl", "--endpoints", stage.servers.servers[0].directURL] + command, environment: ["ETCDCTL_API": "3"])
    }
    let known = try stage.again(login: .init(user: "root", password: "secret"))
    _ = try await known.commit(Transaction(then: [.put("k", [])]))
    #expect(try await known.all(prefix: "k").count == 1)
    let wrong = try stage.again(login: .init(user: "root", password: "guess"))
    #expect(await failure { () async throws(ClusterError) in try await wrong.all(prefix: "k") } == .unauthenticated)
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.all(prefix: "k") } == .unauthenticated)
  }
}
