/// How git stores an object as a difference to another one. Source: gitformat-pack(5), "Deltified representation".
enum Delta {
  /// The object that the first `count` bytes of `delta` make of `base`; nil if they do not fit it, or make more than `limit` bytes.
  static func apply(_ delta: [UInt8], _ count: Int, to base: [UInt8], limit: Int) -> [UInt8]? {
    delta.withUnsafeBufferPointer { delta in
      base.withUnsafeBufferPointer { apply(UnsafeBufferPointer(rebasing: delta[..<count]), to: $0, limit: limit) }
    }
  }

  private static func apply(_ delta: UnsafeBufferPointer<UInt8>, to base: UnsafeBufferPointer<UInt8>, limit: Int) -> [UInt8]? {
    var place = 0
    guard size(in: delta, &place) == base.count, let size = size(in: delta, &place), size <= limit else { return nil }
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: max(1, size)) { output, count in
      count = fill(UnsafeMutableBufferPointer(rebasing: output[..<size]), from: base, delta, &place)
      isWhole = count == size
    }
    return isWhole ? result : nil
  }

  /// How many bytes came out; too few where the delta makes no sense.
  private static func fill(
    _ output: UnsafeMutableBufferPointer<UInt8>, from base: UnsafeBufferPointer<UInt8>, _ delta: UnsafeBufferPointer<UInt8>,
    _ place: inout Int
  ) -> Int {
    guard let target = output.baseAddress else { return 0 }
    var filled = 0
    while place < delta.count {
      let command = delta[place]
      place += 1
      let source: UnsafeBufferPointer<UInt8>
      if command & 0x80 == 0 {
        let length = Int(command)
        guard length > 0, place + length <= delta.count else { return 0 }
        source = UnsafeBufferPointer(rebasing: delta[place..<place + length])
        place += length
      } else {
        guard let offset = number(command, 4, delta, &place), var length = number(command >> 4, 3, delta, &place) else { return 0 }
        if length == 0 { length = 0x10000 }
        guard offset + length <= base.count else { return 0 }
        source = UnsafeBufferPointer(rebasing: base[offset..<offset + length])
      }
      guard filled + source.count <= output.count, let start = source.baseAddress else { return 0 }
      (target + filled).update(from: start, count: source.count)
      filled += source.count
    }
    return filled
  }

  /// A number of which only the bytes follow that `flags` name, the lowest first.
  private static func number(_ flags: UInt8, _ bytes: Int, _ delta: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Int? {
    var number = 0
    for byte in 0..<bytes where flags >> UInt8(byte) & 1 == 1 {
      guard place < delta.count else { return nil }
      number |= Int(delta[place]) << (8 * byte)
      place += 1
    }
    return number
  }

  private static func size(in delta: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Int? {
    var (size, shift) = (0, 0)
    while place < delta.count, shift < 56 {
      let byte = delta[place]
      place += 1
      size |= Int(byte & 0x7F) << shift
      shift += 7
      if byte & 0x80 == 0 { return size }
    }
    return nil
  }
}
