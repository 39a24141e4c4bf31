public import Schedule

/// The time, and waiting for it. Handed in, so that a test can be the clock.
public struct Clock: Sendable {
  /// The wall clock.
  public var now: @Sendable () -> Instant
  /// Returns at the instant or earlier (when the clock was set, when the task is cancelled): whoever waits looks at ``now`` again.
  public var wait: @Sendable (_ until: Instant) async -> Void

  public init(now: @escaping @Sendable () -> Instant, wait: @escaping @Sendable (_ until: Instant) async -> Void) {
    self.now = now
    self.wait = wait
  }

  /// The system's clock, with a timer that notices when it is set.
  public static func system() -> Clock {
    let timer = WakeTimer()
    return Clock(now: { Instant.now }, wait: { await timer.wait(until: $0) })
  }

  /// Returns once the instant has passed, or the task is cancelled.
  public func pause(until instant: Instant) async {
    while now() < instant, !Task.isCancelled { await wait(instant) }
  }
}
