import Glibc

/// Which posts are due when: what both sides of a row are given.
struct Timetable {
  struct Entry {
    let post: String
    /// Seconds since 1970.
    let due: Int
  }

  let entries: [Entry]

  /// `count` posts, of which `perSecond` share each second; the first ones are due `lead` seconds from now, or up to one later.
  init(count: Int, perSecond: Int, lead: Double) {
    let start = Int((Double(Clocks.real) / 1e9 + lead).rounded(.up))
    entries = (0..<count).map { Entry(post: "due-\($0)", due: start + $0 / perSecond) }
  }

  var first: Int { entries.first?.due ?? 0 }
  var last: Int { entries.last?.due ?? 0 }

  /// The wall-clock time in UTC of an instant, as a post has it.
  static func text(_ instant: Int) -> (time: String, folder: String) {
    var parts = tm()
    var seconds = time_t(instant)
    gmtime_r(&seconds, &parts)
    let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map(two)
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { two(Int($0)) }.joined(separator: ":")
    return (date.joined(separator: "-") + "T" + clock, date.joined(separator: "/"))
  }
}
