import Etcd
import Failpoints
import Logging
import Schedule

/// What stood in etcd before upstream was read.
struct UpstreamReading: Sendable {
  var markers: [AccountName: Int64] = [:]
  var orphans: [DeliveryID: EtcdClaims.Orphan]?
}

extension EtcdClaims {
  /// Notes what has been recorded and what dead members have left, before upstream is read: what was recorded by now will be in it.
  ///
  /// - Returns: `nil` where etcd cannot tell; the reading proves nothing then.
  func willRead() async -> UpstreamReading? {
    guard alarm == nil else { return nil }
    do throws(ClusterError) {
      let answer = try await settings.cluster.read(.list(prefix: keys.members), .list(prefix: keys.markers))
      take(members: answer.results[0].keys)
      var reading = UpstreamReading()
      for found in answer.results[1].keys { if let account = keys.account(found.key) { reading.markers[account] = found.modified } }
      guard isScanDue, membership != nil else { return reading }
      isScanDue = false
      reading.orphans = try await findOrphans(living: Set(answer.results[0].keys.map(\.created)), at: answer.revision)
      return reading
    } catch {
      isScanDue = true
      note(failing: error)
      return nil
    }
  }

  /// Upstream was read since, and what it says is in the engine's memory.
  func hasRead(_ reading: UpstreamReading) async {
    seen = (seen ?? [:]).merging(reading.markers) { max($0, $1) }
    if let orphans = reading.orphans { self.orphans = orphans }
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

  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool) async throws -> [AbandonedClaim] {
    let mine = orphans.filter { isOurs($0.key.account) && !isBusy($0.key) }
    guard !mine.isEmpty else { return [] }
    let membership = try member()
    pass(.takeoverRead)
    var taken: [AbandonedClaim] = []
    for (id, orphan) in mine {
      var value = orphan.value
      (value.member, value.host) = (membership.created, identity.host)
      let key = keys.claim(id)
      let bytes = value.bytes(of: id)
      let answer = try await surely(
        Transaction(
          if: [.created(memberKey, at: membership.created), .modified(key, at: orphan.modified)], then: [.put(key, bytes)],
          otherwise: [.get(key)]))
      orphans[id] = nil
      let found = answer.held ? answer.revision : answer.results[0].keys.first.flatMap { $0.value == bytes ? $0.modified : nil }
      guard let modified = found, let claim = orphan.value.abandoned(id) else { continue }
      held[id] = Held(modified: modified, events: value.events)
      taken.append(claim)
    }
    return taken
  }
}
