/// One record of the journal as bytes: a header of 36 bytes, then the body. Numbers are little-endian.
///
///     magic 4 | length 4 | sequence 8 | flushed 8 | kind 4 | checksum of the header 4 | checksum of header and body 4
///
/// The header's own checksum lets a reader believe a length, and look for frames behind a bad place without reading bodies.
struct Frame: Equatable {
  enum Kind: UInt32 { case entry = 1, seal = 2 }

  let kind: Kind
  /// Entries count from 1 without a gap. A seal carries the number of the entry that comes next.
  let sequence: UInt64
  /// Every entry before this number had reached the disk when the frame was written: what tells damage from a tear.
  let flushed: UInt64
  let length: Int

  static let headerSize = 36
  static let largestBody = 1 << 20
  private static let magic: UInt32 = 0x4652_4850  // "PHRF"
  private static let firstByte = UInt8(truncatingIfNeeded: magic)

  var size: Int { Self.headerSize + length }

  /// Appends a frame to `bytes`. `seed` is the journal's ``JournalID/checksum``.
  static func write(_ kind: Kind, _ sequence: UInt64, flushed: UInt64, _ body: [UInt8] = [], seed: CRC32C, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(littleEndian: magic)
    bytes.append(littleEndian: UInt32(body.count))
    bytes.append(littleEndian: sequence)
    bytes.append(littleEndian: flushed)
    bytes.append(littleEndian: kind.rawValue)
    var checksum = seed
    bytes.withUnsafeBytes { checksum.update($0.slice(start, 28)) }
    bytes.append(littleEndian: checksum.value)
    checksum.update(body)
    bytes.append(littleEndian: checksum.value)
    bytes.append(contentsOf: body)
  }

  /// What a place in a segment holds.
  enum Reading: Equatable {
    case frame(Frame)
    /// A header that was written whole, and a body that was not.
    case badBody(Frame)
    case badHeader
  }

  static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: CRC32C) -> Reading {
    guard let frame = header(bytes, at: offset, seed: seed) else { return .badHeader }
    guard frame.length <= largestBody, frame.size <= bytes.count - offset else { return .badBody(frame) }
    var checksum = seed
    checksum.update(bytes.slice(offset, 28))
    checksum.update(bytes.slice(offset + headerSize, frame.length))
    return bytes.number(at: offset + 32) == checksum.value ? .frame(frame) : .badBody(frame)
  }

  /// The header at `offset`, or nil where its checksum does not fit.
  static func header(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: CRC32C) -> Frame? {
    guard offset + headerSize <= bytes.count, bytes.number(at: offset) == magic else { return nil }
    var checksum = seed
    checksum.update(bytes.slice(offset, 28))
    guard bytes.number(at: offset + 28) == checksum.value, let kind = Kind(rawValue: bytes.number(at: offset + 24)) else { return nil }
    let length: UInt32 = bytes.number(at: offset + 4)
    return Frame(kind: kind, sequence: bytes.number(at: offset + 8), flushed: bytes.number(at: offset + 16), length: Int(length))
  }

  /// The first whole header after `offset` of which `fits` is true.
  static func search(
    _ bytes: UnsafeRawBufferPointer, after offset: Int, seed: CRC32C, where fits: (Frame) -> Bool
  ) -> Int? {
    guard offset + 1 < bytes.count else { return nil }
    return (offset + 1..<bytes.count).first { place in
      guard bytes[place] == firstByte, let frame = header(bytes, at: place, seed: seed) else { return false }
      return fits(frame)
    }
  }
}
