/// What a delivery needs now. Pure: the engine only carries it out.
public enum Decision: Equatable, Sendable {
  /// It is due: claim it, prepare it, commit it.
  case publish
  /// Nothing before this instant.
  case wait(until: Instant)
  /// It is later than its grace.
  case miss
  /// Its time was changed after an end that arms again, or it was called off and is asked for again in time.
  case arm
  /// It is held, in flight, final, or waits for a person.
  case nothing
}

/// What the content at a commit asks for, as far as one delivery's clock is concerned.
public struct Timing: Equatable, Sendable {
  public var scheduledAt: Instant
  public var grace: Duration
  public var isHeld: Bool

  public init(scheduledAt: Instant, grace: Duration, isHeld: Bool = false) {
    self.scheduledAt = scheduledAt
    self.grace = grace
    self.isHeld = isHeld
  }

  /// The last instant at which it may still go out: a person who armed it again gives it a grace of its own.
  public func deadline(after observation: Observation?) -> Instant { max(scheduledAt, observation?.armedByPersonAt ?? scheduledAt) + grace }

  /// Decides with what has happened so far, and the time.
  public func decision(after observation: Observation?, now: Instant) -> Decision {
    let deadline = deadline(after: observation)
    guard let observation else { return decision(due: scheduledAt, by: deadline, now: now) }
    if observation.scheduledAt != scheduledAt, observation.armsAgain { return .arm }
    switch observation.phase {
    case .idle: return decision(due: scheduledAt, by: deadline, now: now)
    case .intended, .committed, .submitted: return .nothing
    case .ended(let outcome):
      if outcome.state == .cancelled, now <= deadline { return .arm }
      guard case .retrying(let instant) = outcome.state else { return .nothing }
      return decision(due: max(instant, scheduledAt), by: deadline, now: now)
    }
  }

  /// When the attempt was due that another life must have begun before `instant`, although `observation` does not know of it; `nil` where
  /// there is none. Whoever has lost its memory must not begin it again blindly (P7).
  public func missingAttempt(after observation: Observation?, before instant: Instant) -> Instant? {
    var due = scheduledAt
    if let observation, observation.scheduledAt == scheduledAt {
      switch (observation.phase, observation.state) {
      case (.idle, _): due = max(due, observation.armedByPersonAt ?? due)
      case (.ended, .retrying(let next)): due = max(next, scheduledAt)
      default: return nil
      }
    } else if let observation, !observation.armsAgain {
      return nil
    }
    return due < instant ? due : nil
  }

  private func decision(due: Instant, by deadline: Instant, now: Instant) -> Decision {
    if now > deadline { return isHeld ? .nothing : .miss }
    if due <= now { return isHeld ? .nothing : .publish }
    return .wait(until: min(due, deadline + .milliseconds(1)))
  }
}
