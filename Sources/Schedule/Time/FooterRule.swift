/// The rule for the time after a zone's table: the POSIX `TZ` text that a TZif file ends with, such as `EST5EDT,M3.2.0,M11.1.0`,
/// `<+03>-3` or `IST-1GMT0,M10.5.0,M3.5.0/1`.
///
/// - Source: RFC 9636, 3.3 and POSIX.1-2017, 8.3, with hours from -167 to 167 in the times of day.
struct FooterRule: Equatable {
  var standard: TZif.Kind
  var daylight: Daylight?

  /// Daylight saving: what it is called, and when it starts (on the standard clock) and ends (on its own clock).
  struct Daylight: Equatable {
    var kind: TZif.Kind
    var start: YearlyTime
    var end: YearlyTime
  }

  /// A moment in every year.
  struct YearlyTime: Equatable {
    enum Day: Equatable {
      /// `Jn`: 1...365, 29 February never counted.
      case julian(Int)
      /// `n`: 0...365, 29 February counted.
      case zeroBased(Int)
      /// `Mm.w.d`: weekday `d` (0 is Sunday) of week `w` of the month, week 5 being its last.
      case weekday(month: Int, week: Int, day: Int)
    }
    var day: Day
    /// Seconds after the day's midnight; may be negative or beyond the day.
    var time: Int

    /// Seconds since 1970 on the wall clock at which it happens in `year`.
    func secondsOnWall(year: Int) -> Int64 {
      let days: Int
      switch day {
      case .julian(let number):
        days = CivilDate(year: year, month: 1, day: number).days + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
      case .zeroBased(let number):
        days = CivilDate(year: year, month: 1, day: 1).days + number
      case .weekday(let month, let week, let weekday):
        let first = CivilDate(year: year, month: month, day: 1).days
        let untilWeekday = (weekday - CivilDate.weekday(days: first) + 7) % 7
        var day = untilWeekday + (week - 1) * 7
        if day >= CivilDate.length(ofMonth: month, year: year) { day -= 7 }
        days = first + day
      }
      return Int64(days * 86_400 + time)
    }
  }

  /// The stretch of local time that holds at `seconds` since 1970.
  func span(at seconds: Int64) -> (start: Int64, end: Int64, isDaylight: Bool) {
    guard let daylight else { return (.min, .max, false) }
    let year = WallClock(secondsOnWall: seconds + standard.offset).year
    var latest = (start: Int64.min, isDaylight: false)
    var end = Int64.max
    // A time of day may reach a week into the neighbouring years. Where an end and the next start are the same moment, the start
    // holds: that is how a zone says that daylight saving lasts all year.
    for year in (year - 1)...(year + 1) {
      let starts = daylight.start.secondsOnWall(year: year) - standard.offset
      let ends = daylight.end.secondsOnWall(year: year) - daylight.kind.offset
      if ends > seconds { end = min(end, ends) } else if ends > latest.start { latest = (ends, false) }
      if starts > seconds { end = min(end, starts) } else if starts >= latest.start { latest = (starts, true) }
    }
    return (latest.start, end, latest.isDaylight)
  }
}

extension FooterRule {
  /// `nil` where `text` is not of the form, or a number in it is out of its range.
  init?(_ text: some Collection<UInt8>) {
    var scanner = DigitScanner(text)
    guard let name = scanner.zoneName(), let offset = scanner.duration(hours: 24) else { return nil }
    standard = .init(offset: Int64(-offset), abbreviation: name)
    daylight = nil
    if scanner.isAtEnd { return }

    guard let daylightName = scanner.zoneName() else { return nil }
    var daylightOffset = offset - 3600
    if scanner.next != UInt8(ascii: ",") {
      guard let written = scanner.duration(hours: 24) else { return nil }
      daylightOffset = written
    }
    guard scanner.take(","), let start = scanner.yearlyTime(), scanner.take(","), let end = scanner.yearlyTime(), scanner.isAtEnd
    else { return nil }
    daylight = .init(kind: .init(offset: Int64(-daylightOffset), abbreviation: daylightName, isDaylight: true), start: start, end: end)
  }
}

extension DigitScanner {
  /// `EST` or `<+0330>`.
  fileprivate mutating func zoneName() -> String? {
    let isQuoted = take("<")
    var name: [UInt8] = []
    while let byte = next, isLetter(byte) || (isQuoted && isDigitOrSign(byte)) {
      name.append(byte)
      skip()
    }
    guard name.count >= 3, !isQuoted || take(">") else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  /// `[+-]h[h[h]][:mm[:ss]]`, in seconds.
  fileprivate mutating func duration(hours maximum: Int) -> Int? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard let hours = number(digits: 1...3), hours <= maximum else { return nil }
    var seconds = hours * 3600
    for unit in [60, 1] where take(":") {
      guard let part = number(width: 2), part < 60 else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }

  /// `M3.2.0/2`, `J60`, `59/-1`; two o'clock where no time is given.
  fileprivate mutating func yearlyTime() -> FooterRule.YearlyTime? {
    let day: FooterRule.YearlyTime.Day
    if take("M") {
      guard let month = number(digits: 1...2), (1...12).contains(month), take("."), let week = number(width: 1), (1...5).contains(week),
        take("."), let weekday = number(width: 1), weekday <= 6
      else { return nil }
      day = .weekday(month: month, week: week, day: weekday)
    } else if take("J") {
      guard let number = number(digits: 1...3), (1...365).contains(number) else { return nil }
      day = .julian(number)
    } else {
      guard let number = number(digits: 1...3), number <= 365 else { return nil }
      day = .zeroBased(number)
    }
    guard take("/") else { return .init(day: day, time: 7200) }
    guard let time = duration(hours: 167) else { return nil }
    return .init(day: day, time: time)
  }

  private func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
  private func isDigitOrSign(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D }
}
