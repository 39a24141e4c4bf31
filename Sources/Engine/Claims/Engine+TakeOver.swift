import Logging
import Schedule

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
    guard claims.terms.areShared, !isStopping, observed.hasLearned, desired.catalog != nil, case .instant = observeClock() else { return }
    do {
      let busy = inFlight.ids
      for abandoned in try await claims.takeOver(except: { busy.contains($0) }) { adopt(abandoned) }
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
    guard inFlight[id] == nil, observed[id]?.flight == nil else { return }
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
      try await engine.append(.intended(abandoned.intent), for: id)
      let steps = abandoned.remembered.map { Event.delivery(id, .remembered(name: $0.name, value: $0.value)) }
      if !steps.isEmpty { try await engine.append(steps) }
      if let committedAt = abandoned.committedAt { try await engine.append(.committed(at: committedAt), for: id) }
      if let outcome = abandoned.outcome { return try await engine.end(id, outcome) }
      guard abandoned.committedAt != nil else { return try await engine.giveUp(id) }
      try await engine.settleOrDoubt(id, abandoned.intent, remote: abandoned.remote)
    }
  }
}
