/// Finds records by a text in them. It keeps no texts, only where they lie: 8 to 16 bytes a record. Several records may have the same text.
///
/// It is made anew in each process, with hashes that nobody can foresee.
public struct PlaceIndex: Sendable {
  /// Open addressing, half full at most; ``free`` where nothing is.
  private var slots: [UInt32] = []
  private var count = 0

  private static let free = UInt32.max

  /// - Parameter capacity: how many records are to come; more make it grow.
  public init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: Self.free, count: size)
  }

  /// - Parameter text: reads what a record is found by, where the index grows.
  public mutating func insert(_ place: Place, of text: ArraySlice<UInt8>, reading textAt: (Place) -> ArraySlice<UInt8>) {
    if (count + 1) * 2 > slots.count { grow(textAt) }
    put(place.offset, hash: Self.hash(text))
    count += 1
  }

  private mutating func grow(_ textAt: (Place) -> ArraySlice<UInt8>) {
    let old = slots
    slots = [UInt32](repeating: Self.free, count: old.count * 2)
    for offset in old where offset != Self.free { put(offset, hash: Self.hash(textAt(Place(offset: offset)))) }
  }

  private mutating func put(_ offset: UInt32, hash: Int) {
    var slot = hash & (slots.count - 1)
    while slots[slot] != Self.free { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = offset
  }

  /// Calls `body` with every place that may have `text`, until it answers `true`.
  public func search(_ text: ArraySlice<UInt8>, _ body: (Place) -> Bool) {
    text.withUnsafeBytes { search($0, body) }
  }

  /// The same for bytes that are no array.
  public func search(_ text: UnsafeRawBufferPointer, _ body: (Place) -> Bool) {
    var slot = Self.hash(text) & (slots.count - 1)
    while slots[slot] != Self.free {
      if body(Place(offset: slots[slot])) { return }
      slot = (slot + 1) & (slots.count - 1)
    }
  }

  private static func hash(_ text: ArraySlice<UInt8>) -> Int { text.withUnsafeBytes(hash) }

  private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: text)
    return hasher.finalize()
  }
}
