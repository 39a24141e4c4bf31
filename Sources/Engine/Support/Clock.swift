import Git
public import Schedule

/// The time, and waiting for it. Handed in, so that a test can be the clock.
public struct Clock: Sendable {
  /// The wall clock.
  public var now: @Sendable () -> Instant
  /// The time since the machine started, suspend included.
  public var sinceBoot: @Sendable () -> Duration
  /// Which start of the machine that is.
  public var boot: String
  /// Returns at the instant or earlier (when the clock was set, when the task is cancelled): whoever waits looks at ``now`` again.
  public var wait: @Sendable (_ until: Instant) async -> Void

  public init(
    now: @escaping @Sendable () -> Instant, sinceBoot: @escaping @Sendable () -> Duration, boot: String,
    wait: @escaping @Sendable (_ until: Instant) async -> Void
  ) {
    self.now = now
    self.sinceBoot = sinceBoot
    self.boot = boot
    self.wait = wait
  }

  /// Both clocks, read at the same moment.
  public var reading: ClockReading { ClockReading(wall: now(), sinceBoot: sinceBoot(), boot: boot) }

  /// The system's clock, with a timer that notices when it is set.
  public static func system() -> Clock {
    let timer = WakeTimer()
    return Clock(
      now: { Instant.now }, sinceBoot: { BootClock.now }, boot: BootID.current, wait: { await timer.wait(until: $0) })
  }

  /// Returns once the instant has passed, or the task is cancelled.
  public func pause(until instant: Instant) async {
    while now() < instant, !Task.isCancelled { await wait(instant) }
  }
}
