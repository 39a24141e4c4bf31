import Schedule
import Synchronization

/// The one place where a decision gets the time from (N3). Each reading of the wall clock comes with whether it can be believed, so that
/// nobody can ask for the one and forget the other.
///
/// In doubt nothing is due, nothing expires, nothing is missed and nobody is taken over. ``Engine/now()`` is for what is written down or shown.
final class ClockGate: Sendable {
  enum Answer: Equatable, Sendable {
    case instant(Instant)
    /// The time may be anywhere in the range: what is held is shown by it.
    case inDoubt(ClockTrust.Doubt, ClosedRange<Instant>)

    /// What the time is at the most. By it is looked at what there may be to decide, and nothing is decided.
    var latest: Instant {
      switch self {
      case .instant(let instant): instant
      case .inDoubt(_, let range): range.upperBound
      }
    }

    /// What it is at the least.
    var earliest: Instant {
      switch self {
      case .instant(let instant): instant
      case .inDoubt(_, let range): range.lowerBound
      }
    }

    var isInDoubt: Bool { if case .inDoubt = self { true } else { false } }
  }

  private let clock: Clock
  private let state: Mutex<State>

  private struct State {
    var trust: ClockTrust
    /// Whether there is a server that could be asked.
    var hasSecondClock = false
  }

  init(_ clock: Clock, _ trust: ClockTrust) {
    self.clock = clock
    state = Mutex(State(trust: trust))
  }

  var now: Answer {
    let reading = clock.reading
    return state.withLock { state in
      state.trust.observe(reading, hasSecondClock: state.hasSecondClock)
      return state.trust.doubt.map { .inDoubt($0, state.trust.range(reading)) } ?? .instant(reading.wall)
    }
  }

  /// What the next process has to know, if anything is known.
  var saved: ClockTrust.Saved? { state.withLock { $0.trust.saved } }

  func note(hasSecondClock: Bool) { state.withLock { $0.hasSecondClock = hasSecondClock } }

  /// Takes in when an outcome ended, of this host or from a record that is vouched for.
  func note(record: Instant) { state.withLock { $0.trust.note(record: record) } }

  /// - Returns: how far the wall clock is ahead of a server's.
  func compare(with server: Instant) -> Duration {
    let reading = clock.reading
    return state.withLock { $0.trust.compare(reading, with: server) }
  }

  /// There is no server to ask.
  func leaveUncompared() {
    let reading = clock.reading
    state.withLock { $0.trust.leaveUncompared(reading) }
  }

  /// A person says that the clock is right.
  func accept() {
    let reading = clock.reading
    state.withLock { $0.trust.accept(reading) }
  }
}
