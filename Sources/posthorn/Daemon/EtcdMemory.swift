import Engine
import Etcd
import HTTP
import StateDirectory

/// Keeps how far the fleet's etcd has come in the state directory: one that has gone back is not relied on after a restart either (C5).
struct EtcdMemory {
  let folder: Folder
  let prefix: String

  /// What is kept: `PREFIX CLUSTER@REVISION`, and since there is a witness, ` REVISION INCARNATION`. Older versions kept no incarnation.
  struct Memory: Equatable {
    var mark: ClusterMark
    var witness: EtcdWitness?
  }

  /// What is known of this prefix; `nil` where it is a new one.
  func memory() throws -> Memory? {
    guard let bytes = try folder.read(Self.name, limit: 4096) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.dropLast().split(separator: " ", omittingEmptySubsequences: false)
    guard text.last == "\n", (2...4).contains(words.count), let mark = ClusterMark(words[1]) else { throw damaged() }
    var memory = Memory(mark: mark)
    if words.count > 2 {
      guard let revision = Int64(words[2]) else { throw damaged() }
      memory.witness = EtcdWitness(incarnation: words.count > 3 ? String(words[3]) : nil, revision: revision)
    }
    return words[0] == prefix ? memory : nil
  }

  func save(_ memory: Memory) throws {
    let witness = memory.witness.map { witness in " \(witness.revision)" + (witness.incarnation.map { " \($0)" } ?? "") } ?? ""
    try folder.replace(Self.name, with: Array("\(prefix) \(memory.mark)\(witness)\n".utf8))
  }

  private func damaged() -> StateError {
    StateError("read", folder.path(of: Self.name), .damaged(offset: 0, why: "it is not a prefix, a cluster, revisions and an incarnation"))
  }

  private static let name = "etcd"
}

extension FleetAccess {
  /// The way to the servers, apart from that of the platforms: the operator named them, so they may be private.
  func client(authorities: String?, userAgent: String) -> Client {
    Client(.init(policy: AddressPolicy(origins: Set(endpoints.map(\.origin))), authorities: authorities, userAgent: userAgent))
  }

  func settings(_ client: Client, state: Folder) throws -> EtcdSettings {
    let memory = EtcdMemory(folder: state, prefix: prefix)
    let known = try memory.memory()
    let cluster = Cluster(
      endpoints, login: login, mark: known?.mark, deadline: min(.seconds(5), timeToLive / 8),
      send: { request throws(HTTPError) in try await client.send(request) })
    return EtcdSettings(cluster: cluster, prefix: prefix, timeToLive: timeToLive, witness: known?.witness) { mark, witness in
      try memory.save(EtcdMemory.Memory(mark: mark, witness: witness))
    }
  }
}
