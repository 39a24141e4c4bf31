internal import CDeflate

/// A pack in the making: objects one after another, files that are alike as differences to the first of them, all others whole.
///
/// Written by ourselves, because libgit2's builder looks far for similar objects, and its indexer takes everything apart again.
///
/// - Source: git's documentation, gitformat-pack: `PACK`, version 2; the index of version 2.
struct PackWriter {
  enum Kind: UInt8 {
    case commit = 1
    case tree = 2
    case blob = 3

    var name: StaticString {
      switch self {
      case .commit: "commit"
      case .tree: "tree"
      case .blob: "blob"
      }
    }
  }

  private struct Place {
    let id: ObjectID
    let offset: Int
    let checksum: UInt32
  }

  private var bytes: [UInt8] = Array("PACK".utf8) + [0, 0, 0, 2, 0, 0, 0, 0]
  private var places: [Place] = []
  private var known: Set<ObjectID> = []
  /// The last file that is there whole, which the next ones may be like.
  private var model: (offset: Int, writer: DeltaWriter)?
  private let deflater: Deflater

  init(step: String, capacity: Int = 0) throws(GitError) {
    deflater = try Deflater(step: step)
    places.reserveCapacity(capacity)
    known.reserveCapacity(capacity)
    bytes.reserveCapacity(capacity * 200)
  }

  /// Takes an object in, once, however often it is added.
  ///
  /// - Returns: its name.
  mutating func add(_ kind: Kind, _ content: [UInt8]) throws(GitError) -> ObjectID {
    let id = PackWriter.name(of: kind, content)
    guard known.insert(id).inserted else { return id }
    let offset = bytes.count
    if kind == .blob, let model, let delta = model.writer.delta(to: content) {
      writeHead(Self.delta, delta.count)
      writeDistance(offset - model.offset)
      try deflater.deflate(delta, onto: &bytes)
    } else {
      writeHead(kind.rawValue, content.count)
      try deflater.deflate(content, onto: &bytes)
      if kind == .blob { model = DeltaWriter(base: content).map { (offset, $0) } }
    }
    let checksum = bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress?.advanced(by: offset), $0.count - offset) }
    places.append(Place(id: id, offset: offset, checksum: checksum))
    return id
  }

  /// The name that git gives such an object.
  static func name(of kind: Kind, _ content: [UInt8]) -> ObjectID {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { head in
      let start = writeHead(kind, content.count, to: head)
      return content.withUnsafeBytes { Digest.id(of: UnsafeRawBufferPointer(rebasing: head[start...]), $0) }
    }
  }

  /// `blob 123` and a NUL, at the end of a buffer that has room for it.
  ///
  /// - Returns: where it begins.
  private static func writeHead(_ kind: Kind, _ count: Int, to buffer: UnsafeMutableRawBufferPointer) -> Int {
    var place = buffer.count - 1
    buffer[place] = 0
    var rest = count
    repeat {
      place -= 1
      buffer[place] = UInt8(0x30 + rest % 10)
      rest /= 10
    } while rest > 0
    place -= 1
    buffer[place] = UInt8(ascii: " ")
    place -= kind.name.utf8CodeUnitCount
    kind.name.withUTF8Buffer { name in for (offset, byte) in name.enumerated() { buffer[place + offset] = byte } }
    return place
  }

  /// The kind, and how many bytes there are once they are unpacked: four bits, then seven at a time.
  private mutating func writeHead(_ type: UInt8, _ size: Int) {
    var rest = size >> 4
    var byte = type << 4 | UInt8(size & 0x0F)
    while rest > 0 {
      bytes.append(byte | 0x80)
      byte = UInt8(rest & 0x7F)
      rest >>= 7
    }
    bytes.append(byte)
  }

  /// How far before a difference its base lies: seven bits at a time, the highest first, and none that could be said with fewer bytes.
  private mutating func writeDistance(_ distance: Int) {
    var (groups, count, rest) = (UInt64(distance & 0x7F), UInt64(1), UInt64(distance >> 7))
    while rest > 0 {
      rest -= 1
      groups |= (rest & 0x7F | 0x80) << (8 * count)
      count += 1
      rest >>= 7
    }
    for group in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: groups >> (8 * group))) }
  }

  /// A difference to an object at another place of the pack.
  private static let delta: UInt8 = 6

  /// A pack that is whole, and its index.
  struct Finished {
    let bytes: [UInt8]
    let index: [UInt8]
    /// The checksum that the pack ends with, and is called after.
    let checksum: ObjectID
  }

  /// Nothing more may be added.
  mutating func finished() -> Finished {
    withUnsafeBytes(of: UInt32(places.count).bigEndian) { count in for (place, byte) in count.enumerated() { bytes[8 + place] = byte } }
    let checksum = bytes.withUnsafeBytes { Digest.id(of: $0) }
    checksum.write(to: &bytes)
    return Finished(bytes: bytes, index: index(checksum), checksum: checksum)
  }

  private func index(_ checksum: ObjectID) -> [UInt8] {
    let sorted = places.sorted { $0.id < $1.id }
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    index.reserveCapacity(1100 + sorted.count * 28)
    var counts = [UInt32](repeating: 0, count: 256)
    for place in sorted { counts[place.id.firstByte] += 1 }
    var sum: UInt32 = 0
    for count in counts {
      sum += count
      Self.write(sum, to: &index)
    }
    for place in sorted { place.id.write(to: &index) }
    for place in sorted { Self.write(place.checksum, to: &index) }
    // What begins beyond 2 GiB has its place in a second table.
    let far = sorted.filter { $0.offset > Int(Int32.max) }.map(\.offset)
    var next: UInt32 = 0
    for place in sorted {
      let isFar = place.offset > Int(Int32.max)
      Self.write(isFar ? 1 << 31 | next : UInt32(place.offset), to: &index)
      if isFar { next += 1 }
    }
    for offset in far { Self.write(UInt64(offset), to: &index) }
    checksum.write(to: &index)
    index.withUnsafeBytes { Digest.id(of: $0) }.write(to: &index)
    return index
  }

  /// The highest byte first.
  private static func write<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

extension ObjectID {
  /// The name of a file with such a content.
  public init(ofBlob content: [UInt8]) { self = PackWriter.name(of: .blob, content) }
}
