/// Goes through the bytes of an index from its header to its checksum.
struct IndexReader {
  let bytes: UnsafeRawBufferPointer
  let step: String
  private var place = 0
  private var version: UInt32 = 0
  /// Of the entry before; version 4 says only how a path differs.
  private var path: [UInt8] = []

  init(bytes: UnsafeRawBufferPointer, step: String) { (self.bytes, self.step) = (bytes, step) }

  /// The header: how many entries follow.
  mutating func begin() throws(GitError) -> Int {
    guard bytes.count >= 32, try word() == 0x4449_5243 else { throw broken("it is no index of git; make it again: git reset") }
    version = try word()
    guard (2...4).contains(version) else {
      throw broken("its version \(version) is not known here; write another: git update-index --index-version 2")
    }
    return Int(try word())
  }

  mutating func entry() throws(GitError) -> IndexFile.Entry {
    let start = place
    var facts = SIMD16<UInt32>()
    for number in 0..<10 { facts[number] = try word() }
    let id = try take(20).baseAddress.map { ObjectID(at: $0) } ?? .zero
    let flags = try half()
    let more = flags & 0x4000 != 0 ? try half() : 0
    if version == 4 { try restOfPath() } else { try wholePath(from: start) }
    return IndexFile.Entry(
      path: path, id: id, mode: facts[6], stage: flags >> 12 & 3, isIntended: more & 0x2000 != 0, skipsWorkTree: more & 0x4000 != 0,
      facts: facts)
  }

  /// The next part behind the entries; nil at the checksum.
  mutating func `extension`() throws(GitError) -> (name: String, bytes: UnsafeRawBufferPointer)? {
    guard place < end else { return nil }
    let name = String(decoding: try take(4), as: UTF8.self)
    return (name, try take(Int(try word())))
  }

  /// The last 20 bytes are a SHA-1 of the others, or nothing where `index.skipHash` is set.
  func checkSum() throws(GitError) {
    guard place == end, let address = bytes.baseAddress else { throw broken("it ends too early") }
    let sum = ObjectID(at: address + end)
    guard sum == .zero || sum == Digest.id(of: UnsafeRawBufferPointer(rebasing: bytes[..<end])) else {
      throw broken("its checksum is wrong; make it again: git reset")
    }
  }

  private var end: Int { bytes.count - 20 }

  /// Up to a zero, and zeros up to a multiple of eight bytes.
  private mutating func wholePath(from start: Int) throws(GitError) {
    path = try text()
    place = start + (place - start + 7) / 8 * 8
    guard place <= end else { throw broken("it ends in an entry") }
  }

  /// How many bytes of the path before are dropped, and what follows instead.
  private mutating func restOfPath() throws(GitError) {
    var byte = try take(1)[0]
    var dropped = Int(byte & 0x7F)
    while byte & 0x80 != 0 {
      byte = try take(1)[0]
      guard dropped < 1 << 40 else { throw broken("it has an impossible path") }
      dropped = (dropped + 1) << 7 | Int(byte & 0x7F)
    }
    guard dropped <= path.count else { throw broken("it has an impossible path") }
    path = path.dropLast(dropped) + (try text())
  }

  private mutating func text() throws(GitError) -> [UInt8] {
    guard let zero = bytes[place..<end].firstIndex(of: 0) else { throw broken("it has a path without an end") }
    defer { place = zero + 1 }
    return Array(bytes[place..<zero])
  }

  private mutating func word() throws(GitError) -> UInt32 { UInt32(bigEndian: try take(4).loadUnaligned(as: UInt32.self)) }
  private mutating func half() throws(GitError) -> UInt16 { UInt16(bigEndian: try take(2).loadUnaligned(as: UInt16.self)) }

  private mutating func take(_ count: Int) throws(GitError) -> UnsafeRawBufferPointer {
    guard count <= end - place else { throw broken("it ends too early") }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<(place + count)])
  }

  private func broken(_ detail: String) -> GitError { GitError(step: step, reason: .corrupt, detail: detail) }
}
