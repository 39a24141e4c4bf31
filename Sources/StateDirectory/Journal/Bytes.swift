extension [UInt8] {
  mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  /// The little-endian number at `offset`; the caller knows that it is inside.
  func number<Number: FixedWidthInteger>(at offset: Int, _: Number.Type = Number.self) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  func slice(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[start..<(start + count)]) }

  /// Whether nothing but zeros follows; asked of the room behind a segment's last frame, which is long.
  func isZero(from start: Int) -> Bool { endOfContent(after: start) == start }

  /// Where the zeros begin that the bytes from `start` on end with.
  func endOfContent(after start: Int) -> Int {
    var end = count
    while end - start >= 8, number(at: end - 8, UInt64.self) == 0 { end -= 8 }
    while end > start, self[end - 1] == 0 { end -= 1 }
    return end
  }
}
