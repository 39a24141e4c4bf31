import Etcd
import Failpoints
import Logging
import Schedule

/// What stood in etcd before upstream was read.
struct UpstreamReading: Sendable {
  /// The membership that counted then.
  var member: Int64?
  var markers: [AccountName: Int64] = [:]
  var scan: Scan?

  /// A look at all claims for dead holders.
  struct Scan: Sendable {
    var orphans: [DeliveryID: EtcdClaims.Orphan]
    /// How many reasons for it there had been.
    var asked: Int
  }
}

extension EtcdClaims {
  /// Notes what has been recorded and what dead members have left, before upstream is read: what was recorded by now will be in it.
  ///
  /// - Returns: `nil` where etcd cannot tell; the reading proves nothing then.
  func willRead() async -> UpstreamReading? {
    guard alarm == nil else { return nil }
    let member = membership?.created
    do throws(ClusterError) {
      let answer = try await settings.cluster.read(.list(prefix: keys.members), .list(prefix: keys.markers))
      take(members: answer.results[0].keys, at: answer.revision)
      var reading = UpstreamReading(member: member)
      for found in answer.results[1].keys { if let account = keys.account(found.key) { reading.markers[account] = found.modified } }
      guard scansAsked > scansMade, membership != nil else { return reading }
      let asked = scansAsked
      let orphans = try await findOrphans(living: Set(answer.results[0].keys.map(\.created)), at: answer.revision)
      reading.scan = UpstreamReading.Scan(orphans: orphans, asked: asked)
      return reading
    } catch {
      note(failing: error)
      return nil
    }
  }

  /// Upstream was read since, and what it says is in the engine's memory.
  func hasRead(_ reading: UpstreamReading) async {
    noteReading(as: reading.member)
    seen = (seen ?? [:]).merging(reading.markers) { max($0, $1) }
    guard let scan = reading.scan, scan.asked > scansMade else { return }
    // Only now: where upstream could not be read, what was found has to be found again.
    (orphans, scansMade) = (scan.orphans, scan.asked)
  }

  /// Claims whose holder was no member at the revision at which the members were read; one that has come since is not dead.
  private func findOrphans(living: Set<Int64>, at revision: Int64) async throws(ClusterError) -> [DeliveryID: Orphan] {
    var orphans: [DeliveryID: Orphan] = [:]
    for found in try await settings.cluster.all(prefix: keys.claims) {
      guard let id = keys.delivery(found.key), let value = EtcdClaimValue(found.value, of: id) else {
        logger.error("a claim cannot be read and is left alone; was it written by another version?", metadata: ["key": "\(found.key)"])
        continue
      }
      guard !living.contains(value.member), value.member <= revision, held[id] == nil else { continue }
      orphans[id] = Orphan(modified: found.modified, value: value)
    }
    return orphans
  }

  /// What was taken over is handed out until the engine has taken it up: it may be busy with something else when it hears of it.
  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool, judging _: @escaping JudgeClaims) async throws -> [AbandonedClaim] {
    let mine = orphans.filter { isOurs($0.key.account) && !isBusy($0.key) }
    if !mine.isEmpty {
      let membership = try member()
      pass(.takeoverRead)
      do throws(ClusterError) {
        for (id, orphan) in mine { try await take(id, orphan, as: membership) }
      } catch {
        guard !inherited.isEmpty else { throw error }
        note(failing: error)
      }
    }
    return inherited.filter { !isBusy($0.key) }.map(\.value)
  }

  private func take(_ id: DeliveryID, _ orphan: Orphan, as membership: Membership) async throws(ClusterError) {
    try await replace(id, orphan, as: membership)
    // Taken as a member that we are no more, it is a dead one's again.
    if let claim = held[id], self.membership != nil, claim.member != number { _ = try await write(id) { $0 } }
  }

  private func replace(_ id: DeliveryID, _ orphan: Orphan, as membership: Membership) async throws(ClusterError) {
    await turns.take(.claim(id))
    defer { turns.end(.claim(id)) }
    guard orphans[id] == orphan else { return }
    guard held[id] == nil else { return drop(orphan, id) }
    var value = orphan.value
    (value.member, value.life, value.host) = (membership.created, identity.life, identity.host)
    let (bytes, lineage) = (value.bytes(of: id), lineage)
    let answer = try await surely(
      Transaction(
        if: [.created(memberKey, at: membership.created), .modified(keys.claim(id), at: orphan.modified)] + lineage.conditions,
        then: [.put(keys.claim(id), bytes)], otherwise: [.get(keys.claim(id))] + lineage.questions))
    try check(lineage, answer)
    drop(orphan, id)
    let found = answer.held ? answer.revision : answer.results[0].keys.first.flatMap { $0.value == bytes ? $0.modified : nil }
    guard let modified = found, let claim = orphan.value.abandoned(id) else { return }
    held[id] = Held(modified: modified, value)
    inherited[id] = claim
  }

  private func drop(_ orphan: Orphan, _ id: DeliveryID) { if orphans[id] == orphan { orphans[id] = nil } }
}
