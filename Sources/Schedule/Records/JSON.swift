/// A JSON value, and the one way in which Posthorn writes it: sorted keys, two spaces, a final newline, so a change is a one-line diff.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}
