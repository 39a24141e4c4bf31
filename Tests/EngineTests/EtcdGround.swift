import Etcd
import Git
import HTTP
import Logging
import Schedule
import Support
import Synchronization

@testable import Engine

/// A real etcd, and members that a test can kill.
final class EtcdGround: ClaimsGround {
  let servers: EtcdCluster
  private let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
  private let members = Mutex<[String: EtcdClaims]>([:])
  private let dead = Mutex<[LeaseID]>([])
  let timeToLive: Duration

  init(_ count: Int = 1, timeToLive: Duration = .seconds(3)) async throws {
    servers = try await EtcdCluster(count)
    self.timeToLive = timeToLive
  }

  /// - Parameter mark: how far the cluster had come when the member last lived.
  func claims(_ name: String, mark: ClusterMark? = nil, remember: @escaping @Sendable (ClusterMark) -> Void = { _ in }) throws -> EtcdClaims
  {
    // Members outlive the ground in some tests, and the servers with them.
    let (client, servers) = (client, servers)
    let cluster = Cluster(
      try servers.urls.split(separator: ",").map { try Endpoint(String($0)) }, mark: mark, deadline: .milliseconds(500),
      send: { [servers] request throws(HTTPError) in
        _ = servers
        return try await client.send(request)
      })
    return EtcdClaims(
      EtcdSettings(cluster: cluster, prefix: "posthorn/test", timeToLive: timeToLive, remember: remember),
      identity: .init(incarnation: name, host: "host-of-\(name)", state: "/state"), lock: HeldLock(path: "lock") { true }, now: { .now },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func member(_ name: String) async throws -> any Claims { try await etcdMember(name) }

  /// A member that has joined, and has read upstream.
  func etcdMember(_ name: String) async throws -> EtcdClaims {
    let claims = try claims(name)
    try await claims.join()
    if let reading = await claims.willRead() { await claims.hasRead(reading) }
    members.withLock { $0[name] = claims }
    return claims
  }

  func kill(_ name: String) async throws {
    guard let member = members.withLock({ $0[name] }) else { return }
    await member.fallSilent()
    if let lease = await member.membership?.lease { dead.withLock { $0.append(lease) } }
  }

  /// etcd ends the leases of the dead, which would take a time to live.
  func outlast() async throws {
    for lease in dead.withLock({ $0 }) { try await end(lease) }
  }

  func end(_ lease: LeaseID) async throws {
    try servers.ctl("lease", "revoke", String(lease.number, radix: 16))
  }
}
