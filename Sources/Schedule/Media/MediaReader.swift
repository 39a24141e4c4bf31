/// The bytes of a media file, read from where they are as they are wanted.
public struct MediaBytes: Sendable {
  /// Of the whole file.
  public let count: Int
  /// So many bytes from an offset on; `nil` or fewer where they cannot be read.
  public let read: @Sendable (_ offset: Int, _ count: Int) -> [UInt8]?

  public init(count: Int, read: @escaping @Sendable (_ offset: Int, _ count: Int) -> [UInt8]?) {
    self.count = count
    self.read = read
  }

  public init(_ bytes: [UInt8]) {
    self.init(count: bytes.count) { offset, count in Array(bytes.dropFirst(offset).prefix(count)) }
  }
}

/// Reads a media file in blocks, and no more of it than any honest header needs.
struct MediaReader {
  /// A film of hours has a header of a few MB.
  static let mostBytes = 64 * 1024 * 1024
  /// How many boxes, segments or elements are looked at: a film of ten minutes in pieces of a tenth of a second has 12,000.
  static let mostParts = 100_000
  /// What lies together is read together.
  private static let block = 4096

  private let file: MediaBytes
  private var start = 0
  private var bytes: [UInt8] = []
  private var bytesLeft = Self.mostBytes
  private var partsLeft = Self.mostParts

  init(_ file: MediaBytes) { self.file = file }

  var end: Int { file.count }

  mutating func bytes(at offset: Int, _ count: Int) throws(MediaFault) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= end, count <= end - offset else { throw MediaFault("it is cut short") }
    if offset < start || offset - start > bytes.count - count { try fetch(offset, max(count, min(Self.block, end - offset))) }
    return Array(bytes[(offset - start)...].prefix(count))
  }

  /// Counts one more part of the header.
  mutating func takePart() throws(MediaFault) {
    partsLeft -= 1
    guard partsLeft >= 0 else { throw MediaFault("its header has more than \(Self.mostParts) parts") }
  }

  private mutating func fetch(_ offset: Int, _ count: Int) throws(MediaFault) {
    bytesLeft -= count
    guard bytesLeft >= 0 else { throw MediaFault("its header is longer than \(Self.mostBytes) bytes") }
    guard let found = file.read(offset, count), found.count >= count else { throw MediaFault("it could not be read to its end") }
    (start, bytes) = (offset, found)
  }
}

extension [UInt8] {
  /// The unsigned number of `size` bytes, up to 8, at `place`, the most significant first.
  func number(at place: Int, _ size: Int) throws(MediaFault) -> UInt64 {
    guard place >= 0, place <= count, size <= count - place else { throw MediaFault("a part of its header is too short") }
    return self[place...].prefix(size).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The same, up to 7 bytes, the least significant first.
  func littleNumber(at place: Int, _ size: Int) throws(MediaFault) -> Int {
    guard place >= 0, place <= count, size <= count - place else { throw MediaFault("a part of its header is too short") }
    return self[place...].prefix(size).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

/// So many units of which a second has `scale`.
func duration(_ ticks: UInt64, per scale: UInt64) throws(MediaFault) -> Duration {
  guard scale > 0 else { throw MediaFault("its header divides a second into none") }
  let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: scale)
  guard seconds < 1_000_000_000, scale <= 1 << 32 else { throw MediaFault("its header says that it lasts for years") }
  return .seconds(Int64(seconds)) + .nanoseconds(Int64(rest * 1_000_000_000 / scale))
}
