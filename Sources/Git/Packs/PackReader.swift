internal import CDeflate

/// Unpacks objects of ``Packs``. One thread's own: it keeps what it unpacked last, because most objects are differences to one nearby.
///
/// Everything is bounded, and whatever is not as it should be is nil: libgit2, asked for the same object, says what is wrong.
struct PackReader: ~Copyable {
  /// Nil where there is no memory for it.
  private let decompressor: OpaquePointer?
  private var kept: [Object?]
  private let keeping: Keeping
  private var delta: [UInt8] = []
  private var chain: [(start: Int, Pack.Entry)] = []

  /// An object as it was unpacked.
  struct Object {
    fileprivate let pack: Int
    fileprivate let start: Int
    /// Where the next one starts in the pack.
    fileprivate let end: Int
    /// Git's number: 1 commit, 2 tree, 3 blob, 4 tag.
    let type: UInt8
    let bytes: [UInt8]
  }

  /// How many objects it keeps, as a power of two; with the largest kept at most 64 MiB, and a sixteenth of it.
  enum Keeping: UInt64 {
    case many = 11
    case few = 7
  }

  init(keeping: Keeping = .many) {
    decompressor = libdeflate_alloc_decompressor()
    self.keeping = keeping
    kept = Array(repeating: nil, count: 1 << Int(keeping.rawValue))
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// An object of at most `limit` bytes, whose compressed bytes have the checksum that the index names.
  ///
  /// The index's CRC-32, the stream's Adler-32 and the sizes find what a disk does to a file; only reading through ``Repository`` compares the id.
  mutating func object(_ number: Int, of pack: Pack, numbered packNumber: Int, limit: Int) -> Object? {
    guard let start = pack.index.place(of: number) else { return nil }
    guard let object = unpack(start, of: pack, packNumber, limit: limit), object.bytes.count <= limit else { return nil }
    let packed = UnsafeRawBufferPointer(rebasing: pack.file.bytes[start..<object.end])
    return libdeflate_crc32(0, packed.baseAddress, packed.count) == pack.index.checksum(of: number) ? object : nil
  }

  private mutating func unpack(_ start: Int, of pack: Pack, _ number: Int, limit: Int) -> Object? {
    chain.removeAll(keepingCapacity: true)
    var place = start
    var found: Object?
    while found == nil {
      if let object = kept[slot(place, number)], object.start == place, object.pack == number {
        found = object
        break
      }
      guard chain.count < Self.longestChain, let entry = pack.entry(at: place), entry.size <= limit else { return nil }
      switch entry.kind {
      case .delta(let base):
        chain.append((place, entry))
        place = base
      case .whole(let type):
        guard let (bytes, end) = expand(entry, of: pack) else { return nil }
        found = keep(Object(pack: number, start: place, end: end, type: type, bytes: bytes))
      }
    }
    guard var object = found else { return nil }
    for (start, entry) in chain.reversed() {
      guard let end = expandDelta(entry, of: pack), let bytes = Delta.apply(delta, entry.size, to: object.bytes, limit: limit) else {
        return nil
      }
      object = keep(Object(pack: number, start: start, end: end, type: object.type, bytes: bytes))
    }
    return object
  }

  private mutating func keep(_ object: Object) -> Object {
    if object.bytes.count <= Self.largestKept { kept[slot(object.start, object.pack)] = object }
    return object
  }

  private func expand(_ entry: Pack.Entry, of pack: Pack) -> (bytes: [UInt8], end: Int)? {
    var end: Int?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, entry.size)) { buffer, count in
      end = expand(entry, of: pack, into: buffer)
      count = end == nil ? 0 : entry.size
    }
    return end.map { (bytes, $0) }
  }

  /// Into the buffer for differences, which only grows.
  private mutating func expandDelta(_ entry: Pack.Entry, of pack: Pack) -> Int? {
    if delta.count < entry.size { delta = [UInt8](repeating: 0, count: max(4096, 2 * entry.size)) }
    var delta: [UInt8] = []
    swap(&delta, &self.delta)
    defer { swap(&delta, &self.delta) }
    return delta.withUnsafeMutableBufferPointer { expand(entry, of: pack, into: UnsafeMutableBufferPointer(rebasing: $0[..<entry.size])) }
  }

  /// Where the stream ended; nil if it is damaged, or holds more or less than it should. C function: `libdeflate_zlib_decompress_ex`.
  private func expand(_ entry: Pack.Entry, of pack: Pack, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int? {
    let available = pack.end - entry.stream
    guard available > 0, let decompressor, let start = pack.file.bytes.baseAddress, let output = buffer.baseAddress else { return nil }
    var (read, written) = (0, 0)
    let result = libdeflate_zlib_decompress_ex(
      decompressor, start + entry.stream, available, output, entry.size, &read, &written)
    return result == LIBDEFLATE_SUCCESS && written == entry.size ? entry.stream + read : nil
  }

  private func slot(_ start: Int, _ pack: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: start &+ pack << 40) &* 0x9E37_79B9_7F4A_7C15) >> (64 - keeping.rawValue))
  }

  private static let largestKept = 32 << 10
  /// Git makes chains of 50, and of 250 when it is told to pack tightly.
  private static let longestChain = 1000
}
