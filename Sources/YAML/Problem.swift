/// Why a file, or a part of it, is not read: what the YAML of this project leaves out, what its limits refuse, what does not parse.
public struct Problem: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// libyaml's words: what it wanted, and while doing what, from where.
    case syntax(problem: String, context: String?, from: Mark?)
    case anchor(String)
    case alias(String)
    case tag(String)
    case directive
    case secondDocument
    case tooDeep
    case tooManyNodes
    case scalarTooLong
    case keyTooLong
    /// A sequence or a mapping where a key should stand.
    case keyNotText
    case duplicateKey(String, first: Mark)
    case fileTooLarge(bytes: Int)
    case utf16
    case invalidUTF8
    /// A character that no text may contain, as it stands in the file or after decoding its escape.
    case controlCharacter(UInt32)
    /// An escape of one half of a character, without the other half beside it.
    case halfCharacter
    /// More problems than anybody reads: the rest of the file was not looked at.
    case tooManyProblems
  }

  public let kind: Kind
  public let span: Span

  public init(_ kind: Kind, at span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// What a file may hold; libyaml itself has no limits.
public enum Limit {
  public static let levels = 32
  public static let nodes = 10_000
  public static let scalarBytes = 256 * 1024
  public static let keyBytes = 256
  public static let fileBytes = 1024 * 1024
  /// Reported for one file.
  public static let problems = 100
}
