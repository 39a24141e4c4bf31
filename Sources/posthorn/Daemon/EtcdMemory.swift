import Engine
import Etcd
import HTTP
import StateDirectory

/// Keeps how far the fleet's etcd has come in the state directory: one that has gone back is not relied on after a restart either (C5).
struct EtcdMemory {
  let folder: Folder
  let prefix: String

  /// The mark of this prefix; `nil` where it is a new one.
  func mark() throws -> ClusterMark? {
    guard let bytes = try folder.read(Self.name, limit: 4096) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2, words[1].last == "\n", let mark = ClusterMark(words[1].dropLast()) else {
      throw StateError("read", folder.path(of: Self.name), .damaged(offset: 0, why: "it is not a prefix, a cluster and a revision"))
    }
    return words[0] == prefix ? mark : nil
  }

  func save(_ mark: ClusterMark) throws { try folder.replace(Self.name, with: Array("\(prefix) \(mark)\n".utf8)) }

  private static let name = "etcd"
}

extension FleetAccess {
  /// The way to the servers, apart from that of the platforms: the operator named them, so they may be private.
  func client(authorities: String?, userAgent: String) -> Client {
    Client(.init(policy: AddressPolicy(origins: Set(endpoints.map(\.origin))), authorities: authorities, userAgent: userAgent))
  }

  func settings(_ client: Client, state: Folder) throws -> EtcdSettings {
    let memory = EtcdMemory(folder: state, prefix: prefix)
    let cluster = Cluster(
      endpoints, login: login, mark: try memory.mark(), deadline: min(.seconds(5), timeToLive / 8),
      send: { request throws(HTTPError) in try await client.send(request) })
    return EtcdSettings(cluster: cluster, prefix: prefix, timeToLive: timeToLive, remember: memory.save)
  }
}
