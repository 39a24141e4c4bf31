/// What a delivery needs now. Pure: the engine only carries it out.
public enum Decision: Equatable, Sendable {
  /// It is due: claim it, prepare it, commit it.
  case publish
  /// Nothing before this instant.
  case wait(until: Instant)
  /// It is later than its grace.
  case miss
  /// Its time was changed after an end that arms again.
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
      guard case .retrying(let instant) = outcome.state else { return .nothing }
      return decision(due: max(instant, scheduledAt), by: deadline, now: now)
    }
  }

  private func decision(due: Instant, by deadline: Instant, now: Instant) -> Decision {
    if now > deadline { return isHeld ? .nothing : .miss }
    if due <= now { return isHeld ? .nothing : .publish }
    return .wait(until: min(due, deadline + .milliseconds(1)))
  }
}
