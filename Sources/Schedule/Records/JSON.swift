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

extension JSON {
  /// The member called `key`; `nil` where there is none, or this is not an object. A member that is `null` is ``JSON/null``.
  public subscript(key: String) -> JSON? { object?[key] }

  /// The element at `index`; `nil` where there is none, or this is not an array.
  public subscript(index: Int) -> JSON? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  public var isNull: Bool { self == .null }

  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  public var int: Int64? {
    guard case .int(let value) = self else { return nil }
    return value
  }

  /// A number, whole or not.
  public var double: Double? {
    switch self {
    case .double(let value): value
    case .int(let value): Double(value)
    case .null, .bool, .string, .array, .object: nil
    }
  }

  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  public var array: [JSON]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  public var object: [String: JSON]? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// A text, or `null` where there is none.
  public init(_ text: String?) { self = text.map(JSON.string) ?? .null }

  /// A whole number, or `null` where there is none.
  public init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }

  /// An instant as RFC 3339 in UTC with milliseconds, or `null` where there is none.
  public init(_ instant: Instant?) { self = instant.map { .string($0.description) } ?? .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// Where a key stands twice, the later value holds.
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(elements) { $1 }) }
}
