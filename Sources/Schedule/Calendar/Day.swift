/// A day of the calendar, in no particular zone.
public struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Days since 1970-01-01.
  private let number: Int

  private init(number: Int) { self.number = number }

  public init(of clock: WallClock) { number = Int(flooredQuotient(clock.secondsOnWall, 86_400)) }

  /// A day as it is written, `2026-11-27`; `nil` for anything else.
  public init?(_ text: String) {
    guard let clock = try? WallClock.parse("\(text)T00:00").clock, text.utf8.count == 10 else { return nil }  // There is no second reading.
    self.init(of: clock)
  }

  /// The first day of a month as it is written, `2026-11`; `nil` for anything else.
  public init?(firstOf month: String) { self.init("\(month)-01") }

  private var date: CivilDate { CivilDate(days: number) }
  public var year: Int { date.year }
  public var month: Int { date.month }
  public var day: Int { date.day }
  /// From Monday, 0, to Sunday, 6.
  public var weekday: Int { (CivilDate.weekday(days: number) + 6) % 7 }

  public var description: String { String("\(WallClock(secondsOnWall: Int64(number) * 86_400))".prefix(10)) }

  /// The days of its week, from Monday on.
  public var week: ClosedRange<Day> { self - weekday...self - weekday + 6 }
  /// The days of its month.
  public var wholeMonth: ClosedRange<Day> {
    let first = self - (day - 1)
    return first...first + (CivilDate.length(ofMonth: month, year: year) - 1)
  }

  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }
  public static func + (left: Day, right: Int) -> Day { Day(number: left.number + right) }
  public static func - (left: Day, right: Int) -> Day { Day(number: left.number - right) }
  /// How many days later `left` is.
  public static func - (left: Day, right: Day) -> Int { left.number - right.number }

  public static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  public static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
}

extension ClosedRange<Day> {
  public var days: [Day] { (0...(upperBound - lowerBound)).map { lowerBound + $0 } }
}
