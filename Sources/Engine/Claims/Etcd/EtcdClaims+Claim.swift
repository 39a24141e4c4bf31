import Etcd
import Git
import Schedule
import StateDirectory

extension EtcdClaims {
  func claim(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer] {
    var answers: [DeliveryID: ClaimAnswer] = [:]
    for claim in wanted { answers[claim.id] = try await self.claim(claim) }
    return answers
  }

  private func claim(_ claim: Claim) async throws -> ClaimAnswer {
    let id = claim.id
    returning[id] = nil
    // The second round is for what the first one found out: that what we held is gone, or that what is there is ours.
    for _ in 1...2 {
      let membership = try member()
      guard let seen else { return .outdated }
      let value = EtcdClaimValue(member: membership.created, host: identity.host, events: [.intended(claim.intent)])
      let (key, marker) = (keys.claim(id), keys.marker(id.account))
      let guards: [Condition] =
        if let old = held[id] { [.modified(key, at: old.modified)] } else {
          [.version(key, is: 0), .modified(marker, at: seen[id.account] ?? 0)]
        }
      let answer = try await surely(
        Transaction(
          if: [.created(memberKey, at: membership.created)] + guards, then: [.put(key, value.bytes(of: id))],
          otherwise: [.get(memberKey), .get(key), .get(marker)]))
      if answer.held {
        held[id] = Held(modified: answer.revision, events: value.events)
        return .held
      }
      guard answer.results[0].keys.first?.created == membership.created else { throw forgotten(membership) }
      guard let found = answer.results[1].keys.first else {
        if held.removeValue(forKey: id) == nil { return .outdated }
        continue
      }
      let there = EtcdClaimValue(found.value, of: id)
      guard there?.member == membership.created else { return taken(by: there) }
      held[id] = Held(modified: found.modified, events: there?.events ?? [])
      if there == value { return .held }
    }
    return .outdated
  }

  /// Somebody else's. A dead one's is looked for with all others that it left.
  private func taken(by there: EtcdClaimValue?) -> ClaimAnswer {
    isScanDue = true
    return .taken(by: there?.host ?? "a daemon of another version", until: now() + min(settings.beat * 5, .seconds(10)))
  }

  func permit(_ id: DeliveryID) async throws -> CommitPermit? {
    let membership = try member()
    guard let claim = held[id], !claim.events.isCommitted else { return nil }
    guard try await write(claim.events + [.committed(at: now())], of: id, asMember: membership.created) else { return nil }
    guard self.membership?.created == membership.created else { return nil }
    return CommitPermit(until: self.membership?.until)
  }

  /// Adds to the claim what has happened since. A step has to be there before the next one depends on it; the rest is told as well as it can be:
  /// where it is not known, whoever takes over asks the platform.
  func note(_ event: DeliveryEvent, of id: DeliveryID) async throws {
    guard let claim = held[id] else { return }
    switch event {
    case .remembered:
      let membership = try member()
      guard try await write(claim.events + [event], of: id, asMember: membership.created) else { throw forgotten(membership) }
    case .submitted, .ended:
      let old = claim.events.filter { if case .submitted = $0 { false } else { true } }
      do { _ = try await write(old + [event], of: id) } catch { note(failing: error) }
    case .intended, .committed, .abandoned, .recorded, .armed, .told: break
    }
  }

  /// Writes a claim that is ours. Without `asMember` it may be a dead member's, of ours all the same: nobody has taken it over.
  ///
  /// - Returns: `false` where it is not ours any more.
  func write(_ events: [DeliveryEvent], of id: DeliveryID, asMember created: Int64? = nil) async throws(ClusterError) -> Bool {
    guard let claim = held[id] else { return false }
    let value = EtcdClaimValue(member: membership?.created ?? 0, host: identity.host, events: events).bytes(of: id)
    let key = keys.claim(id)
    let answer = try await surely(
      Transaction(
        if: (created.map { [.created(memberKey, at: $0)] } ?? []) + [.modified(key, at: claim.modified)], then: [.put(key, value)],
        otherwise: [.get(key)]))
    if answer.held {
      held[id] = Held(modified: answer.revision, events: events)
      return true
    }
    let found = answer.results[0].keys.first
    // Exactly this was written before: the answer was lost, or libcurl has sent it twice.
    if let found, found.value == value {
      held[id] = Held(modified: found.modified, events: events)
      return true
    }
    // Untouched, it is still what we left, and a new membership writes it again; otherwise it is somebody else's.
    if found?.modified != claim.modified { held[id] = nil }
    return false
  }

  /// Commits a transaction that is harmless the second time, as often as it takes to know what became of it.
  ///
  /// - Throws: where etcd cannot be reached, or stays silent for too long.
  func surely(_ transaction: Transaction) async throws(ClusterError) -> TransactionAnswer {
    let end = BootClock.now + settings.timeToLive / 4
    while true {
      do throws(ClusterError) {
        return try await settings.cluster.commit(transaction)
      } catch {
        guard error.reason == .unknown, BootClock.now < end else {
          note(failing: error)
          throw error
        }
      }
    }
  }

  func member() throws -> Membership {
    try lock.check()
    if let alarm { throw alarm }
    guard let membership else { throw EtcdClaimsError.notMember(keys.prefix) }
    return membership
  }

  /// Our key is gone although its lease was answered for.
  private func forgotten(_ old: Membership) -> EtcdClaimsError {
    if membership?.created == old.created { membership = nil }
    return .notMember(keys.prefix)
  }
}

extension [DeliveryEvent] {
  var isCommitted: Bool { contains { if case .committed = $0 { true } else { false } } }
}
