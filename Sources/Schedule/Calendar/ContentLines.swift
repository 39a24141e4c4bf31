/// Lines of iCalendar: `NAME:value`, folded at 75 bytes, with the line ends of the internet.
///
/// - Source: RFC 5545, 3.1 and 3.3.11.
struct ContentLines {
  private(set) var text = ""

  /// Adds a line; `value` is already in the form of its type.
  ///
  /// - Parameter name: with its parameters, if any: `DTSTART;TZID=Europe/Paris`.
  mutating func add(_ name: String, _ value: String) {
    var room = Self.width
    for character in "\(name):\(value)".unicodeScalars {
      let size = UTF8.width(character)
      // A character is never cut in two, though a folded line may be put together again byte by byte.
      if size > room {
        text += "\r\n "
        room = Self.width - 1
      }
      text.unicodeScalars.append(character)
      room -= size
    }
    text += "\r\n"
  }

  /// Adds a line with a text, escaped: what a file says never becomes a line of ours.
  mutating func add(_ name: String, text: String) {
    add(name, text.withLineFeeds.printableLines.escaping(["\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"]))
  }

  /// `20261127T090000`.
  static func time(_ clock: WallClock) -> String {
    let text = clock.description.filter { $0 != "-" && $0 != ":" }
    return text.count < 15 ? text + "00" : text
  }

  /// `20261127T140000Z`.
  static func time(_ instant: Instant) -> String { time(WallClock(secondsOnWall: instant.seconds)) + "Z" }

  private static let width = 75
}
