/// A diagnostic as people read it: the place, the source line, a caret under the exact span, the hint.
///
///     schedule/posts/x.yaml:1:17: error: 2027-03-14T02:30 does not exist in America/New_York; 01:59 and 03:00 do [time.gap]
///        1 | scheduled_time: 2027-03-14T02:30
///          |                 ^^^^^^^^^^^^^^^^
///          = hint: clocks are set forward over it; choose 2027-03-14T01:59 or 2027-03-14T03:00
public struct DiagnosticReport: Sendable {
  public enum Color: Sendable {
    case on, off
  }
  private let color: Color

  public init(_ color: Color = .off) { self.color = color }

  /// The lines for one diagnostic, each with its end; everything from files is escaped.
  ///
  /// - Parameter source: the file's bytes; `nil` leaves the source line out.
  public func text(_ diagnostic: Diagnostic, source: [UInt8]?) -> String {
    let place = paint("\(diagnostic.path.printable):\(diagnostic.line):\(diagnostic.column):", .bold)
    let severity = paint("\(diagnostic.severity.rawValue):", diagnostic.severity == .error ? .red : .yellow)
    var text = "\(place) \(severity) \(diagnostic.message.printable) [\(diagnostic.rule.rawValue)]\n"
    let number = String(diagnostic.line)
    let margin = String(repeating: " ", count: max(4, number.count))
    if let line = source.flatMap({ Self.line(diagnostic.line, of: $0) }), !line.isEmpty {
      let (shown, indent, length) = excerpt(line, diagnostic)
      text += "\(margin.dropLast(number.count))\(number) | \(shown.withoutRunnerCommands)\n"
      text += "\(margin) | \(String(repeating: " ", count: indent))"
      text += paint(String(repeating: "^", count: length), diagnostic.severity == .error ? .red : .yellow) + "\n"
    }
    return text + "\(margin) = \(paint("hint:", .bold)) \(diagnostic.hint.printable)\n"
  }

  /// The part of a long line around the span, the cells before the caret, and how many carets.
  private func excerpt(_ line: [Unicode.Scalar], _ diagnostic: Diagnostic) -> (shown: String, indent: Int, length: Int) {
    let start = min(diagnostic.column - 1, line.count)
    let last = diagnostic.endLine > diagnostic.line ? line.count : min(diagnostic.endColumn - 1, line.count)
    let end = max(last, start)
    let first = start > 80 ? start - 40 : 0
    let limit = min(line.count, max(first + 110, min(end, start + 60)))
    func shown(_ scalar: Unicode.Scalar) -> String { scalar == "\t" ? " " : scalar.printable }
    func cells(_ range: Range<Int>) -> Int {
      line[range].reduce(0) { $0 + ($1 == "\t" ? 1 : $1.isUnprintable ? $1.printable.unicodeScalars.count : $1.cells) }
    }
    let before = first > 0 ? "…" : ""
    let after = limit < line.count ? "…" : ""
    let text = line[first..<limit].map(shown).joined()
    return (before + text + after, before.count + cells(first..<start), max(1, cells(start..<min(end, limit))))
  }

  /// A line counted from 1, as the parser counts them; `nil` beyond the end. Bytes that are not UTF-8 are repaired.
  private static func line(_ number: Int, of source: [UInt8]) -> [Unicode.Scalar]? {
    var place = source.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var current = 1
    while true {
      let end = source[place...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? source.count
      if current == number { return Array(String(decoding: source[place..<end], as: UTF8.self).unicodeScalars) }
      guard end < source.count else { return nil }
      place = end + (source[end] == 0x0D && end + 1 < source.count && source[end + 1] == 0x0A ? 2 : 1)
      current += 1
    }
  }

  private enum Ink: String {
    case bold = "1"
    case red = "1;31"
    case yellow = "1;33"
  }

  private func paint(_ text: String, _ ink: Ink) -> String { color == .on ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text }
}

extension Diagnostic {
  /// The object of `--format json`.
  public var json: JSON {
    .object([
      "path": .string(path), "line": .int(Int64(line)), "column": .int(Int64(column)), "end_line": .int(Int64(endLine)),
      "end_column": .int(Int64(endColumn)), "severity": .string(severity.rawValue), "rule": .string(rule.rawValue),
      "message": .string(message), "hint": .string(hint),
    ])
  }
}
