/// When the next record commit is made. Pure: times come in, by the boot clock.
///
/// Commits are few: what is landing together is recorded together, and after a small batch comes an interval. A large one neither waits for
/// it nor begins one: it is there to keep commits few, and not to delay a backlog or what a burst leaves over.
struct RecordPace {
  /// So many attempts are worth a commit of their own, however short the time since the last one.
  static let worthwhile = 2000
  /// So many are recorded while others are still landing: what is left to do after the last one should be short.
  static let full = 2500
  /// What lands together is waited for so long at most: some platforms take their time.
  private static let mostGathering = Duration.seconds(2)

  private var earliest = Duration.zero
  private var earliestIfLarge = Duration.zero

  /// How long to wait still.
  ///
  /// - Parameters:
  ///   - waiting: attempts that are not recorded.
  ///   - start: since when there is something to record.
  ///   - isLanding: whether more are about to end.
  func wait(for waiting: Int, since start: Duration, isLanding: Bool, interval: Duration, now: Duration) -> Duration {
    let gathered = isLanding && waiting < Self.full ? start + min(interval, Self.mostGathering) : now
    return max(gathered, waiting < Self.worthwhile ? earliest : earliestIfLarge) - now
  }

  /// Notes a commit, which took a while: at most half of the time goes into large ones, and a third into small ones.
  mutating func commit(of count: Int, from start: Duration, to end: Duration, interval: Duration) {
    earliestIfLarge = end + (end - start)
    earliest = count < Self.worthwhile ? end + max(interval, (end - start) * 2) : earliestIfLarge
  }

  /// Notes a failure, after which nothing is tried for so long.
  mutating func fail(at now: Duration, pause: Duration) { (earliest, earliestIfLarge) = (now + pause, now + pause) }
}
