/// Takes bytes that somebody else wrote apart, front to back; never beyond their end.
struct ByteReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) { rest = ArraySlice(bytes) }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func bytes(_ count: Int) throws(SignatureError) -> [UInt8] {
    guard count >= 0, count <= rest.count else { throw .malformed("it ends too early") }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func byte() throws(SignatureError) -> UInt8 {
    guard let byte = rest.popFirst() else { throw .malformed("it ends too early") }
    return byte
  }

  /// A big-endian number of so many bytes, four at most.
  mutating func number(_ width: Int) throws(SignatureError) -> Int {
    try bytes(width).reduce(0) { $0 << 8 | Int($1) }
  }

  /// A length of four bytes, and so many bytes. Source: RFC 4251, section 5.
  mutating func string() throws(SignatureError) -> [UInt8] { try bytes(try number(4)) }

  mutating func text() throws(SignatureError) -> String { String(decoding: try string(), as: UTF8.self) }
}

/// The number without leading zeros.
func withoutZeros(_ bytes: some Collection<UInt8>) -> [UInt8] { Array(bytes.drop { $0 == 0 }) }

/// The number in exactly so many bytes; `nil` where it needs more.
func padded(_ bytes: some Collection<UInt8>, to count: Int) -> [UInt8]? {
  let digits = withoutZeros(bytes)
  guard digits.count <= count else { return nil }
  return [UInt8](repeating: 0, count: count - digits.count) + digits
}

/// The four bytes of a length, the most significant first.
func bigEndian(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
