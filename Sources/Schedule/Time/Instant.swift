/// A point in time, in UTC: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Instant: Hashable, Comparable, Sendable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { milliseconds = seconds * 1000 }

  public static let distantPast = Instant(milliseconds: .min / 4)
  public static let distantFuture = Instant(milliseconds: .max / 4)

  public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
  public static func + (left: Instant, right: Duration) -> Instant { Instant(milliseconds: left.milliseconds + right.milliseconds) }
  public static func - (left: Instant, right: Duration) -> Instant { Instant(milliseconds: left.milliseconds - right.milliseconds) }
  public static func - (left: Instant, right: Instant) -> Duration { .milliseconds(left.milliseconds - right.milliseconds) }
}

extension Duration {
  /// The whole milliseconds in this duration, rounded towards zero.
  public var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
