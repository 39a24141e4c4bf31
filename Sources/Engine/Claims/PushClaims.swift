import Git
import Schedule
import StateDirectory

/// Claims that are pushed to the repository before anything goes out: the remote's compare-and-swap of the branch decides. For runners without a
/// host or a disk of their own, and for a standby without other services.
///
/// Each is under its holder's seal: anybody who can push writes files, and one without a good seal forbids as long as an honest one does, and
/// says nothing else (N1).
///
/// A claim lasts ``validity``. Its holder begins no call that might not end by then; everybody else waits ``patience`` longer before taking it
/// over, so two clocks may differ by ``clockDifference``.
actor PushClaims: Claims {
  let terms = ClaimTerms(lead: .seconds(15), horizon: .seconds(60), areShared: true, areInRepository: true)
  /// What others do is seen in what they push.
  let news = AsyncStream<Void> { $0.finish() }

  static let validity = Duration.seconds(300)
  /// The most that the clocks of two runners may differ by.
  static let clockDifference = Duration.seconds(120)

  private let repository: SourceRepository
  private let holder: ClaimHolder
  private let lock: HeldLock
  private let now: @Sendable () -> Instant
  private var held: [DeliveryID: Held] = [:]
  /// What is to be removed upstream.
  private var givenUp: Set<DeliveryID> = []

  private var last: Task<Void, Never>?

  private struct Held {
    var claim: Claim
    /// On the clock that counts from boot.
    var until: Duration
    var mayBeUsed = false
  }

  /// - Parameter predecessor: the process that had the state directory before, where it is certain that it has ended and that the directory is
  ///   what it left, and no copy of that (N5).
  init(
    _ repository: SourceRepository, host: String, version: String, incarnation: String, life: Life, predecessor: String? = nil,
    lock: HeldLock,
    now: @escaping @Sendable () -> Instant
  ) {
    (self.repository, self.lock, self.now) = (repository, lock, now)
    holder = ClaimHolder(
      host: host, incarnation: incarnation, life: life, predecessor: predecessor, version: version, validity: Self.validity,
      patience: ClaimTerms().longestCall + Self.clockDifference)
  }

  func join() async throws { try lock.check() }

  func leave() async {
    givenUp.formUnion(held.filter { !$0.value.mayBeUsed }.keys)
    await giveBack()
  }

  nonisolated func isOurs(_ account: AccountName) -> Bool { true }

  func claim(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer] {
    try lock.check()
    return try await inTurn { claims in try await claims.claimNow(wanted) }
  }

  private func claimNow(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer] {
    givenUp.subtract(wanted.map(\.id))
    let until = BootClock.now + Self.validity
    // An attempt that ended here is known, recorded or not; one that may be under way is not claimed again.
    let used = wanted.filter { claim in held[claim.id].map { $0.mayBeUsed && claim.intent.attempt <= $0.claim.intent.attempt } ?? false }
    let own = Set(held.keys)
    // From now on a claim that nothing was sent under may be upstream, whatever the answer is.
    for claim in wanted where held[claim.id] == nil { held[claim.id] = Held(claim: claim, until: .zero) }
    let answers = try await repository.claim(wanted, as: holder, now: now(), own: own, unless: Set(used.map(\.id)))
    for claim in wanted where !used.contains(claim) {
      held[claim.id] = answers[claim.id]?.isHeld ?? false ? Held(claim: claim, until: until) : nil
    }
    return answers
  }

  func permit(_ id: DeliveryID) async throws -> CommitPermit? {
    try lock.check()
    if let claim = held[id], !CommitPermit(until: claim.until).allows(terms.longestCall) {
      // The preparation took long: the time starts over, unless somebody else has it by now.
      _ = try await self.claim([claim.claim])
    }
    guard let until = held[id]?.until else { return nil }
    held[id]?.mayBeUsed = true
    return CommitPermit(until: until)
  }

  func release(_ ids: [DeliveryID], _ end: ClaimEnd) async {
    switch end {
    case .recorded: for id in ids { held[id] = nil }
    case .givenUp:
      for id in ids { held[id]?.mayBeUsed = false }
      givenUp.formUnion(ids)
      await giveBack()
    }
  }

  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool, judging judge: @escaping JudgeClaims) async throws -> [AbandonedClaim] {
    try lock.check()
    await giveBack()
    let (mine, now) = (Set(held.keys), now())
    let found = try await repository.leftBehind(for: holder, now: now) { mine.contains($0) || isBusy($0) }
    guard !found.isEmpty else { return [] }
    return try await inTurn { claims in try await claims.takeOverNow(found, now: now, judging: judge) }
  }

  /// Since the first claim: what is due later and has neither claim nor record was begun by nobody.
  func inForceSince() async -> Instant? {
    // A repository that cannot be read proves nothing.
    try? await repository.claimedSince()
  }

  /// Nobody knows how far the holder got, so it may have sent it. The call did not begin before it was claimed and due; from then on an
  /// idempotency key is taken to be used up. It has ended: the validity of the claim and everybody's patience have passed.
  private func takeOverNow(_ found: [LeftClaim], now: Instant, judging judge: JudgeClaims) async throws -> [AbandonedClaim] {
    let judgements = try await judge(found)
    let until = BootClock.now + Self.validity
    let ours = try await repository.settle(found.map { ($0, judgements[$0.id] ?? .leave) }, as: holder, now: now)
    return found.compactMap { left in
      guard ours.contains(left.id), let judgement = judgements[left.id], let claim = judgement.claim else { return nil }
      held[left.id] = Held(claim: claim, until: until, mayBeUsed: true)
      var doubt: String?
      if case .doubt(_, let why) = judgement { doubt = why }
      return AbandonedClaim(
        id: left.id, intent: claim.intent, remembered: claim.steps,
        committedAt: min(max(claim.intent.startedAt, claim.intent.scheduledAt), now), remote: left.remote, doubt: doubt,
        holder: left.holder)
    }
  }

  /// Removes what was given up from upstream. What fails is tried with the next claim; what never succeeds runs out.
  private func giveBack() async {
    guard !givenUp.isEmpty else { return }
    // Why it failed is said by the next claim, which fails the same way.
    _ = try? await inTurn { claims in
      let ids = await claims.givenUp
      guard !ids.isEmpty else { return }
      try await claims.repository.giveBack(ids, as: claims.holder, now: claims.now())
      await claims.forget(ids)
    }
  }

  private func forget(_ ids: Set<DeliveryID>) {
    givenUp.subtract(ids)
    for id in ids { held[id] = nil }
  }

  /// One change of what is upstream after another: a claim must not be made and given back at the same time.
  private func inTurn<Value: Sendable>(_ body: @escaping @Sendable (PushClaims) async throws -> Value) async throws -> Value {
    let previous = last
    let turn = Task {
      await previous?.value
      return try await body(self)
    }
    last = Task { _ = await turn.result }
    return try await turn.value
  }
}
