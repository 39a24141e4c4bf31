import Failpoints
import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Takes in the content at `tip`, one adoption after another.
  ///
  /// - Parameters:
  ///   - anew: reads all of it, as what it is read with has changed.
  ///   - base: for a record of our own, the commit that it was made onto: it asks for nothing new.
  func adopt(_ tip: ObjectID, anew: Bool = false, recordedOnto base: ObjectID? = nil) async throws {
    if adoption == nil, isAdopted(tip), !anew { return becomeCurrent() }
    let previous = adoption
    let next = Task {
      _ = await previous?.result
      if let base, base == desired.commit, observed.hasLearned, !claims.terms.areShared { return try await follow(tip) }
      if try await takeIn(tip, anew: anew) > Desired.mostChanges { await letGo() }
    }
    adoption = next
    defer { if adoption == next { adoption = nil } }
    try await next.value
  }

  private func isAdopted(_ tip: ObjectID) -> Bool { tip == desired.commit && observed.hasLearned }

  /// Takes in a commit that changes history and status alone, without looking for more.
  private func follow(_ tip: ObjectID) async throws {
    defer { becomeCurrent() }
    guard tip != desired.commit else { return }
    desired.commit = tip
    try await save()
  }

  /// What a crash in the middle forgets is found again: the schedule on disk moves on only after everything that follows from it is in the
  /// journal.
  ///
  /// - Returns: how many posts that changed.
  /// - Throws: ``GitError/Reason/notFastForward`` where history was rewritten: the last good schedule stays, and nothing is armed.
  private func takeIn(_ tip: ObjectID, anew: Bool) async throws -> Int {
    guard !isAdopted(tip) || anew else {
      becomeCurrent()
      return 0
    }
    if try await isBehind(tip) {
      becomeCurrent()
      return 0
    }
    try await refuseRewritten(tip)
    let isRewritten = try await missing(at: tip) != nil
    try await refuseUnpinned(tip)
    var base = desired
    if anew { base.commit = nil }
    var adoption = try await content.adoption(from: base, to: tip)
    try await refuseUnverified(adoption)
    let branch = (adoption.catalog?.settings ?? desired.settings).record.branch
    let others = try await otherRecordBranches(than: branch, upTo: tip, hasNewSettings: adoption.catalog != nil)
    let history = observed.hasLearned ? nil : try await repository.past(branch: branch, others: others, now: now())
    await repository.know(others: others)
    if history != nil { try pass(.rebuildRead) }
    let settings = adoption.catalog?.settings ?? desired.settings
    try refuseUnsealed(settings)
    await trustKeys(as: settings)
    adoption.release = try await release(of: adoption, branch: branch)
    let known = desired.commit
    if adoption.catalog != nil { hearingElsewhereUntil = .distantPast }
    try await note(otherBranches: others, known: branchesKnown(history))
    // A word that was journaled as used up before the schedule is on disk would have to be said again after a crash.
    let anchored = isRewritten ? nil : anchor(adoption, isRewritten: false)
    let effects = try await takeUp(adoption)
    if let history {
      // By a clock in doubt it is not known what was due before; then the next fetch reads it again.
      if case .instant = observeClock() {
        try await learn(history)
        heardTip = history.tip
        if let tip = history.tip { try await append([.historyKnown(commit: tip.hex)]) }
        if claims.terms.areShared { for record in history.past.recent { count(record) } }
      }
    } else if claims.terms.areShared {
      try await hear(since: known, branch: desired.settings.record.branch)
    }
    if history == nil { try await findRenamed(anew ? nil : adoption.posts) }
    recoverFlights()
    for account in paces.keys { paces[account]?.limits = pace(of: account).limits }
    retryObstructed()
    try await noteLeft(effects.left)
    findStrays(of: adoption.posts)
    look(at: effects.touched)
    let cancelled = cancel(effects.removed)
    reconsiderHeld()
    becomeCurrent()
    pump()
    for task in cancelled { await task.value }
    if hasUnrecorded { recordSignal.raise() }
    try await anchored?.value
    await relyOnSettings()
    try await save()
    if isRewritten { try await replace(by: adoption, cancelled: cancelled.count) }
    // Said once a crash does not take it back.
    logAdoption(adoption)
    if hasBurst(adoption) { sayBurst(adoption.commit.hex) }
    return adoption.posts.count
  }

  /// Whether a record was made on top of a tip, and taken in, between its fetch and now: that is no rewriting.
  private func isBehind(_ tip: ObjectID) async throws -> Bool {
    guard let commit = desired.commit, tip != commit, try await content.isAncestor(tip, of: commit) else { return false }
    return try await repository.hasMovedOn(from: tip)
  }

  /// Many are taken in beside the engine, and become its own at once.
  func takeUp(_ adoption: Adoption) async throws -> AdoptionEffects {
    guard adoption.posts.count > Desired.mostChanges else { return desired.adopt(adoption, at: possibleNow) }
    let (next, effects) = await desiredFile.adopting(adoption, in: desired, at: possibleNow)
    desired = next
    return effects
  }

  /// What the time may be. A clock that is behind what was written down says nothing of how far.
  private var possibleNow: ClosedRange<Instant> {
    switch observeClock() {
    case .instant(let now): now...now
    case .inDoubt(.behind, let range): range.lowerBound...Instant.distantFuture
    case .inDoubt(_, let range): range
    }
  }

  func look(at touched: AdoptionEffects.Touched) {
    switch touched {
    case .posts(let ids):
      for id in ids { refreshHold(id) }
      for post in ids.flatMap(desired.posts(of:)) {
        for delivery in post.deliveries { remind(DeliveryID(post: post.id, account: delivery.account), delivery) }
      }
    case .everything:
      for id in observed.recordedHolds.keys { refreshHold(id) }
      desired.forEach(through: .distantPast) { refreshHold($0.id) }
      lookAhead(all: true)
    }
  }

  /// Without space for it, the next start computes again what could not be saved.
  func save() async throws {
    do { try await desiredFile.save(desired) } catch let error as StateError where error.isLackOfSpace {
      logger.error("there is no room to save the schedule", metadata: ["error": "\(error)"])
    }
  }

  /// Has the status file of a post written again where it should say that the post is held, and does not, or the other way round.
  private func refreshHold(_ id: PostID) {
    let now = now()
    let holds = desired.posts(of: id).contains { post in
      post.problem != nil
        || post.deliveries.contains {
          desired.hold(post, $0, acknowledged: observed.acknowledgedBursts, now: now) != nil || renamedHold(post, $0) != nil
        }
    }
    if holds || observed.recordedHolds[id] != nil { markDirty(id) }
  }

  private func hasBurst(_ adoption: Adoption) -> Bool {
    var found = false
    adoption.posts.present.forEach(through: .distantPast) { post in
      if !found { found = desired[post.path]?.deliveries.contains { $0.burst == adoption.commit.hex } ?? false }
    }
    return found
  }

  /// Of one adoption: nobody reads more, and a push must not fill a disk with lines.
  private static let mostErrorsLogged = 100

  private func logAdoption(_ adoption: Adoption) {
    // A commit of our own records changes no content.
    logger.log(
      level: adoption.posts.isEmpty && adoption.catalog == nil ? .debug : .info, "adopted",
      metadata: ["commit": "\(adoption.commit.hex.prefix(12))", "posts": "\(adoption.posts.count)"])
    if let standing = adoption.catalog?.settingsStanding.text {
      logger.error("the settings have an error", metadata: ["error": "\(standing)"])
    }
    let errors = adoption.diagnostics.filter { $0.severity == .error }
    if errors.count > Self.mostErrorsLogged {
      logger.warning("held: more is invalid than is shown here; see: posthorn validate", metadata: ["errors": "\(errors.count)"])
    }
    for diagnostic in errors.prefix(Self.mostErrorsLogged) {
      logger.warning(
        "held: invalid",
        metadata: [
          "path": "\(diagnostic.path):\(diagnostic.line)", "rule": "\(diagnostic.rule.rawValue)", "error": "\(diagnostic.message)",
        ])
    }
  }
}
