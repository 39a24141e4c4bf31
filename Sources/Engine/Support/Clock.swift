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
  public var wait: nonisolated(nonsending) @Sendable (_ until: Instant) async -> Void

  public init(
    now: @escaping @Sendable () -> Instant, sinceBoot: @escaping @Sendable () -> Duration, boot: String,
    wait: nonisolated(nonsending) @escaping @Sendable (_ until: Instant) async -> Void
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

  /// Returns once so much time has passed, or the task is cancelled. The boot clock decides (T2): whoever sets the wall clock makes it
  /// neither longer nor shorter, for ``wait`` returns then, and the rest is waited for by the new time.
  public func pause(for duration: Duration) async {
    let end = sinceBoot() + duration
    while !Task.isCancelled {
      let rest = end - sinceBoot()
      guard rest > .zero else { return }
      await wait(now() + Self.whole(rest))
    }
  }

  /// The milliseconds after which so much time has passed. Where it has a part of one, ``now`` has most likely left one out too: without both,
  /// each pause would end a moment early, and need one or two more.
  private static func whole(_ rest: Duration) -> Duration {
    let milliseconds = Duration.milliseconds(rest.milliseconds)
    return rest == milliseconds ? rest : milliseconds + .milliseconds(2)
  }

  /// Returns once the instant has passed, or the task is cancelled.
  public func pause(until instant: Instant) async {
    while now() < instant, !Task.isCancelled { await wait(instant) }
  }
}
