extension JSON {
  /// The canonical text: sorted keys, two spaces a level, a final newline.
  public func text() -> String { String(decoding: bytes(), as: UTF8.self) }

  /// The canonical text in UTF-8.
  public func bytes() -> [UInt8] {
    var writer = Writer(isIndented: true)
    writer.write(self, level: 0)
    writer.output.append(0x0A)
    return writer.output
  }

  /// The same on one line, without spaces and without a newline: for lines of a log and for bodies of requests.
  public func compactBytes() -> [UInt8] {
    var writer = Writer(isIndented: false)
    writer.write(self, level: 0)
    return writer.output
  }

  /// The text of ``compactBytes()``.
  public func compactText() -> String { String(decoding: compactBytes(), as: UTF8.self) }
}

private struct Writer {
  let isIndented: Bool
  var output: [UInt8] = []

  init(isIndented: Bool) {
    self.isIndented = isIndented
    output.reserveCapacity(1024)
  }

  mutating func write(_ value: JSON, level: Int) {
    switch value {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
    case .int(let number): output.append(contentsOf: String(number).utf8)
    // JSON has no word for infinity or "not a number".
    case .double(let number): output.append(contentsOf: (number.isFinite ? String(number) : "null").utf8)
    case .string(let text): write(text)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        separate(first: index == 0, level: level + 1)
        write(element, level: level + 1)
      }
      if !elements.isEmpty { breakLine(level: level) }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        separate(first: index == 0, level: level + 1)
        write(member.key)
        output.append(UInt8(ascii: ":"))
        if isIndented { output.append(0x20) }
        write(member.value, level: level + 1)
      }
      if !members.isEmpty { breakLine(level: level) }
      output.append(UInt8(ascii: "}"))
    }
  }

  private mutating func separate(first: Bool, level: Int) {
    if !first { output.append(UInt8(ascii: ",")) }
    breakLine(level: level)
  }

  private mutating func breakLine(level: Int) {
    guard isIndented else { return }
    output.append(0x0A)
    for _ in 0..<level { output.append(contentsOf: [0x20, 0x20]) }
  }

  /// Copies what needs no escape in runs: most texts are one run.
  private mutating func write(_ text: String) {
    output.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      var position = 0
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
        output.append(contentsOf: bytes[start..<position])
        escape(bytes[position..<position + length])
        position += length
        start = position
      }
      output.append(contentsOf: bytes[start..<bytes.count])
    }
    output.append(UInt8(ascii: "\""))
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
