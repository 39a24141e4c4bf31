/// Dates in header fields.
///
/// - Source: RFC 9110, 5.6.7: the preferred form and the two obsolete ones that a recipient must read.
public enum HTTPDate {
  /// Seconds since 1970; `nil` where `text` is none of the three forms, or no such date exists.
  public static func seconds(_ text: String) -> Int64? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
    switch words.count {
    case 6 where words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
      return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
    case 4 where words[3] == "GMT":  // Sunday, 06-Nov-94 08:49:37 GMT
      let date = words[1].split(separator: "-").map(String.init)
      guard date.count == 3, date[2].utf8.count == 2, let year = Int(date[2]) else { return nil }
      return seconds(day: date[0], month: date[1], year: String(year < 70 ? 2000 + year : 1900 + year), time: words[2])
    case 5:  // Sun Nov  6 08:49:37 1994
      return seconds(day: words[2], month: words[1], year: words[4], time: words[3])
    default: return nil
    }
  }

  private static func seconds(day: String, month: String, year: String, time: String) -> Int64? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).compactMap { number($0, in: 0...60, digits: 2) }
    guard let month = months.firstIndex(of: month).map({ $0 + 1 }), let year = number(year, in: 1970...9999, digits: 4),
      let day = number(day, in: 1...31, digits: nil), day <= length(of: month, in: year), clock.count == 3, clock[0] < 24, clock[1] < 60
    else { return nil }
    return Int64(daysSince1970(year, month, day)) * 86400 + Int64(clock[0] * 3600 + clock[1] * 60 + clock[2])
  }

  private static func number(_ text: some StringProtocol, in range: ClosedRange<Int>, digits: Int?) -> Int? {
    guard text.utf8.count == digits ?? text.utf8.count, text.utf8.count <= 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Int(text), range.contains(value)
    else { return nil }
    return value
  }

  private static func length(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Years begin in March here, so that the leap day is the last.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
