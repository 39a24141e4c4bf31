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
    let plain = FormulaGuard.protect(text.withLineFeeds.withoutControls)
    let needsQuotes = plain.utf8.contains { ",\";\t\n".utf8.contains($0) } || plain.hasPrefix(" ") || plain.hasSuffix(" ")
    return needsQuotes ? "\"\(plain.escaping(["\"": "\"\""]))\"" : plain
  }
}

/// The apostrophe before what would be a formula, and before one that an author wrote there: put there on the way out, taken away on the way in.
enum FormulaGuard {
  private static let starts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t"]

  static func protect(_ text: String) -> String { isGuarded(text) ? "'\(text)" : text }

  static func release(_ text: String) -> String {
    text.unicodeScalars.first == "'" && isGuarded(text) ? String(text.unicodeScalars.dropFirst()) : text
  }

  /// Whether there is a formula behind any number of apostrophes.
  private static func isGuarded(_ text: String) -> Bool {
    text.unicodeScalars.first { $0 != "'" }.map(starts.contains) == true
  }
}

extension String {
  /// Control characters escaped, which no post has; all else as it is, what has no width and what changes the order of text included.
  fileprivate var withoutControls: String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t" }
    guard unicodeScalars.contains(where: isControl) else { return self }
    return unicodeScalars.map { isControl($0) ? $0.printable : String($0) }.joined()
  }
}
