/// Writes JSON as ``JSON/bytes()`` and ``JSON/compactBytes()`` give it, piece by piece.
struct JSONWriter: ~Copyable {
  private let isIndented: Bool
  private var output = ByteBuffer(capacity: 1536)

  init(isIndented: Bool) { self.isIndented = isIndented }

  /// What is written so far.
  var bytes: [UInt8] { output.array }

  mutating func endFile() { output.append(0x0A) }

  mutating func write(_ value: JSON, level: Int) {
    switch value {
    case .null: writeNull()
    case .bool(let flag): output.append(flag ? "true" : "false")
    case .int(let number): write(number)
    // JSON has no word for infinity or "not a number".
    case .double(let number): if number.isFinite { append(String(number)) } else { writeNull() }
    case .string(let text): write(text)
    case .array(let elements):
      open(.array)
      for (index, element) in elements.enumerated() {
        separate(first: index == 0, level: level + 1)
        write(element, level: level + 1)
      }
      close(.array, isEmpty: elements.isEmpty, level: level)
    case .object(let members):
      open(.object)
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        separate(first: index == 0, level: level + 1)
        write(key: member.key)
        write(member.value, level: level + 1)
      }
      close(.object, isEmpty: members.isEmpty, level: level)
    }
  }

  enum Collection {
    case array, object
  }

  mutating func open(_ collection: Collection) { output.append(collection == .array ? UInt8(ascii: "[") : UInt8(ascii: "{")) }

  mutating func close(_ collection: Collection, isEmpty: Bool, level: Int) {
    if !isEmpty { breakLine(level: level) }
    output.append(collection == .array ? UInt8(ascii: "]") : UInt8(ascii: "}"))
  }

  /// Before each element or member.
  mutating func separate(first: Bool, level: Int) {
    if !first { output.append(UInt8(ascii: ",")) }
    breakLine(level: level)
  }

  mutating func write(key: String) {
    write(key)
    endKey()
  }

  /// A key of our own, in which nothing has to be escaped.
  mutating func write(key: StaticString) {
    output.append(UInt8(ascii: "\""))
    output.append(key)
    output.append(UInt8(ascii: "\""))
    endKey()
  }

  private mutating func endKey() {
    output.append(UInt8(ascii: ":"))
    if isIndented { output.append(0x20) }
  }

  mutating func writeNull() { output.append("null") }

  mutating func write(_ number: Int64) {
    if (0...9).contains(number) { output.append(UInt8(0x30 + number)) } else { append(String(number)) }
  }

  private mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { output.append($0) }
  }

  /// Its text, without making a string of it.
  mutating func write(_ instant: Instant) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
      var digits = DigitWriter(buffer)
      digits.write("\"")
      digits.write(instant)
      digits.write("\"")
      output.append(UnsafeBufferPointer(rebasing: buffer[..<digits.count]))
    }
  }

  private mutating func breakLine(level: Int) {
    guard isIndented else { return }
    output.append(0x0A)
    output.append(0x20, times: 2 * level)
  }

  /// Copies what needs no escape in runs: most texts are one run.
  mutating func write(_ text: String) {
    output.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      var position = plainCount(bytes)
      while position < bytes.count {
        let byte = bytes[position]
        if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
          position += 1
          continue
        }
        let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        if byte >= 0x80, !isInvisible(bytes[position..<min(position + length, bytes.count)]) {
          position += length
          continue
        }
        output.append(UnsafeBufferPointer(rebasing: bytes[start..<position]))
        escape(bytes[position..<position + length])
        position += length
        start = position
      }
      output.append(UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    output.append(UInt8(ascii: "\""))
  }

  /// How many bytes at the beginning need no escape for certain: eight are looked at together.
  private func plainCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let raw = UnsafeRawBufferPointer(bytes)
    var count = 0
    while count + 8 <= raw.count, Self.isPlain(raw.loadUnaligned(fromByteOffset: count, as: UInt64.self)) { count += 8 }
    return count
  }

  /// Whether all eight are ASCII, visible or a space, and neither a quote nor a backslash: adding to a byte sets its top bit where it is more
  /// than some other, and where all are ASCII nothing is carried over.
  private static func isPlain(_ word: UInt64) -> Bool {
    let (each, top): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let (quote, backslash) = (word ^ each &* 0x22, word ^ each &* 0x5C)
    guard word & top == 0 else { return false }
    let isVisible = (word &+ each &* 0x60) & ~(word &+ each)
    let isOther = (quote &+ each &* 0x7F) & (backslash &+ each &* 0x7F)
    return isVisible & isOther & top == top
  }

  /// C1 controls, line and paragraph separators, marks that turn the direction of text, and the byte order mark: valid JSON as they are, but
  /// a record is read in terminals and reviewed as a diff, where they hide or move what stands around them.
  private func isInvisible(_ scalar: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    switch code(scalar) {
    case 0x80...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  private func code(_ scalar: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32 {
    guard let first = scalar.first, scalar.count > 1 else { return UInt32(scalar.first ?? 0) }
    let lead = UInt32(first) & (0x7F >> UInt32(scalar.count))
    return scalar.dropFirst().reduce(lead) { $0 << 6 | UInt32($1 & 0x3F) }
  }

  private mutating func escape(_ scalar: Slice<UnsafeBufferPointer<UInt8>>) {
    let code = code(scalar)
    output.append(UInt8(ascii: "\\"))
    switch code {
    case 0x22, 0x5C: output.append(UInt8(code))
    case 0x08: output.append(UInt8(ascii: "b"))
    case 0x09: output.append(UInt8(ascii: "t"))
    case 0x0A: output.append(UInt8(ascii: "n"))
    case 0x0C: output.append(UInt8(ascii: "f"))
    case 0x0D: output.append(UInt8(ascii: "r"))
    default:
      output.append(UInt8(ascii: "u"))
      for shift in [12, 8, 4, 0] {
        let digit = UInt8(code >> UInt32(shift) & 0xF)
        output.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
      }
    }
  }
}
