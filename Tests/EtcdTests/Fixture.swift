import HTTP
import Support

@testable import Etcd

/// A cluster of real servers, and a way to speak to it.
struct Stage {
  let servers: EtcdCluster
  let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
  let cluster: Cluster

  init(_ count: Int = 1, login: Cluster.Login? = nil, deadline: Duration = .seconds(5)) async throws {
    servers = try await EtcdCluster(count)
    cluster = try Self.cluster(servers.urls, login: login, deadline: deadline, client)
  }

  /// Another view of the same servers.
  func again(login: Cluster.Login? = nil, mark: ClusterMark? = nil) throws -> Cluster {
    try Self.cluster(servers.urls, login: login, mark: mark, deadline: .seconds(5), client)
  }

  static func cluster(
    _ urls: String, login: Cluster.Login? = nil, mark: ClusterMark? = nil, deadline: Duration = .seconds(2), _ client: Client
  ) throws -> Cluster {
    Cluster(
      try urls.split(separator: ",").map { try Endpoint(String($0)) }, login: login, mark: mark, deadline: deadline,
      send: { request throws(HTTPError) in try await client.send(request) })
  }
}

/// Why a call failed; `nil` where it did not.
func failure<Value>(_ body: () async throws(ClusterError) -> Value) async -> ClusterError.Reason? {
  do throws(ClusterError) {
    _ = try await body()
    return nil
  } catch { return error.reason }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
