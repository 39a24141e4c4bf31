import Git
import Schedule

extension Engine {
  /// A pass for somebody who waits for it while the engine runs: upstream is read from now on, and what is due by then has ended and is
  /// recorded and pushed when it returns, as far as that is to be had; what the platforms still work on is waited for a minute.
  ///
  /// - Returns: what a pass alone would say.
  public func passBeside() async -> PassReport {
    var before = report.outcomes
    // What ended a moment ago and is upstream with this pass is part of it.
    for attempt in observed.unrecorded.values where !isRetryWord(attempt) { before[attempt.outcome.state.name, default: 0] -= 1 }
    let reading = readings.begun + 1
    fetchSignal.raise()
    await until { $0.readings.ended >= reading }
    let (due, limit) = (now(), clock.sinceBoot() + Self.confirming)
    let timer = Task {
      await clock.pause(for: Self.confirming)
      resumeIdle()
    }
    await until { !$0.isBusy(withDueAt: due, confirmingUntil: limit) }
    timer.cancel()
    await untilRecorded()
    countHeld()
    var report = report
    report.settingsProblem = desired.catalog?.settingsStanding.text
    report.waiting = paced.count
    report.outcomes = report.outcomes.reduce(into: [:]) { counts, outcome in
      let count = outcome.value - before[outcome.key, default: 0]
      if count > 0 { counts[outcome.key] = count }
    }
    return report
  }

  private func isRetryWord(_ attempt: Attempt) -> Bool {
    attempt.outcome.state.name == .retrying && observed.words[attempt.attemptID] != nil
  }

  /// Whether something is under way that was due at an instant.
  private func isBusy(withDueAt instant: Instant, confirmingUntil limit: Duration) -> Bool {
    inFlight.ids.union(paced).contains { id in
      guard let delivery = desired.delivery(id)?.1, delivery.scheduledAt <= instant else { return false }
      return observed[id]?.state.name != .submitted || clock.sinceBoot() < limit
    }
  }

  /// Returns when what has happened is upstream, or does not get there by waiting a little.
  private func untilRecorded() async {
    let posts = dirtyPosts.union(observed.unrecorded.keys.map(\.delivery.post))
    let tries = recordings.ended
    recordSignal.raise()
    await until { engine in
      if !engine.isRecording, !engine.hasUnrecorded { return true }
      if let failure = engine.report.recordFailure { return engine.recordings.ended - tries >= (failure.mayPass ? 5 : 1) }
      let isClean = posts.isDisjoint(with: engine.dirtyPosts.union(engine.observed.unrecorded.keys.map(\.delivery.post)))
      return !engine.isRecording && isClean
    }
  }

  /// Returns when a condition holds, or the engine stops.
  private func until(_ condition: (isolated Engine) -> Bool) async {
    while failure == nil, !isStopping, !condition(self) { await withCheckedContinuation { idleWaiters.append($0) } }
  }

  /// How often something was begun that others may wait for, and how often it has ended.
  struct Rounds {
    var begun = 0
    var ended = 0
  }

  var isRecording: Bool { recordings.begun > recordings.ended }

  /// What the platforms still work on is waited for so long by whoever waits for a pass.
  static let confirming = Duration.seconds(60)
}
