/// What has happened to one delivery so far.
public struct Observation: Equatable, Sendable {
  /// The instant that this arming is for.
  public var scheduledAt: Instant
  /// The number of this arming's first attempt; part of its key.
  public var firstAttempt: Int
  /// When a person armed it again, if one did; its grace counts from then.
  public var armedByPersonAt: Instant?
  /// The highest attempt number that has been used; 0 before the first.
  public var attempts: Int
  /// Failures in this arming that count against the retry policy.
  public var failures: Int
  public var phase: Phase
  /// When the last commit point was written; limits per minute and day are counted from it.
  public var committedAt: Instant?
  /// The last attempt's intent, while another attempt, or a person's word, is due to follow it.
  public var lastIntent: Intent?

  public enum Phase: Equatable, Sendable {
    /// Armed, and nothing begun.
    case idle
    case intended(Flight)
    case committed(Flight)
    indirect case submitted(Flight, Remote)
    case ended(Outcome)
  }

  /// An attempt that has not ended: its intent, and what its preparation journaled.
  public struct Flight: Equatable, Sendable {
    public var intent: Intent
    public var remembered: [Remembered] = []
    /// How the attempt before ended; what holds again if this one is given up.
    public var previous: Outcome?

    public init(intent: Intent, remembered: [Remembered] = [], previous: Outcome? = nil) {
      self.intent = intent
      self.remembered = remembered
      self.previous = previous
    }
  }

  public struct Remembered: Equatable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(scheduledAt: Instant, firstAttempt: Int = 1, attempts: Int = 0, failures: Int = 0, phase: Phase = .idle) {
    self.scheduledAt = scheduledAt
    self.firstAttempt = firstAttempt
    self.attempts = attempts
    self.failures = failures
    self.phase = phase
  }

  /// The number that the next attempt gets.
  public var nextAttempt: Int { attempts + 1 }

  /// The outcome of the last attempt that ended, where nothing has begun since.
  public var outcome: Outcome? {
    guard case .ended(let outcome) = phase else { return nil }
    return outcome
  }

  /// What the platform calls it, as far as it has said.
  public var remote: Remote? {
    if case .submitted(_, let remote) = phase { return remote }
    return outcome?.remote
  }

  public var flight: Flight? {
    switch phase {
    case .intended(let flight), .committed(let flight), .submitted(let flight, _): flight
    case .idle, .ended: nil
    }
  }

  /// The state as far as events alone tell: `scheduled` where nothing has begun.
  public var state: DeliveryState {
    switch phase {
    case .idle: .scheduled
    case .intended, .committed: .publishing
    case .submitted: .submitted
    case .ended(let outcome): outcome.state
    }
  }

  /// Whether a changed `scheduled_time` arms the delivery again: not once it went out or may have.
  public var armsAgain: Bool {
    switch phase {
    case .idle: true
    case .intended, .committed, .submitted: false
    case .ended(let outcome):
      switch outcome.state {
      case .failed, .missed, .cancelled, .retrying: true
      default: false
      }
    }
  }
}

extension Observation {
  /// Takes in one event. An event that does not fit the phase is the journal's promise broken and is refused.
  ///
  /// - Returns: the attempt that has just ended, for the recorder.
  mutating func apply(_ event: DeliveryEvent, id: DeliveryID) throws(EventOutOfOrder) -> Attempt? {
    switch (event, phase) {
    case (.armed(let instant, let person), .idle), (.armed(let instant, let person), .ended):
      self = Observation(scheduledAt: instant, firstAttempt: nextAttempt, attempts: attempts)
      armedByPersonAt = person
    case (.intended(let intent), .idle), (.intended(let intent), .ended):
      phase = .intended(Flight(intent: intent, previous: outcome))
    case (.remembered(let name, let value), .intended(var flight)):
      flight.remembered.append(Remembered(name: name, value: value))
      phase = .intended(flight)
    case (.abandoned, .committed(let flight)):  // nothing was sent under it, and no limit counts it
      phase = flight.previous.map(Phase.ended) ?? .idle
      committedAt = nil
    case (.abandoned, .intended(let flight)):
      phase = flight.previous.map(Phase.ended) ?? .idle
    case (.committed(let instant), .intended(let flight)):
      phase = .committed(flight)
      committedAt = instant
    case (.submitted(let remote, _), .committed(let flight)), (.submitted(let remote, _), .submitted(let flight, _)):
      phase = .submitted(flight, remote)
    case (.ended(let outcome), .intended(let flight)), (.ended(let outcome), .committed(let flight)),
      (.ended(let outcome), .submitted(let flight, _)):
      return end(flight, outcome, id: id)
    case (.told(let intent, let outcome, let firstAttempt), .idle), (.told(let intent, let outcome, let firstAttempt), .ended):
      takeIn(intent, outcome, firstAttempt: firstAttempt)
    // Of what a platform works on, everybody who asks hears the same.
    case (.told(let intent, let outcome, let firstAttempt), .submitted(let flight, _)) where intent.attempt == flight.intent.attempt:
      takeIn(intent, outcome, firstAttempt: firstAttempt)
    case (.recorded, _):
      break
    default:
      throw EventOutOfOrder(id: id, event: event)
    }
    return nil
  }

  /// Whether another daemon's record says more than is known here. Of one attempt that both brought to an end, because one was taken for dead, only the first
  /// record is upstream, and it holds; except that what is known here to be out stays out.
  public func yields(to outcome: Outcome, attempt: Int) -> Bool {
    guard attempt == attempts else { return attempt > attempts }
    return self.outcome.map { $0.state != outcome.state && !$0.state.name.isOut } ?? false
  }

  /// Whether both say that one attempt went out: then it did so twice, and what the history has is what is told of it (D3).
  private func isDoubled(by outcome: Outcome, attempt: Int) -> Bool {
    attempt == attempts && outcome.state.name.isOut && self.outcome?.state.name.isOut ?? false
  }

  /// What is known already is not taken in again.
  private mutating func takeIn(_ intent: Intent, _ outcome: Outcome, firstAttempt: Int) {
    guard yields(to: outcome, attempt: intent.attempt) || isDoubled(by: outcome, attempt: intent.attempt) else { return }
    let person = intent.scheduledAt == scheduledAt && firstAttempt == self.firstAttempt ? armedByPersonAt : nil
    self = Observation(scheduledAt: intent.scheduledAt, firstAttempt: firstAttempt, attempts: intent.attempt, phase: .ended(outcome))
    armedByPersonAt = person
    if outcome.state.name == .retrying { failures = intent.attempt - firstAttempt + 1 }
    if outcome.state.name == .retrying || outcome.state.name == .inDoubt { lastIntent = intent }
  }

  private mutating func end(_ flight: Flight, _ outcome: Outcome, id: DeliveryID) -> Attempt {
    attempts = max(attempts, flight.intent.attempt)
    if outcome.error.map({ $0.class != .quota }) ?? false { failures += 1 }
    phase = .ended(outcome)
    lastIntent = outcome.state.name == .retrying || outcome.state.name == .inDoubt ? flight.intent : nil
    return Attempt(id: id, intent: flight.intent, outcome: outcome)
  }
}

/// An event that cannot follow what came before it.
public struct EventOutOfOrder: Error, Equatable, Sendable {
  public let id: DeliveryID
  public let event: DeliveryEvent
}
