/// Why bytes are not the JSON that was expected, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Counted from 1; columns in characters.
  public let line: Int
  public let column: Int
  public let reason: String

  public var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSON {
  /// How much of someone else's JSON is read.
  public struct Limits: Sendable {
    /// In bytes.
    public var size: Int
    /// Levels of arrays and objects.
    public var depth: Int

    public init(size: Int = 1 << 20, depth: Int = 64) {
      self.size = size
      self.depth = depth
    }
  }

  /// Reads exactly one JSON text in UTF-8: no comments, no trailing commas, no key twice in an object, no lone surrogates. Whole numbers
  /// within 64 bits stay exact, others become the nearest `Double`.
  ///
  /// - Source: RFC 8259. Our own and not Foundation's, which keeps the last of two equal keys and gives no place.
  public static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) -> JSON {
    var parser = Parser(bytes: bytes, limits: limits)
    guard bytes.count <= limits.size else { throw parser.error("more than \(limits.size) bytes", at: 0) }
    return try parser.document()
  }
}

private struct Parser {
  let bytes: [UInt8]
  let limits: JSON.Limits
  var position = 0

  init(bytes: [UInt8], limits: JSON.Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(level: 0)
    skipSpace()
    guard position == bytes.count else { throw error("something follows the end of the value") }
    return value
  }

  private mutating func value(level: Int) throws(JSONError) -> JSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(level: level + 1)
    case UInt8(ascii: "["): return try array(level: level + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("the text ends where a value goes")
    case .some(let byte):
      guard byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) else { throw error("not a value") }
      return try number()
    }
  }

  private mutating func object(level: Int) throws(JSONError) -> JSON {
    try open(level)
    var members: [String: JSON] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw error("a key goes here, in quotes") }
      let key = try string()
      guard take(":") else { throw error("a colon goes here") }
      let value = try value(level: level)
      guard members.updateValue(value, forKey: key) == nil else { throw error("this key stands twice in its object", at: start) }
    } while take(",")
    guard take("}") else { throw error("a comma or } goes here") }
    return .object(members)
  }

  private mutating func array(level: Int) throws(JSONError) -> JSON {
    try open(level)
    var elements: [JSON] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value(level: level)) } while take(",")
    guard take("]") else { throw error("a comma or ] goes here") }
    return .array(elements)
  }

  private mutating func open(_ level: Int) throws(JSONError) {
    guard level <= limits.depth else { throw error("more than \(limits.depth) levels") }
    position += 1
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[position...].starts(with: word.description.utf8) else { throw error("not a value") }
    position += word.utf8CodeUnitCount
    return value
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let integer = position
    guard digits() > 0 else { throw error("a digit goes here") }
    guard bytes[integer] != 0x30 || position == integer + 1 else { throw error("a number with a leading zero", at: start) }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      guard digits() > 0 else { throw error("a digit goes here") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      isWhole = false
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw error("a digit goes here") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .int(number) }
    guard let number = Double(text), number.isFinite else { throw error("a number out of range", at: start) }
    return .double(number)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    var content = bytes[start..<position]
    while true {
      switch next {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(utf8: content) else { throw error("text that is not UTF-8", at: start) }
        return text
      case UInt8(ascii: "\\"): try escape(into: &content)
      case nil: throw error("a text without a closing quote", at: start - 1)
      case .some(let byte):
        guard byte >= 0x20 else { throw error("a control character in a text; write it as an escape") }
        content.append(byte)
        position += 1
      }
    }
  }

  private mutating func escape(into content: inout ArraySlice<UInt8>) throws(JSONError) {
    let start = position
    position += 1
    let letter = next
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter ?? 0)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var code = try unit(start)
      if (0xD800...0xDBFF).contains(code), bytes[min(position, bytes.count)...].starts(with: "\\u".utf8) {
        position += 2
        let low = try unit(start)
        guard (0xDC00...0xDFFF).contains(low) else { throw error("half a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair", at: start) }
      content.append(contentsOf: UTF8.encode(scalar) ?? .init())
    default: throw error("an unknown escape", at: start)
    }
  }

  private mutating func unit(_ start: Int) throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count, bytes[position] != UInt8(ascii: "+"),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("\\u without four hexadecimal digits", at: start) }
    position += 4
    return code
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  func error(_ reason: String, at place: Int? = nil) -> JSONError {
    let before = bytes.prefix(place ?? position)
    let line = before.count { $0 == 0x0A } + 1
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONError(line: line, column: String(decoding: before[start...], as: UTF8.self).count + 1, reason: reason)
  }
}
