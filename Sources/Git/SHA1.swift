/// SHA-1 over bytes as they come: the names of objects, and the ends of packs (RFC 3174).
struct SHA1 {
  private var state: SIMD8<UInt32> = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0, 0, 0, 0]
  private var words = [UInt32](repeating: 0, count: 80)
  /// What does not fill a block yet.
  private var rest: [UInt8] = []
  private var length = 0

  init() { rest.reserveCapacity(Self.block) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length += bytes.count
    var bytes = bytes[...]
    if !rest.isEmpty {
      let missing = bytes.prefix(Self.block - rest.count)
      rest.append(contentsOf: missing)
      bytes = bytes.dropFirst(missing.count)
      guard rest.count == Self.block else { return }
      rest.withUnsafeBytes { Self.mix($0, into: &state, &words) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = bytes.prefix(bytes.count / Self.block * Self.block)
    Self.mix(UnsafeRawBufferPointer(rebasing: whole), into: &state, &words)
    rest.append(contentsOf: bytes.dropFirst(whole.count))
  }

  mutating func update(_ bytes: some Collection<UInt8>) { Array(bytes).withUnsafeBytes { update($0) } }

  /// The 20 bytes; nothing may be added after it.
  mutating func finish() -> [UInt8] {
    let bits = UInt64(length) * 8
    update([0x80] + [UInt8](repeating: 0, count: (Self.block + 55 - length % Self.block) % Self.block))
    update(withUnsafeBytes(of: bits.bigEndian) { Array($0) })
    return (0..<5).flatMap { word in withUnsafeBytes(of: state[word].bigEndian) { Array($0) } }
  }

  private static let block = 64

  /// Takes whole blocks in.
  private static func mix(_ bytes: UnsafeRawBufferPointer, into state: inout SIMD8<UInt32>, _ words: inout [UInt32]) {
    words.withUnsafeMutableBufferPointer { words in
      var (s0, s1, s2, s3, s4) = (state[0], state[1], state[2], state[3], state[4])
      var start = 0
      while start < bytes.count {
        for index in 0..<16 { words[index] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start &+ index &* 4, as: UInt32.self)) }
        for index in 16..<80 { words[index] = rotate(words[index &- 3] ^ words[index &- 8] ^ words[index &- 14] ^ words[index &- 16], 1) }
        var (a, b, c, d, e) = (s0, s1, s2, s3, s4)
        for index in 0..<20 { turn(&a, &b, &c, &d, &e, (b & c) | (~b & d), 0x5A82_7999 &+ words[index]) }
        for index in 20..<40 { turn(&a, &b, &c, &d, &e, b ^ c ^ d, 0x6ED9_EBA1 &+ words[index]) }
        for index in 40..<60 { turn(&a, &b, &c, &d, &e, (b & c) | (b & d) | (c & d), 0x8F1B_BCDC &+ words[index]) }
        for index in 60..<80 { turn(&a, &b, &c, &d, &e, b ^ c ^ d, 0xCA62_C1D6 &+ words[index]) }
        (s0, s1, s2, s3, s4) = (s0 &+ a, s1 &+ b, s2 &+ c, s3 &+ d, s4 &+ e)
        start += block
      }
      state = [s0, s1, s2, s3, s4, 0, 0, 0]
    }
  }

  @inline(__always)
  private static func turn(
    _ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32, _ e: inout UInt32, _ choice: UInt32, _ word: UInt32
  ) {
    (a, b, c, d, e) = (rotate(a, 5) &+ choice &+ e &+ word, a, rotate(b, 30), c, d)
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
}
