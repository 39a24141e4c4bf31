/// Writes values one after another: integers as zigzag varints, text as its length and its UTF-8, an absent value as a zero byte.
public struct ByteWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// For about so many bytes.
  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Begins anew, with the memory that it has.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  public mutating func write(_ value: UInt8) { bytes.append(value) }

  public mutating func write(_ value: Int64) {
    var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  public mutating func write(_ value: Int) { write(Int64(value)) }
  public mutating func write(_ value: Bool) { write(UInt8(value ? 1 : 0)) }
  public mutating func write(_ value: Instant) { write(value.milliseconds) }
  public mutating func write(_ value: Duration) { write(value.milliseconds) }

  public mutating func write(_ value: String) {
    var value = value
    value.withUTF8 { text in
      write(text.count)
      bytes.append(contentsOf: text)
    }
  }

  public mutating func write(_ slice: ArraySlice<UInt8>) {
    write(slice.count)
    bytes.append(contentsOf: slice)
  }

  public mutating func write(_ id: DeliveryID) {
    write(id.post.text)
    write(id.account.text)
  }

  @inlinable public mutating func write<Value>(_ value: Value?, _ encode: (inout ByteWriter, Value) -> Void) {
    write(value != nil)
    if let value { encode(&self, value) }
  }

  @inlinable public mutating func write<Values: Collection>(all values: Values, _ encode: (inout ByteWriter, Values.Element) -> Void) {
    write(values.count)
    for value in values { encode(&self, value) }
  }
}

/// Reads what a ``ByteWriter`` wrote. Every read checks its bounds: a damaged file gives an error, never a crash.
public struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  public var isAtEnd: Bool { position == bytes.endIndex }

  public mutating func byte() throws(MalformedBytes) -> UInt8 {
    guard position < bytes.endIndex else { throw MalformedBytes(offset: position) }
    defer { position += 1 }
    return bytes[position]
  }

  public mutating func int64() throws(MalformedBytes) -> Int64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << UInt64(shift)
      if next < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
    }
    throw MalformedBytes(offset: position)
  }

  public mutating func int() throws(MalformedBytes) -> Int { Int(try int64()) }
  /// A number of attempts or failures: bounded as in records, so that counting on from it is safe.
  mutating func attempts() throws(MalformedBytes) -> Int {
    let number = try int()
    guard (0...HistoryRecord.mostAttempts).contains(number) else { throw malformed() }
    return number
  }

  public mutating func instant() throws(MalformedBytes) -> Instant { Instant(milliseconds: try int64()) }
  public mutating func duration() throws(MalformedBytes) -> Duration { .milliseconds(try int64()) }

  public mutating func bool() throws(MalformedBytes) -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    default: throw MalformedBytes(offset: position - 1)
    }
  }

  public mutating func string() throws(MalformedBytes) -> String {
    guard let text = String(utf8: try slice()) else { throw MalformedBytes(offset: position) }
    return text
  }

  /// As many bytes as the number before them says, in place.
  public mutating func slice() throws(MalformedBytes) -> ArraySlice<UInt8> {
    let count = try count()
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  public mutating func account() throws(MalformedBytes) -> AccountName {
    guard let account = AccountName(try string()) else { throw malformed() }
    return account
  }

  public mutating func deliveryID() throws(MalformedBytes) -> DeliveryID {
    guard let post = PostID(try string()), let account = AccountName(try string()) else { throw MalformedBytes(offset: position) }
    return DeliveryID(post: post, account: account)
  }

  @inlinable public mutating func optional<Value>(
    _ decode: (inout ByteReader) throws(MalformedBytes) -> Value
  ) throws(MalformedBytes) -> Value? {
    try bool() ? try decode(&self) : nil
  }

  /// How many values follow; never more than there are bytes.
  public mutating func count() throws(MalformedBytes) -> Int {
    let count = try int()
    guard count >= 0, count <= bytes.endIndex - position else { throw MalformedBytes(offset: position) }
    return count
  }

  @inlinable public mutating func array<Value>(_ decode: (inout ByteReader) throws(MalformedBytes) -> Value) throws(MalformedBytes)
    -> [Value]
  {
    let count = try count()
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try decode(&self)) }
    return values
  }

  /// What is wrong where a value has a form that no writer makes.
  public func malformed() -> MalformedBytes { MalformedBytes(offset: position) }
}

/// Bytes that no ``ByteWriter`` wrote, although their checksum is right: another version's, or somebody's.
public struct MalformedBytes: Error, Equatable, Sendable {
  public let offset: Int
}

extension String {
  /// The text that the bytes are; nil where they are no UTF-8. It costs a third of what `String(validating:as:)` does with a slice.
  init?(utf8 bytes: ArraySlice<UInt8>) {
    guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
    self.init(copying: text)
  }
}
