public import YAML

/// A mistake in someone's file: where it is, what is wrong, and what to do.
public struct Diagnostic: Hashable, Sendable {
  public enum Severity: String, Sendable {
    case error, warning
  }

  /// Relative to the repository's root.
  public var path: String
  /// Where the value or key starts, and just after it ends; lines and columns count from 1, columns in characters.
  public var span: Span
  public var severity: Severity
  public var rule: Rule
  /// One sentence without a full stop, with the offending text and the accepted values; not yet escaped for a terminal.
  public var message: String
  /// What to do: no message is without a remedy.
  public var hint: String

  public init(_ rule: Rule, at span: Span = .wholeFile, of path: String, _ message: String, hint: String) {
    self.path = path
    self.span = span
    severity = rule.severity
    self.rule = rule
    self.message = message
    self.hint = hint
  }

  func repeats(_ other: Diagnostic) -> Bool { rule == other.rule && span == other.span && message == other.message }

  public var line: Int { Int(span.start.line) }
  public var column: Int { Int(span.start.column) }
  public var endLine: Int { Int(span.end.line) }
  public var endColumn: Int { Int(span.end.column) }
}

extension Diagnostic: Comparable {
  /// By place; at one place by rule and message, so that every report of the same content is the same.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    if left.path != right.path { return left.path < right.path }
    if left.span.start != right.span.start { return left.span.start < right.span.start }
    return (left.rule.rawValue, left.message) < (right.rule.rawValue, right.message)
  }
}
