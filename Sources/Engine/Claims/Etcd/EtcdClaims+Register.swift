import Etcd
import Failpoints
import Git
import Logging
import Schedule

extension EtcdClaims {
  /// Makes us a member: a lease of our own choice of name, and our key on it.
  ///
  /// A key that is there already is that of a process that is no more, where that is certain, and makes room. Otherwise it may be that of a living
  /// daemon whose state directory, or machine, was copied: its lease is left alone, and this one waits until it has run out.
  func register() async throws(ClusterError) {
    let value = EtcdMember(host: identity.host, state: identity.state, life: identity.life, place: identity.place)
    for _ in 1...3 {
      let lease = LeaseID.random()
      let (sent, lineage) = (BootClock.now, lineage)
      _ = try await settings.cluster.grant(lease, seconds: max(1, settings.timeToLive.components.seconds))
      pass(.leaseGranted)
      let answer = try await settings.cluster.commit(
        Transaction(
          if: [.version(memberKey, is: 0)] + lineage.conditions, then: [.put(memberKey, value.bytes, lease: lease), .put(witnessKey, [])],
          otherwise: [.get(memberKey)] + lineage.questions))
      pass(.memberPut)
      guard !hasLeft else { return try await settings.cluster.revoke(lease) }
      try check(lineage, answer)
      if answer.held { note(witness: answer.revision) }
      let found = answer.results.first?.keys.first
      if answer.held || found?.lease == lease {
        let until = sent + settings.timeToLive - settings.margin
        return try await settleIn(Membership(lease: lease, created: answer.held ? answer.revision : found?.created ?? 0, until: until))
      }
      try await settings.cluster.revoke(lease)
      guard let found else { continue }  // it has just run out
      guard let other = EtcdMember(found.value), value.outlives(other), let old = found.lease else { return sayDoubled(found) }
      try await settings.cluster.revoke(old)
    }
  }

  private func sayDoubled(_ found: KeyValue) {
    let holder = EtcdMember(found.value)
    let another = EtcdClaimsError.Another(host: holder?.host ?? "unknown", state: holder?.state ?? "unknown", since: found.created)
    guard doubled != another else { return }
    doubled = another
    logger.error(
      "another daemon is a member under this state directory's name; was the directory copied? This one waits until that one is gone",
      metadata: ["host": "\(another.host)", "state": "\(another.state)", "incarnation": "\(identity.incarnation)"])
  }

  /// What a new member has to know and say: since when claims are in force, who else lives, and that what it still holds is its own. It may claim and
  /// permit only then.
  private func settleIn(_ joined: Membership) async throws(ClusterError) {
    joining = joined
    defer { joining = nil }
    let answer = try await settings.cluster.commit(
      Transaction(if: [.version(keys.since, is: 0)], then: [.put(keys.since, Array("\(now())".utf8))], otherwise: [.get(keys.since)]))
    let text = answer.results.first?.keys.first.map { String(decoding: $0.value, as: UTF8.self) }
    since = text.flatMap { Instant($0) } ?? (answer.held ? now() : nil)
    let living = try await settings.cluster.read(.list(prefix: keys.members))
    // Others believe that what bears an old number was left by a dead member. What comes in meanwhile is looked at before anything is permitted.
    for _ in 1...3 {
      let old = held.filter { $0.value.member != joined.created }.map(\.key)
      guard !old.isEmpty else { break }
      try await writeAgain(old)
    }
    guard !hasLeft else { return try await settings.cluster.revoke(joined.lease) }
    guard held.allSatisfy({ $0.value.member == joined.created }) else { return }
    membership = joined
    if doubled != nil { logger.notice("the other daemon of this state directory's name is gone") }
    doubled = nil
    scansAsked += 1
    take(members: living.results[0].keys, at: living.revision)
    tell()
  }

  /// Has claims bear the number that counts now, with the events that stand in each.
  func writeAgain(_ ids: [DeliveryID]) async throws(ClusterError) {
    let failure = await withTaskGroup(of: ClusterError?.self) { group in
      for id in ids {
        group.addTask {
          do throws(ClusterError) { _ = try await self.write(id) { $0 } } catch { return error }
          return nil
        }
      }
      var first: ClusterError?
      for await failure in group { first = first ?? failure }
      return first
    }
    if let failure { throw failure }
  }

  /// The disk has no part in it, so there is no error to bring about here.
  func pass(_ point: Failpoint) { try? failpoint(point) }
}
