/// Why a text is not a duration.
public struct DurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was written, cut to 32 characters.
  public let text: String
  public let reason: String

  public var description: String { "\"\(text)\" \(reason); write a number and a unit, such as 90s, 5m, 1h or 2d" }
}

extension Duration {
  /// A hundred years of 365 days: no grace or delay is longer, and adding it to an instant cannot overflow.
  public static let longestWritten = Duration.seconds(100 * 365 * 86_400)

  /// Reads `90s`, `5m`, `1h`, `2d`, `0s`: a whole number and one unit.
  public static func parse(_ text: some StringProtocol) throws(DurationError) -> Duration {
    func error(_ reason: String) -> DurationError { DurationError(text: String(text.prefix(32)), reason: reason) }
    var scanner = DigitScanner(text.utf8)
    guard let number = scanner.number(digits: 1...12) else { throw error("is not a duration") }
    guard let letter = scanner.next else { throw error("has no unit") }
    guard let unit = units.first(where: { UInt8(ascii: $0.letter) == letter }), scanner.rest.count == 1 else {
      throw error(scanner.rest.count == 1 ? "has an unknown unit" : "is not one whole number and one unit")
    }
    let duration = Duration.seconds(number) * unit.seconds
    guard duration <= longestWritten else { throw error("is longer than a hundred years") }
    return duration
  }

  /// In the largest unit that leaves a whole number: `90s`, `5m`, `1h`, `2d`, `0s`. Parts of a second are left out.
  public var text: String {
    let seconds = components.seconds
    let unit = units.first { seconds != 0 && seconds.isMultiple(of: Int64($0.seconds)) } ?? (letter: "s", seconds: 1)
    return "\(seconds / Int64(unit.seconds))\(unit.letter)"
  }
}

private let units: [(letter: Unicode.Scalar, seconds: Int)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
