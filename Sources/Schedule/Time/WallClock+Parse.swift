/// Why a text is not a time of a post.
public struct WallClockError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was written, cut to 64 characters.
  public let text: String
  /// What is wrong with it: `has no time of day`.
  public let reason: String
  /// What was probably meant, in the form that is accepted; `nil` where there is no telling.
  public let suggestion: String?

  public var description: String {
    "\"\(text)\" \(reason); write \(suggestion ?? "a date and a time such as 2026-11-27T09:00")"
  }
}

extension WallClock {
  /// Reads `2026-11-27T09:00`, seconds optional, and the offset where one is written behind it: `-05:00` or `Z`.
  ///
  /// - Throws: ``WallClockError`` with what is wrong and, for the near misses that people write, what they probably meant.
  public static func parse(_ text: some StringProtocol) throws(WallClockError) -> (clock: WallClock, offset: Offset?) {
    if let usual = usual(text) { return (usual, nil) }
    var scanner = DigitScanner(text.utf8)
    guard let year = scanner.number(width: 4), scanner.take("-"), let month = scanner.number(width: 2), scanner.take("-"),
      let day = scanner.number(width: 2), scanner.take("T"), let hour = scanner.number(width: 2), scanner.take(":"),
      let minute = scanner.number(width: 2)
    else { throw NearMiss(text).error }
    var second = 0
    if scanner.take(":") {
      guard let written = scanner.number(width: 2) else { throw NearMiss(text).error }
      second = written
    }
    var offset: Offset?
    if !scanner.isAtEnd {
      guard let written = scanner.offset(), scanner.isAtEnd else { throw NearMiss(text).error }
      offset = written
    }
    guard let clock = WallClock(year: year, month: month, day: day, hour: hour, minute: minute, second: second) else {
      throw WallClockError(
        text: excerpt(text), reason: impossibility(year: year, month: month, day: day, hour: hour, minute: minute, second: second),
        suggestion: nil)
    }
    return (clock, offset)
  }

  /// `2026-11-27T09:00` and nothing more, as nearly every post has it: in one look, because a scanner steps through a string much slower.
  private static func usual(_ text: some StringProtocol) -> WallClock? {
    let found = text.utf8.withContiguousStorageIfAvailable { bytes -> WallClock? in
      guard bytes.count == 16, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
        bytes[13] == UInt8(ascii: ":"), let year = number(bytes[..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
        let hour = number(bytes[11..<13]), let minute = number(bytes[14...])
      else { return nil }
      return WallClock(year: year, month: month, day: day, hour: hour, minute: minute)
    }
    return found ?? nil
  }

  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  private static func impossibility(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> String {
    if !(1...12).contains(month) { return "has month \(month); months go from 01 to 12" }
    if !(1...CivilDate.length(ofMonth: month, year: year)).contains(day) {
      let last = CivilDate.length(ofMonth: month, year: year)
      return "has day \(day); days of that month go from 01 to \(last)"
    }
    if hour > 23 { return "has hour \(hour); hours go from 00 to 23" }
    if minute > 59 { return "has minute \(minute); minutes go from 00 to 59" }
    return "has second \(second); seconds go from 00 to 59"
  }
}

extension DigitScanner {
  /// `Z`, `-05:00`, `+05:30`, `-00:44:30`.
  mutating func offset() -> Offset? {
    if take("Z") { return Offset(seconds: 0) }
    let isWest = take("-")
    guard isWest || take("+"), let hours = number(width: 2), hours <= 24, take(":"), let minutes = number(width: 2), minutes < 60
    else { return nil }
    var seconds = hours * 3600 + minutes * 60
    if take(":") {
      guard let written = number(width: 2), written < 60 else { return nil }
      seconds += written
    }
    return Offset(seconds: isWest ? -seconds : seconds)
  }
}

private func excerpt(_ text: some StringProtocol) -> String { text.count > 64 ? text.prefix(63) + "…" : String(text) }

/// A text that is nearly a time, and the time that was probably meant.
private struct NearMiss {
  let error: WallClockError

  init(_ text: some StringProtocol) {
    let (reason, suggestion) = Self.reading(text)
    error = WallClockError(text: excerpt(text), reason: reason, suggestion: suggestion)
  }

  private static func reading(_ text: some StringProtocol) -> (reason: String, suggestion: String?) {
    var scanner = DigitScanner(text.utf8)
    guard let year = scanner.number(digits: 4...4), let separator = scanner.next, [0x2D, 0x2F, 0x2E].contains(separator) else {
      return ("is not a date and a time", nil)
    }
    scanner.skip()
    guard let month = scanner.number(digits: 1...2), scanner.next == separator else { return ("is not a date and a time", nil) }
    scanner.skip()
    guard let day = scanner.number(digits: 1...2) else { return ("is not a date and a time", nil) }
    guard let midnight = WallClock(year: year, month: month, day: day, hour: 0, minute: 0) else { return ("has no such day", nil) }
    if scanner.isAtEnd {
      let date = midnight.description.dropLast(6)
      return ("has no time of day", "\(date)T09:00, with the hour that you mean")
    }

    let divider = scanner.take("T") ? "T" : scanner.take("t") ? "t" : " "
    while scanner.take(" ") {}
    guard let hour = scanner.number(digits: 1...2), scanner.take(":") || scanner.take("h"), let minute = scanner.number(digits: 1...2),
      let time = timeOfDay(&scanner, hour: hour, minute: minute)
    else { return ("has no time of day that can be read", nil) }
    guard let clock = WallClock(year: year, month: month, day: day, hour: time.hour, minute: minute, second: time.second) else {
      return ("has no such time of day", nil)
    }
    return (fault(time, divider: divider), "\(clock)\(time.offset)")
  }

  private static func timeOfDay<Bytes>(
    _ scanner: inout DigitScanner<Bytes>, hour: Int, minute: Int
  ) -> (hour: Int, second: Int, offset: String, half: Bool, fraction: Bool, zone: Bool)? {
    var second = 0
    var fraction = false
    if scanner.take(":") {
      guard let written = scanner.number(digits: 1...2) else { return nil }
      second = written
      if scanner.take(".") {
        guard scanner.fraction(maximum: 9) != nil else { return nil }
        fraction = true
      }
    }
    while scanner.take(" ") {}
    let rest = String(decoding: scanner.rest, as: UTF8.self)
    switch rest.lowercased() {
    case "": return (hour, second, "", false, fraction, false)
    case "am", "a.m.", "pm", "p.m.":
      guard (1...12).contains(hour) else { return nil }
      return (hour % 12 + (rest.lowercased().hasPrefix("p") ? 12 : 0), second, "", true, fraction, false)
    case "z": return (hour, second, "Z", false, fraction, false)
    default:
      if let offset = scanner.offset(), scanner.isAtEnd { return (hour, second, offset.description, false, fraction, false) }
      return (hour, second, "", false, fraction, true)
    }
  }

  private static func fault(
    _ time: (hour: Int, second: Int, offset: String, half: Bool, fraction: Bool, zone: Bool), divider: String
  ) -> String {
    if time.half { return "uses AM or PM, and hours go from 00 to 23" }
    if time.zone { return "has something behind the time that is not an offset; a zone goes under \"timezone\"" }
    if time.fraction { return "has a fraction of a second, and whole seconds are the finest" }
    if divider != "T" { return "has \(divider == " " ? "a space" : "\"t\"") where a T goes" }
    return "is not in the form year-month-dayThour:minute with two digits each"
  }
}
