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
    await turns.take(.claim(claim.id))
    defer { turns.end(.claim(claim.id)) }
    let end = returning.removeValue(forKey: claim.id)
    let wasHeld = held[claim.id] != nil
    do {
      let answer = try await claimNow(claim, isGivenUp: end == .givenUp)
      if answer == .held { inherited[claim.id] = nil } else { returning[claim.id] = end }
      return answer
    } catch {
      // It may be ours all the same, and then nobody else's: it is looked for, and given back.
      returning[claim.id] = end ?? (wasHeld ? nil : .givenUp)
      throw error
    }
  }

  private func claimNow(_ claim: Claim, isGivenUp: Bool) async throws -> ClaimAnswer {
    let id = claim.id
    // The second round is for what the first one found out: that what we held is gone, or that what is there is ours.
    for _ in 1...2 {
      let (membership, lineage) = (try member(), lineage)
      guard let seen else { return .outdated }
      if let old = held[id], !isGivenUp, claim.committedAt == nil, old.mayHaveGoneOut(before: claim.intent) {
        return .taken(by: identity.host, until: now() + settings.beat)
      }
      let value = EtcdClaimValue(member: membership.created, life: identity.life, host: identity.host, events: claim.events)
      let (key, marker) = (keys.claim(id), keys.marker(id.account))
      let guards: [Condition] =
        if let old = held[id] { [.modified(key, at: old.modified)] } else {
          [.version(key, is: 0), .modified(marker, at: seen[id.account] ?? 0)]
        }
      let answer = try await surely(
        Transaction(
          if: [.created(memberKey, at: membership.created)] + guards + lineage.conditions, then: [.put(key, value.bytes(of: id))],
          otherwise: [.get(memberKey), .get(key)] + lineage.questions))
      if answer.held {
        held[id] = Held(modified: answer.revision, value)
        return try stillHeld(as: membership)
      }
      try check(lineage, answer)
      guard answer.results[0].keys.first?.created == membership.created else { throw forgotten(membership) }
      guard let found = answer.results[1].keys.first else {
        if held.removeValue(forKey: id) == nil { return .outdated }
        continue
      }
      guard let there = EtcdClaimValue(found.value, of: id), isOurs(there) else {
        held[id] = nil
        return taken(by: EtcdClaimValue(found.value, of: id))
      }
      held[id] = Held(modified: found.modified, there)
      if there == value { return try stillHeld(as: membership) }
    }
    return .outdated
  }

  /// Asked once more, after the transaction: what was claimed under a membership that has ended since is taken for a dead one's by others.
  private func stillHeld(as membership: Membership) throws -> ClaimAnswer {
    guard self.membership?.created == membership.created else { throw EtcdClaimsError.notMember(keys.prefix) }
    return .held
  }

  /// Whether this process wrote it, under whichever membership.
  func isOurs(_ value: EtcdClaimValue) -> Bool { value.life == identity.life }

  /// Somebody else's. A dead one's is looked for with all others that it left.
  private func taken(by there: EtcdClaimValue?) -> ClaimAnswer {
    scansAsked += 1
    return .taken(by: there?.host ?? "a daemon of another version", until: now() + min(settings.beat * 5, .seconds(10)))
  }

  func permit(_ id: DeliveryID) async throws -> CommitPermit? {
    let membership = try member()
    let instant = now()
    let isWritten = try await write(id, asMember: membership.created) { events in
      events.isCommitted ? nil : events + [.committed(at: instant)]
    }
    guard isWritten, returning[id] == nil, let current = self.membership, current.created == membership.created else { return nil }
    return CommitPermit(until: current.until) { [self] in !isUsable(membership.created) }
  }

  /// Adds to the claim what has happened since. A step has to be there before the next one depends on it; the rest is told as well as it can be:
  /// where it is not known, whoever takes over asks the platform.
  func note(_ event: DeliveryEvent, of id: DeliveryID) async throws {
    if case .intended(let intent) = event, inherited[id]?.intent == intent { inherited[id] = nil }
    guard held[id] != nil else { return }
    switch event {
    case .remembered:
      let membership = try member()
      let isWritten = try await write(id, asMember: membership.created) { $0 + [event] }
      guard isWritten else { throw EtcdClaimsError.notMember(keys.prefix) }
    case .submitted, .ended:
      do {
        _ = try await write(id) { events in events.filter { if case .submitted = $0 { false } else { true } } + [event] }
      } catch { note(failing: error) }
    case .intended, .committed, .abandoned, .recorded, .armed, .told: break
    }
  }

  /// Writes what follows from what stands in a claim of ours: never anything that was read earlier than that.
  ///
  /// - Parameters:
  ///   - created: only as this member. Without it the claim may be a dead member's, of ours all the same: nobody has taken it over.
  ///   - next: what is to stand there; `nil` leaves it as it is.
  /// - Returns: `false` where it is not ours any more, or was left as it is.
  func write(
    _ id: DeliveryID, asMember created: Int64? = nil, _ next: @Sendable ([DeliveryEvent]) -> [DeliveryEvent]?
  ) async throws(ClusterError) -> Bool {
    await turns.take(.claim(id))
    defer { turns.end(.claim(id)) }
    let key = keys.claim(id)
    // The second round is for a write of ours whose answer never came.
    for _ in 1...2 {
      guard let claim = held[id], let events = next(claim.events) else { return false }
      let value = EtcdClaimValue(member: created ?? number, life: identity.life, host: identity.host, events: events)
      let lineage = lineage
      let conditions = created.map { [.created(memberKey, at: $0)] + lineage.conditions } ?? []
      let answer = try await surely(
        Transaction(
          if: conditions + [.modified(key, at: claim.modified)], then: [.put(key, value.bytes(of: id))],
          otherwise: [.get(key)] + lineage.questions))
      if answer.held {
        held[id] = Held(modified: answer.revision, value)
        return true
      }
      if created != nil { try check(lineage, answer) }
      let found = answer.results[0].keys.first
      // Untouched: we are not that member any more, and the next one writes it again.
      if let found, found.modified == claim.modified { return false }
      guard let found, let there = EtcdClaimValue(found.value, of: id), isOurs(there) else {
        held[id] = nil
        return false
      }
      held[id] = Held(modified: found.modified, there)
      if there == value { return true }
    }
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
    if let membership { return membership }
    throw doubled.map(EtcdClaimsError.doubled(by:)) ?? EtcdClaimsError.notMember(keys.prefix)
  }

  /// Our key is gone although its lease was answered for.
  private func forgotten(_ old: Membership) -> EtcdClaimsError {
    if membership?.created == old.created { membership = nil }
    return .notMember(keys.prefix)
  }
}

extension EtcdClaims.Held {
  init(modified: Int64, _ value: EtcdClaimValue) { self.init(modified: modified, member: value.member, events: value.events) }

  /// Whether what it says may be out already, so that a claim to begin another attempt must not take its place: it is past its commit point, and
  /// not of an earlier attempt, whose end is known.
  func mayHaveGoneOut(before intent: Intent) -> Bool {
    events.isCommitted && intent.attempt <= events.intent?.attempt ?? 0
  }
}
