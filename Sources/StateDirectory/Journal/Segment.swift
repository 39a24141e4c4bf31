import Failpoints

/// One file of the journal: a header of 48 bytes, then frames.
///
///     magic 8 | version 4 | journal id 16 | number 8 | first entry 8 | checksum 4
///
/// The header is written, flushed and renamed into place as a whole, so a crash never leaves half of it.
struct Segment: Equatable, Sendable {
  let journal: JournalID
  /// Counts from 1 without a gap; the file's name says it too.
  let number: UInt64
  /// The number of the first entry in it, or of the next one if it has none.
  let first: UInt64

  static let headerSize = 48
  private static let magic: UInt64 = 0x3147_4553_4E52_4850  // "PHRNSEG1"
  private static let version: UInt32 = 1
  private static let prefix = "segment-"

  /// Numbers of segments and entries that a journal can reach: counting on from one of them never overflows.
  static let plausible: ClosedRange<UInt64> = 1...(1 << 62)

  var name: String { Self.name(number) }

  static func name(_ number: UInt64) -> String {
    let digits = String(number)
    return prefix + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  }

  /// The number in a segment's file name: nil for other files, .some(nil) for one that only looks like a segment.
  static func number(in name: String) -> UInt64?? {
    guard name.hasPrefix(prefix) else { return nil }
    guard let number = UInt64(name.dropFirst(prefix.count)), number > 0, Self.name(number) == name else { return .some(nil) }
    return .some(number)
  }

  var header: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.magic)
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: journal.high)
    bytes.append(littleEndian: journal.low)
    bytes.append(littleEndian: number)
    bytes.append(littleEndian: first)
    var checksum = CRC32C()
    checksum.update(bytes)
    bytes.append(littleEndian: checksum.value)
    return bytes
  }

  /// Reads a header; nil if it is not one that this version wrote.
  init?(header bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headerSize, bytes.number(at: 0) == Self.magic, bytes.number(at: 8) == Self.version else { return nil }
    var checksum = CRC32C()
    checksum.update(bytes.slice(0, 44))
    guard bytes.number(at: 44) == checksum.value else { return nil }
    self.init(
      journal: JournalID(high: bytes.number(at: 12), low: bytes.number(at: 20)), number: bytes.number(at: 28),
      first: bytes.number(at: 36))
    guard Self.plausible.contains(number), Self.plausible.contains(first) else { return nil }
  }

  init(journal: JournalID, number: UInt64, first: UInt64) {
    (self.journal, self.number, self.first) = (journal, number, first)
  }

  /// Makes the segment's file with `frames` in it, durable before it has its name (F6).
  func create(in folder: Folder, frames: ArraySlice<UInt8> = []) throws(StateError) {
    try folder.replace(name, with: header + frames)
    try pass(.segmentCreated)
  }
}
