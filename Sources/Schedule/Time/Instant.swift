/// A point in time, in UTC: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Reckoning stops at the ends of what 64 bits hold: a commit's time is whatever its author wrote, and must not stop the program.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(seconds: Int64) { milliseconds = seconds.saturating(times: 1000) }

  public static let distantPast = Instant(milliseconds: .min / 4)
  public static let distantFuture = Instant(milliseconds: .max / 4)

  /// The instant of an RFC 3339 text in UTC, `2026-11-27T14:00:00.000Z`; the fraction is optional and cut to milliseconds.
  /// `nil` where `text` is anything else.
  public init?(_ text: some StringProtocol) {
    var scanner = DigitScanner(text.utf8)
    guard let year = scanner.number(width: 4), scanner.take("-"), let month = scanner.number(width: 2), scanner.take("-"),
      let day = scanner.number(width: 2), scanner.take("T"), let hour = scanner.number(width: 2), scanner.take(":"),
      let minute = scanner.number(width: 2), scanner.take(":"), let second = scanner.number(width: 2),
      let clock = WallClock(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    var fraction = 0
    if scanner.take(".") {
      guard let digits = scanner.fraction(maximum: 9) else { return nil }
      fraction = digits
    }
    guard scanner.take("Z"), scanner.isAtEnd else { return nil }
    milliseconds = clock.secondsOnWall * 1000 + Int64(fraction)
  }

  /// Whole seconds since 1970, rounded down.
  public var seconds: Int64 { flooredQuotient(milliseconds, 1000) }

  /// RFC 3339 in UTC with milliseconds: `2026-11-27T14:00:00.000Z`. Instants outside the years 0 to 9999 show the first or the last of them.
  public var description: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      var text = DigitWriter(buffer)
      text.write(self)
      return text.count
    }
  }

  public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
  public static func + (left: Instant, right: Duration) -> Instant {
    Instant(milliseconds: left.milliseconds.saturating(plus: right.milliseconds))
  }
  public static func - (left: Instant, right: Duration) -> Instant {
    Instant(milliseconds: left.milliseconds.saturating(minus: right.milliseconds))
  }
  public static func - (left: Instant, right: Instant) -> Duration {
    .milliseconds(left.milliseconds.saturating(minus: right.milliseconds))
  }
}

extension Duration {
  /// The whole milliseconds in this duration, rounded towards zero.
  public var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return Instant(seconds: seconds).milliseconds.saturating(plus: attoseconds / 1_000_000_000_000_000)
  }
}

extension Int64 {
  fileprivate func saturating(plus other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  fileprivate func saturating(minus other: Int64) -> Int64 {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }

  fileprivate func saturating(times factor: Int64) -> Int64 {
    let (product, overflows) = multipliedReportingOverflow(by: factor)
    return overflows ? (self < 0 ? .min : .max) : product
  }
}
