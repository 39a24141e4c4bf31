/// What a clock on a wall shows: a date and a time of day in no particular zone, in the proleptic Gregorian calendar.
public struct WallClock: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int
  public let hour: Int
  public let minute: Int
  public let second: Int

  /// `nil` where a field is out of its range, or the month has no such day.
  public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int = 0) {
    guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
      (0...59).contains(minute), (0...59).contains(second)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  public var description: String { "\(year)-\(month)-\(day)T\(hour):\(minute):\(second)" }

  public static func < (left: WallClock, right: WallClock) -> Bool {
    (left.year, left.month, left.day, left.hour, left.minute, left.second)
      < (right.year, right.month, right.day, right.hour, right.minute, right.second)
  }
}

/// A distance from UTC, in seconds east of it.
public struct Offset: Hashable, Sendable {
  public let seconds: Int

  public init(seconds: Int) { self.seconds = seconds }
}
