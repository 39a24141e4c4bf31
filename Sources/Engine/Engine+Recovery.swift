import Git
import Logging
import Platforms
import Schedule
import StateDirectory

extension Engine {
  /// Takes up what was saved, for a question or a word, without beginning anything.
  public func open() async throws {
    isStopping = true
    try await restoreDesired()
  }

  /// Saves what was said and ends; nothing was begun.
  public func close() async throws {
    if isWorthCheckpoint { try await checkpoint() }
    try saveClock()
  }

  /// Picks up what a crash or a stop left: intents run again, commit points without an outcome are settled, and nothing is sent blindly.
  func start() async throws {
    try await claims.join()
    try await restoreDesired()
    try await recallOrigin()
    await recallAnother()
    markSettledSeals()
    observed.forEach(committedSince: now() - .seconds(86_400)) { id, observation in
      // One that a wrong clock wrote would hold its account until then.
      guard let committedAt = observation.committedAt, committedAt <= now() + .mostAhead else { return }
      paces[id.account, default: pace(of: id.account)].remember(departure: committedAt, due: observation.scheduledAt)
    }
    for (id, observation) in observed.live {
      if case .intended(let flight) = observation.phase {
        resumed[id] = flight.intent
        try await append(.abandoned, for: id)
      }
    }
    for attempt in observed.unrecorded.values where attempt.outcome.state.name.isAlarm { alarms.open(attempt.attemptID) }
    try await cleanMedia()
    for id in observed.statusesLeft.keys { findStrays(of: id) }
    if hasUnrecorded { recordSignal.raise() }
  }

  /// From here on deliveries are looked at. Upstream has been asked before, or could not be and need not (N5): what a new push calls off does
  /// not go out, and neither does what another life of this state directory has sent.
  func begin() {
    guard !hasBegun, !isStopping, !isDisplaced, !mayBeCopy else { return }
    recoverFlights()
    hasBegun = true
    lookAhead(all: true)
    pump()
    do { try saveClock() } catch { fail(error) }
  }

  /// Brings what was in flight when the last process ended to its end. Before settings and accounts are known nobody can be asked, so it is
  /// done again after the first adoption.
  func recoverFlights() {
    guard hasFlightsToRecover, desired.catalog != nil, observed.hasLearned, claims.maySettle else { return }
    hasFlightsToRecover = false
    repeatAlarms()
    for (id, observation) in observed.live where inFlight[id] == nil { recover(id, observation) }
  }

  /// What ended badly and was not marked as recorded when the last process was killed may not have been told to anybody either: it counts
  /// for this process, and is told again under the same key (I8).
  private func repeatAlarms() {
    for id in alarms.undecided {
      // What has gone on since, or was said by a person, is news to nobody.
      if let attempt = observed.unrecorded[id], observed[id.delivery]?.attempts == id.number,
        attempt.outcome.error?.code != PersonsWord.notPublished
      {
        report.count(attempt.outcome.state.name)
        notify(id.delivery, .state(attempt.outcome.state.name), because: attempt.outcome.error?.message, alarm: id)
      }
      Task { await closeAlarm(id) }
    }
  }

  private func recover(_ id: DeliveryID, _ observation: Observation) {
    switch observation.phase {
    case .idle, .intended, .ended: break
    case .committed(let flight):
      logger.notice("settling", metadata: ["post": "\(id.post)", "account": "\(id.account)", "attempt": "\(flight.intent.attempt)"])
      launch(id) { engine in try await engine.settleOrDoubt(id, flight.intent) }
    case .submitted(let flight, let remote):
      launch(id) { engine in try await engine.settleOrDoubt(id, flight.intent, remote: remote) }
    }
  }

  /// Asks how an attempt past its commit point ended, or, where the platform has accepted it, how it is doing.
  func settleOrDoubt(_ id: DeliveryID, _ intent: Intent, remote: Remote? = nil) async throws {
    guard let flight = try await flight(id, intent) else { return try await doubt(id) }
    if let remote { try await confirm(flight, remote) } else { try await settle(flight, after: Self.cutShort) }
  }

  /// The flight as it was before the crash, from what the journal and the repository still say; `nil` where that is not enough.
  private func flight(_ id: DeliveryID, _ intent: Intent) async throws -> Flight? {
    guard let catalog = desired.catalog, let account = desired.account(id.account), account.platform == intent.platform,
      let platform = platforms(account.platform),
      let material = try await reading({ try await content.material(of: intent, account: account, catalog: catalog) }),
      var publication = material.publication(of: id, intent: intent, account: account)
    else { return nil }
    publication.files = try await filesAtHand(intent, for: platform)
    return Flight(id: id, intent: intent, publication: publication, platform: platform)
  }

  private static let cutShort = DeliveryError(
    .unknown, code: "call.cut_short", message: "the daemon that was sending it stopped before there was an answer")

  /// Nobody can be asked: only a person can tell.
  private func doubt(_ id: DeliveryID) async throws {
    let error = DeliveryError(
      .unknown, code: "settle.impossible",
      message: "it was being sent when the daemon stopped, and its account or content is no longer there to ask with; look at the account, "
        + "then run: posthorn resolve \(id.post) \(id.account) --published|--not-published")
    try await end(id, .inDoubt, error: error)
  }

  /// Cancels what was waiting for another try when its post went away while nobody looked.
  ///
  /// The schedule on disk may be older than the journal, so what it does not know is judged only once upstream's tip has been taken in.
  func becomeCurrent() {
    guard !isCurrent else { return }
    isCurrent = true
    for id in observed.live.keys { cancelOrphan(id) }
  }
}
