import Etcd
import Failpoints
import Git
import Logging
import Schedule

extension EtcdClaims {
  /// Makes us a member: a lease of our own choice of name, and our key on it.
  ///
  /// A key that is there already is what the last process of this state directory left, unless the directory was copied.
  func register() async throws(ClusterError) {
    let value: JSON = ["host": .string(identity.host), "state": .string(identity.state)]
    for _ in 1...3 {
      let lease = LeaseID.random()
      let sent = BootClock.now
      _ = try await settings.cluster.grant(lease, seconds: max(1, settings.timeToLive.components.seconds))
      pass(.leaseGranted)
      let answer = try await settings.cluster.commit(
        Transaction(
          if: [.version(memberKey, is: 0)], then: [.put(memberKey, value.compactBytes(), lease: lease)], otherwise: [.get(memberKey)]))
      pass(.memberPut)
      let found = answer.results.first?.keys.first
      if answer.held || found?.lease == lease {
        membership = Membership(
          lease: lease, created: answer.held ? answer.revision : found?.created ?? 0,
          until: sent + settings.timeToLive - settings.margin)
        return try await settleIn()
      }
      try await settings.cluster.revoke(lease)
      guard let found, found.value == value.compactBytes(), let old = found.lease else { return sayDoubled(found) }
      try await settings.cluster.revoke(old)
    }
  }

  private func sayDoubled(_ found: KeyValue?) {
    let holder = found.flatMap { try? JSON.parse($0.value) }  // only for the message
    logger.error(
      "another daemon is a member under this state directory's name; was the directory copied? It waits until that one is gone",
      metadata: [
        "host": "\(holder?["host"]?.string ?? "unknown")", "state": "\(holder?["state"]?.string ?? "unknown")",
        "incarnation": "\(identity.incarnation)",
      ])
  }

  /// What a new member has to know and say: since when claims are in force, who else lives, and that what it still holds is its own.
  private func settleIn() async throws(ClusterError) {
    let answer = try await settings.cluster.commit(
      Transaction(if: [.version(keys.since, is: 0)], then: [.put(keys.since, Array("\(now())".utf8))], otherwise: [.get(keys.since)]))
    let text = answer.results.first?.keys.first.map { String(decoding: $0.value, as: UTF8.self) }
    since = text.flatMap { Instant($0) } ?? (answer.held ? now() : nil)
    let living = try await settings.cluster.read(.list(prefix: keys.members))
    isScanDue = true
    for (id, claim) in held { _ = try await write(claim.events, of: id) }
    take(members: living.results[0].keys)
    tell()
  }

  /// The disk has no part in it, so there is no error to bring about here.
  func pass(_ point: Failpoint) { try? failpoint(point) }
}
