internal import CDeflate

/// A pack in the making: objects one after another, whole and compressed, none of them as a difference to another.
///
/// Written by ourselves, because libgit2's builder looks for similar objects, and its indexer takes everything apart again.
///
/// - Source: git's documentation, gitformat-pack: `PACK`, version 2; the index of version 2.
struct PackWriter {
  enum Kind: UInt8 {
    case commit = 1
    case tree = 2
    case blob = 3

    var name: String {
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
  private let deflater: Deflater

  init(step: String) throws(GitError) { deflater = try Deflater(step: step) }

  /// Takes an object in, once, however often it is added.
  ///
  /// - Returns: its name.
  mutating func add(_ kind: Kind, _ content: [UInt8]) throws(GitError) -> ObjectID {
    let id = PackWriter.name(of: kind, content)
    guard known.insert(id).inserted else { return id }
    let offset = bytes.count
    writeHead(kind, content.count)
    try deflater.deflate(content, onto: &bytes)
    let checksum = bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress?.advanced(by: offset), $0.count - offset) }
    places.append(Place(id: id, offset: offset, checksum: checksum))
    return id
  }

  /// The name that git gives such an object.
  static func name(of kind: Kind, _ content: [UInt8]) -> ObjectID {
    let head = Array("\(kind.name) \(content.count)\0".utf8)
    return ObjectID(head.withUnsafeBytes { head in content.withUnsafeBytes { Digest.sha1(head, $0) } })
  }

  /// The kind, and how many bytes there are once they are unpacked: four bits, then seven at a time.
  private mutating func writeHead(_ kind: Kind, _ size: Int) {
    var rest = size >> 4
    var byte = kind.rawValue << 4 | UInt8(size & 0x0F)
    while rest > 0 {
      bytes.append(byte | 0x80)
      byte = UInt8(rest & 0x7F)
      rest >>= 7
    }
    bytes.append(byte)
  }

  /// A pack that is whole, and its index.
  struct Finished {
    let bytes: [UInt8]
    let index: [UInt8]
    /// The checksum that the pack ends with, and is called after.
    let checksum: ObjectID
  }

  consuming func finished() -> Finished {
    bytes.replaceSubrange(8..<12, with: PackWriter.bigEndian(UInt32(places.count)))
    let checksum = PackWriter.appendDigest(to: &bytes)
    return Finished(bytes: bytes, index: index(checksum), checksum: ObjectID(checksum))
  }

  private func index(_ checksum: [UInt8]) -> [UInt8] {
    let sorted = places.sorted { $0.id < $1.id }
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    index.reserveCapacity(1100 + sorted.count * 28)
    var counts = [UInt32](repeating: 0, count: 256)
    for place in sorted { counts[place.id.firstByte] += 1 }
    var sum: UInt32 = 0
    for count in counts {
      sum += count
      index += PackWriter.bigEndian(sum)
    }
    for place in sorted { place.id.write(to: &index) }
    for place in sorted { index += PackWriter.bigEndian(place.checksum) }
    // What begins beyond 2 GiB has its place in a second table.
    let far = sorted.filter { $0.offset > Int(Int32.max) }.map(\.offset)
    var next: UInt32 = 0
    for place in sorted {
      let isFar = place.offset > Int(Int32.max)
      index += PackWriter.bigEndian(isFar ? 1 << 31 | next : UInt32(place.offset))
      if isFar { next += 1 }
    }
    for offset in far { index += PackWriter.bigEndian(UInt64(offset)) }
    index += checksum
    _ = PackWriter.appendDigest(to: &index)
    return index
  }

  private static func appendDigest(to bytes: inout [UInt8]) -> [UInt8] {
    let result = bytes.withUnsafeBytes { Digest.sha1($0) }
    bytes += result
    return result
  }

  private static func bigEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] { withUnsafeBytes(of: word.bigEndian) { Array($0) } }
}

extension ObjectID {
  /// The name of a file with such a content.
  public init(ofBlob content: [UInt8]) { self = PackWriter.name(of: .blob, content) }
}

/// What compresses many objects, each in one piece: libdeflate, which has nothing to get ready for each of them as zlib's streams have.
private final class Deflater {
  private let compressor: OpaquePointer
  private let step: String

  init(step: String) throws(GitError) {
    guard let compressor = libdeflate_alloc_compressor(Self.fastest) else {
      throw GitError(step: step, reason: .other, detail: "libdeflate cannot be started: out of memory")
    }
    (self.compressor, self.step) = (compressor, step)
  }

  deinit { libdeflate_free_compressor(compressor) }

  func deflate(_ content: [UInt8], onto bytes: inout [UInt8]) throws(GitError) {
    let start = bytes.count
    let bound = libdeflate_zlib_compress_bound(compressor, content.count)
    bytes.append(contentsOf: repeatElement(0, count: bound))
    let written = content.withUnsafeBytes { content in
      bytes.withUnsafeMutableBytes { bytes in
        libdeflate_zlib_compress(compressor, content.baseAddress, content.count, bytes.baseAddress?.advanced(by: start), bound)
      }
    }
    guard written > 0 else {
      throw GitError(step: step, reason: .other, detail: "libdeflate cannot compress an object of \(content.count) bytes")
    }
    bytes.removeLast(bound - written)
  }

  private static let fastest: Int32 = 1
}
