/// A repository's `.lfsconfig`: git's configuration format, of which one setting is of interest.
///
/// - Source: git-config(1), "Syntax"; git-lfs-config(5).
public enum ConfigFile {
  /// A longer one is not read.
  public static let longest = 65_536

  /// The value of `lfs.url`, the last one where there are several; `nil` where there is none, or the text is no configuration.
  public static func url(in bytes: [UInt8]) -> String? {
    guard bytes.count <= longest, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var isLFS = false
    var url: String?
    for line in logicalLines(text) {
      var line = line.drop(while: isBlank)
      if line.first == "[" {
        guard let end = line.firstIndex(of: "]") else { continue }
        isLFS = line[line.index(after: line.startIndex)..<end].filter { !isBlank($0) }.lowercased() == "lfs"
        line = line[line.index(after: end)...].drop(while: isBlank)
      }
      guard isLFS, let equals = line.firstIndex(of: "="), line[..<equals].filter({ !isBlank($0) }).lowercased() == "url" else { continue }
      url = value(line[line.index(after: equals)...])
    }
    return url.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Lines, with those that end in a backslash joined to the next.
  private static func logicalLines(_ text: String) -> [Substring] {
    var lines: [Substring] = []
    var open: String?
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let whole = (open ?? "") + line
      if whole.hasSuffix("\\"), !whole.hasSuffix("\\\\") {
        open = String(whole.dropLast())
      } else {
        lines.append(Substring(whole))
        open = nil
      }
    }
    return lines + (open.map { [Substring($0)] } ?? [])
  }

  /// A value without its quotes, escapes and comment, and without blanks around it.
  private static func value(_ text: Substring) -> String {
    var value = ""
    var isQuoted = false
    var keep = 0  // how much of it stays whatever blanks follow
    var rest = text.drop(while: isBlank).makeIterator()
    while let character = rest.next() {
      switch character {
      case "\"": isQuoted.toggle()
      case "\\": value.append(rest.next().map { ["n": "\n", "t": "\t", "b": "\u{8}"][$0] ?? $0 } ?? "\\")
      case "#" where !isQuoted, ";" where !isQuoted: return String(value.prefix(keep))
      default: value.append(character)
      }
      if isQuoted || !isBlank(character) { keep = value.count }
    }
    return String(value.prefix(keep))
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}
