import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Follows what other daemons do: accounts that become ours, and claims that dead ones left.
  func claimLoop() async {
    for await _ in claims.news {
      guard !isStopping else { return }
      await takeOver()
      shareOut()
      fetchSignal.raise()  // what a dead one has recorded is read before its claims are taken over
    }
  }

  /// Brings to its end what dead daemons have left: what may have been sent is settled, never sent again blindly.
  func takeOver() async {
    // By a wrong clock a living daemon is a dead one.
    guard claims.terms.areShared, !isStopping, observed.hasLearned, desired.catalog != nil, case .instant = observeClock() else { return }
    let waiting = untaken
    untaken = []
    for abandoned in waiting { adopt(abandoned) }
    do {
      let busy = inFlight.ids
      for abandoned in try await claims.takeOver(except: { busy.contains($0) }, judging: { try await self.judge($0) }) { adopt(abandoned) }
    } catch {
      noteClaims(failing: error)
    }
  }

  /// Sets a reminder for everything: what another daemon was to do may be ours now.
  func shareOut() {
    lookAhead(all: true)
    pump()
  }

  private func adopt(_ abandoned: AbandonedClaim) {
    let id = abandoned.id
    // What is on its way, or is asked about, here goes on: the claim that was left on it is ours now.
    guard inFlight[id] == nil, isFree(id) else {
      // Nobody else takes it over from us: without another look it would stay as it is.
      if claims.terms.areInRepository { untaken.append(abandoned) }
      return
    }
    if let known = observed[id], known.attempts >= abandoned.intent.attempt {
      // Its end is known here. The claim goes with its record, which may be upstream already.
      let attempt = AttemptID(delivery: id, number: abandoned.intent.attempt)
      if observed.unrecorded[attempt] == nil { Task { await claims.release([id], .recorded) } }
      return
    }
    logger.notice(
      "took over what a dead daemon left",
      metadata: ["post": "\(id.post)", "account": "\(id.account)", "attempt": "\(abandoned.intent.attempt)", "from": "\(abandoned.holder)"])
    launch(id) { engine in
      try await engine.note(abandoned)
      if let outcome = abandoned.outcome { return try await engine.end(id, outcome) }
      guard abandoned.committedAt != nil else { return try await engine.giveUp(id) }
      if let why = abandoned.doubt ?? engine.newObjection(to: abandoned) { return try await engine.doubt(id, why, from: abandoned.holder) }
      try await engine.settleOrDoubt(id, abandoned.intent, remote: abandoned.remote)
    }
  }

  /// Writes down what the holder may have done, as if it had been this daemon.
  private func note(_ abandoned: AbandonedClaim) async throws {
    let id = abandoned.id
    let steps = abandoned.remembered.map { Event.delivery(id, .remembered(name: $0.name, value: $0.value)) }
    let committed = abandoned.committedAt.map { DeliveryEvent.committed(at: $0) }
    guard claims.terms.areInRepository, let committed else {
      try await append(.intended(abandoned.intent), for: id)
      if !steps.isEmpty { try await append(steps) }
      if let committed { try await append(committed, for: id) }
      return
    }
    // At once: an intent alone would say after a crash that nothing was sent under the claim.
    try await append([.delivery(id, .intended(abandoned.intent))] + steps + [.delivery(id, committed)], as: .claim)
  }

  /// What has changed, while the claim was taken over, so that nobody may be asked in a way that could send something (N4).
  private func newObjection(to abandoned: AbandonedClaim) -> String? {
    guard claims.terms.areInRepository, abandoned.remote == nil else { return nil }
    guard case .instant(let now) = observeClock() else { return HoldReason.clockInDoubt.text }
    return objection(to: abandoned.intent, of: abandoned.id, now: now)
  }

  /// Ends what somebody claimed, who may have sent it and never said so.
  func doubt(_ id: DeliveryID, _ why: String, from holder: String) async throws {
    let error = DeliveryError(
      .unknown, code: "claim.doubtful",
      message: "\(holder) claimed it and did not say how it ended, so it may have been sent; nobody is asked, because \(why); look at the "
        + "account, then run: posthorn resolve \(id.post) \(id.account) --published|--not-published")
    try await end(id, .inDoubt, error: error)
  }
}
