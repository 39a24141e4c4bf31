/// How fast deliveries leave for one account: its limits, and when the last ones left.
public struct AccountPace: Sendable {
  public var limits: Account.Limits
  /// A delivery that leaves this much after it was due is late, and late ones keep their distance.
  public static let lateAfter = Duration.seconds(60)

  /// Commit points of the last 24 hours, oldest first; kept only where a limit needs them.
  private var departures: [Instant] = []
  private var lastLate: Instant?
  private var inFlight = 0

  public init(limits: Account.Limits) { self.limits = limits }

  /// What the limits say to one more delivery.
  public enum Admission: Equatable, Sendable {
    case now
    case at(Instant)
    /// When one in flight has ended.
    case afterAnother
  }

  /// Asks for one more delivery that was due at `due`.
  public mutating func admission(due: Instant, now: Instant) -> Admission {
    if let concurrent = limits.concurrent, inFlight >= concurrent { return .afterAnother }
    departures.removeFirst(departures.prefix { $0 <= now - .seconds(86_400) }.count)
    let waits = [
      limits.perMinute.flatMap { wait(for: $0, within: .seconds(60), now: now) },
      limits.perDay.flatMap { wait(for: $0, within: .seconds(86_400), now: now) },
      isLate(due: due, now: now) ? lastLate.map { $0 + limits.spacing } : nil,
    ]
    guard let latest = waits.compactMap({ $0 }).max(), latest > now else { return .now }
    return .at(latest)
  }

  /// One left at `now`.
  public mutating func depart(due: Instant, now: Instant) {
    inFlight += 1
    count(now)
    if isLate(due: due, now: now) { lastLate = now }
  }

  /// One that left has ended.
  public mutating func arrive() { inFlight -= 1 }

  /// What left at `departure` was not sent after all.
  public mutating func takeBack(_ departure: Instant) {
    if let place = departures.lastIndex(of: departure) { departures.remove(at: place) }
  }

  /// Takes in a commit point from before a restart, of a delivery that was due at `due`.
  public mutating func remember(departure: Instant, due: Instant) {
    if isLate(due: due, now: departure) { lastLate = max(lastLate ?? .distantPast, departure) }
    count(departure)
  }

  private mutating func count(_ departure: Instant) {
    guard limits.perMinute != nil || limits.perDay != nil else { return }
    departures.insert(departure, at: departures.firstIndex { $0 > departure } ?? departures.endIndex)
  }

  private func isLate(due: Instant, now: Instant) -> Bool { now - due > Self.lateAfter }

  private func wait(for count: Int, within window: Duration, now: Instant) -> Instant? {
    guard count > 0, departures.count >= count else { return nil }
    return departures[departures.count - count] + window
  }
}
