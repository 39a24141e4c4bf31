import Foundation
import Support

/// A server of etcd is killed or stands still, or two of them; a daemon's lease is revoked, perhaps where everything takes long; or nobody gets through.
struct EtcdTrouble: Disturbance {
  static let kind = DisturbanceKind.etcd

  func happen(to site: Site, in world: World, _ chance: Chance) async throws {
    guard let fleet = world.fleet else { return }
    let members = world.members
    try await fleet.alone { cluster in
      let victims = chance.shuffled(cluster.servers, "whom")
      switch chance.unit("how") {
      case ..<0.2:
        victims[0].kill()
        try await Task.sleep(for: chance.seconds(0...4, "down"))
        try cluster.start(victims[0])
        try await cluster.untilHealthy(victims[0])
      case ..<0.4: try await Self.pause(Array(victims.prefix(1)), chance.seconds(0.5...6, "long"))
      case ..<0.5: try await Self.pause(Array(victims.prefix(2)), chance.seconds(0.5...9, "long"))
      case ..<0.7: try await Self.revoke(members, in: cluster, chance)
      case ..<0.85:
        for server in cluster.servers { server.clients.set(.slow(.milliseconds(200))) }
        defer { for server in cluster.servers { server.clients.set(.open) } }
        try await Task.sleep(for: chance.seconds(0.5...3, "slow"))
        try await Self.revoke(members, in: cluster, chance)
        try await Task.sleep(for: chance.seconds(2...6, "slower"))
      default:
        for server in victims.prefix(2) { server.clients.set(chance.pick([.closed, .silent, .losingAnswers, .losingRequests], "cut")) }
        try await Task.sleep(for: chance.seconds(1...8, "long"))
        for server in cluster.servers {
          server.clients.set(.open)
          server.clients.cut()
        }
      }
    }
  }

  private static func pause(_ servers: [EtcdServer], _ time: Duration) async throws {
    for server in servers { server.pause() }
    try await Task.sleep(for: time)
    for server in servers { server.resume() }
  }

  /// As an operator does, or an etcd that believes the daemon to be dead.
  private static func revoke(_ members: String, in cluster: EtcdCluster, _ chance: Chance) async throws {
    try await onThread {
      // Without a quorum nobody can be asked.
      guard let answer = try? cluster.ctl("get", "--prefix", members, "-w", "json") else { return }
      let found = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
      let leases = (found?["kvs"] as? [[String: Any]] ?? []).compactMap { ($0["lease"] as? NSNumber)?.int64Value }
      guard !leases.isEmpty else { return }
      _ = try? cluster.ctl("lease", "revoke", String(chance.pick(leases, "lease"), radix: 16))  // It may have ended meanwhile.
    }
  }
}
