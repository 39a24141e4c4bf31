import Failpoints
import Logging
import Platforms
import Schedule
import StateDirectory

extension Engine {
  /// Brings the answer to a commit to an end: settles a doubt, waits for a platform that is still working, writes the outcome down.
  func conclude(_ flight: Flight, _ result: CommitResult) async throws {
    switch result {
    case .published(let remote): try await end(flight.id, .published, remote: remote)
    case .delivered(let remote): try await end(flight.id, .delivered, remote: remote)
    case .failed(let error): try await end(flight.id, after: error)
    case .submitted(let remote): try await confirm(flight, remote)
    case .unknown(let error): try await settle(flight, after: error)
    }
  }

  /// Asks whether a commit without an answer happened. Never sends blindly: what the platform cannot settle, a person does.
  ///
  /// - Parameter cause: what made it doubtful. It stands in the record, as the question that follows only says why it has no answer.
  func settle(_ flight: Flight, after cause: DeliveryError) async throws {
    guard let observation = observed[flight.id], let committedAt = observation.committedAt else { return }
    // How long a key protects is told by the clock: by one in doubt nothing is repeated.
    guard case .instant = observeClock() else {
      hasFlightsToRecover = true
      heldWhenDue.insert(flight.id)
      return
    }
    inFlight.ask(flight.id)
    pump()
    let result = await flight.platform.settle(
      flight.publication, steps: steps(of: observation), committedAt: committedAt, within: repeats(of: flight))
    try pass(.confirmAsked)
    guard let result else { return try await withdraw(flight.id) }
    guard case .unknown(let unanswered) = result else { return try await conclude(flight, result) }
    // A stop may have cut the asking short; the commit point stays, and the next start asks again.
    guard !isStopping else { return }
    try requireState()
    try await end(flight.id, .inDoubt, error: cause.followed(by: unanswered))
  }

  /// What is settled by a repeat is repeated only as long as it may go out: after a crash the repeat may be the first call.
  private func repeats(of flight: Flight) -> CallWindow {
    guard case .instant(let now) = gate.now, let (post, delivery) = desired.delivery(flight.id), ownHold(post, delivery, now: now) == nil
    else { return .never }
    let deadline = Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace).deadline(after: observed[flight.id])
    let end = clock.sinceBoot() + (deadline - now)
    return CallWindow { [clock] in clock.sinceBoot() <= end }
  }

  /// Asks how a submitted delivery is doing, at growing distances, until it is final or its deadline has passed. The deadline counts from the
  /// call, whoever has asked since then.
  func confirm(_ flight: Flight, _ remote: Remote) async throws {
    try await append(.submitted(remote, at: now()), for: flight.id)
    markDirty(flight.id.post)
    arrive(flight.id)
    pump()
    var age = Duration.zero
    if case .instant(let now) = gate.now, let committedAt = observed[flight.id]?.committedAt { age = max(.zero, now - committedAt) }
    let deadline = clock.sinceBoot() + max(.zero, Self.submittedDeadline - age)
    let limit = confirmLimit.map { min(clock.sinceBoot() + $0, deadline) } ?? deadline
    var wait = Duration.seconds(1)
    var lastError: DeliveryError?
    repeat {
      await clock.pause(for: wait)
      guard !isStopping, !isTold(flight), let observation = observed[flight.id] else { return }
      let result = await flight.platform.confirm(flight.publication, steps: steps(of: observation), remote: remote)
      try pass(.confirmAsked)
      switch result {
      case .unknown(let error): (lastError, wait) = (error, min(wait * 2, .seconds(60)))
      case .submitted: wait = min(wait * 2, .seconds(60))
      case .published, .delivered, .failed: return try await conclude(flight, result)
      }
    } while !isStopping && clock.sinceBoot() < limit
    guard !isStopping, clock.sinceBoot() >= deadline else { return }
    let error = DeliveryError(
      .unknown, code: "submitted.deadline", message: "the platform accepted it and has not said for 24 h how it ended; look at the account")
    try await end(flight.id, .inDoubt, error: lastError.map(error.followed) ?? error)
  }

  /// Writes down an end that a failure brings: a retry, a wait, or the last one.
  func end(_ id: DeliveryID, after error: DeliveryError) async throws {
    let now = now()
    let state: DeliveryState
    switch error.class {
    case .transient:
      let failures = (observed[id]?.failures ?? 0) + 1
      state = desired.settings.retry.state(afterFailure: failures, retryAfter: error.retryAfter, now: now)
    case .quota: state = .retrying(at: now + quotaWait(error))
    case .auth:
      try await needLogin(id.account)
      state = .retrying(at: now)
    case .content, .policy: state = .failed
    case .unknown: state = .inDoubt
    }
    // The wait counts from the end that the record names.
    try await end(id, Outcome(state: state, finishedAt: now, error: error))
  }

  /// As long as the platform says; one that says that no time is to pass has said nothing.
  private func quotaWait(_ error: DeliveryError) -> Duration {
    min(error.retryAfter.flatMap { $0 > .zero ? $0 : nil } ?? Self.quotaWait, Self.longestWait)
  }

  /// Writes the outcome down and hands it to the recorder.
  func end(_ id: DeliveryID, _ state: DeliveryState, remote: Remote? = nil, error: DeliveryError? = nil) async throws {
    try await end(id, Outcome(state: state, finishedAt: now(), remote: remote, error: error))
  }

  func end(_ id: DeliveryID, _ outcome: Outcome) async throws {
    let name = outcome.state.name
    let isNewRisk = name == .retrying && outcome.error?.isAtRisk ?? false && !(observed[id]?.flight?.previous?.error?.isAtRisk ?? false)
    let alarm = name.isAlarm ? observed[id]?.flight.map { AttemptID(delivery: id, number: $0.intent.attempt) } : nil
    // Before it can be recorded.
    if let alarm { alarms.open(alarm) }
    try await append(.ended(outcome), for: id)
    gate.note(record: outcome.finishedAt)
    logger.log(level: name.isAlarm || isNewRisk ? .warning : .info, "\(name.rawValue)", metadata: metadata(id, outcome.error))
    report.count(name)
    notify(id, .state(name), because: outcome.error?.message, alarm: alarm)
    if isNewRisk { notify(id, .atRisk, because: outcome.error?.message) }
    if let alarm { await closeAlarm(alarm) }
    markDirty(id.post)
    if unrecordedCount >= RecordPace.full { ripeSignal.raise() }
  }

  private func steps(of observation: Observation) -> [Step] {
    observation.flight?.remembered.map { Step(name: $0.name, value: $0.value) } ?? []
  }

  func needLogin(_ account: AccountName) async throws {
    let stamp = credentialStamp(account)
    if let refused = observed.loginsNeeded[account], refused == stamp { return }
    try await append([.loginNeeded(account, credential: stamp)])
    logger.error(
      "account needs a login", metadata: ["account": "\(account)", "next": "posthorn account login \(account)"])
  }

  private func metadata(_ id: DeliveryID, _ error: DeliveryError?) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["post": "\(id.post)", "account": "\(id.account)", "attempt": "\(observed[id]?.attempts ?? 0)"]
    if let error { metadata["error"] = "\(error.message)" }
    return metadata
  }

  /// How long a platform may work on what it accepted.
  private static let submittedDeadline = Duration.seconds(86_400)
  /// What a quota answer without a time means.
  private static let quotaWait = Duration.seconds(60)
  /// No answer makes us wait longer than this.
  private static let longestWait = Duration.seconds(86_400)
}
