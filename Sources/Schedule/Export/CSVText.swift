/// Rows of text as a file that spreadsheets open.
///
/// - Source: RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP's "CSV Injection" advises.
public struct CSVText: Sendable {
  public private(set) var text = ""

  public init() {}

  public mutating func add(_ cells: some Sequence<String>) {
    text += cells.map(Self.cell).joined(separator: ",") + "\r\n"
  }

  private static func cell(_ text: String) -> String {
    let plain = FormulaGuard.protect(text.withLineFeeds.printableLines)
    let needsQuotes = plain.utf8.contains { ",\";\t\n".utf8.contains($0) } || plain.hasPrefix(" ") || plain.hasSuffix(" ")
    return needsQuotes ? "\"\(plain.escaping(["\"": "\"\""]))\"" : plain
  }
}

/// The apostrophe before what would be a formula: put there on the way out, taken away on the way in.
enum FormulaGuard {
  private static let starts: Set<Unicode.Scalar> = ["=", "+", "-", "@"]

  static func protect(_ text: String) -> String { text.unicodeScalars.first.map(starts.contains) == true ? "'\(text)" : text }

  static func release(_ text: String) -> String {
    let rest = text.unicodeScalars.dropFirst()
    guard text.unicodeScalars.first == "'", let next = rest.first, starts.contains(next) else { return text }
    return String(rest)
  }
}
