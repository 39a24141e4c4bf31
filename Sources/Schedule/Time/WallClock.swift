/// What a clock on a wall shows: a date and a time of day in no particular zone, in the proleptic Gregorian calendar, years 0 to 9999.
public struct WallClock: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Seconds since 1970-01-01T00:00 on the same wall, each day having 86,400: eight bytes a post, and zones are one subtraction away.
  let secondsOnWall: Int64

  /// `nil` where a field is out of its range, or the month has no such day.
  public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int = 0) {
    guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
      (0...59).contains(minute), (0...59).contains(second), day <= CivilDate.length(ofMonth: month, year: year)
    else { return nil }
    let days = CivilDate(year: year, month: month, day: day).days
    secondsOnWall = Int64(days * 86_400 + hour * 3600 + minute * 60 + second)
  }

  /// Clocks before year 0 and after year 9999 stay at the first and the last that can be written.
  init(secondsOnWall: Int64) {
    self.secondsOnWall = min(max(secondsOnWall, Self.range.lowerBound), Self.range.upperBound)
  }

  /// 0000-01-01T00:00:00 to 9999-12-31T23:59:59.
  static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  public var year: Int { date.year }
  public var month: Int { date.month }
  public var day: Int { date.day }
  public var hour: Int { secondOfDay / 3600 }
  public var minute: Int { secondOfDay / 60 % 60 }
  public var second: Int { secondOfDay % 60 }

  /// `2026-11-27T09:00`, and `2026-11-27T09:00:30` where the seconds are not zero.
  public var description: String {
    String(unsafeUninitializedCapacity: 24) { buffer in
      var text = DigitWriter(buffer)
      text.write(self, withSeconds: second != 0)
      return text.count
    }
  }

  public static func < (left: WallClock, right: WallClock) -> Bool { left.secondsOnWall < right.secondsOnWall }

  var date: CivilDate { CivilDate(days: Int(flooredQuotient(secondsOnWall, 86_400))) }
  var secondOfDay: Int { Int(secondsOnWall - flooredQuotient(secondsOnWall, 86_400) * 86_400) }
}

/// Writes fixed-width digits straight into a new string's memory.
struct DigitWriter {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  /// `buffer` outlives the writer and has room for everything written.
  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

  mutating func write(_ value: Int, width: Int) {
    var (rest, place) = (value, count + width)
    while place > count {
      place -= 1
      buffer[place] = UInt8(0x30 + rest % 10)
      rest /= 10
    }
    count += width
  }

  mutating func write(_ character: Unicode.Scalar) {
    buffer[count] = UInt8(ascii: character)
    count += 1
  }

  mutating func write(_ clock: WallClock, withSeconds: Bool) {
    write(clock.date, between: "-")
    write("T")
    let second = clock.secondOfDay
    write(second / 3600, width: 2)
    write(":")
    write(second / 60 % 60, width: 2)
    guard withSeconds else { return }
    write(":")
    write(second % 60, width: 2)
  }

  mutating func write(_ date: CivilDate, between separator: Unicode.Scalar) {
    write(date.year, width: 4)
    write(separator)
    write(date.month, width: 2)
    write(separator)
    write(date.day, width: 2)
  }

  mutating func write(_ instant: Instant) {
    write(WallClock(secondsOnWall: instant.seconds), withSeconds: true)
    write(".")
    write(Int((instant.milliseconds % 1000 + 1000) % 1000), width: 3)
    write("Z")
  }
}
