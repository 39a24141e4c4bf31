import Foundation
import Support

/// Three etcd servers that all worlds share, each below a prefix of its own; one trouble at a time.
actor EtcdFleet {
  static let timeToLive = "10s"

  nonisolated let cluster: EtcdCluster
  nonisolated let urls: String
  private var last: Task<Void, any Error>?

  init() async throws {
    cluster = try await EtcdCluster(3)
    urls = cluster.urls
  }

  /// Does something to the servers, after whatever is being done to them.
  func alone(_ trouble: @escaping @Sendable (EtcdCluster) async throws -> Void) async throws {
    let previous = last
    let next = Task { [cluster] in
      _ = await previous?.result
      try await trouble(cluster)
    }
    last = next
    try await next.value
  }
}
