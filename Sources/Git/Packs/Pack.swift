/// A pack with its index. Source: gitformat-pack(5).
struct Pack: Sendable {
  let index: PackIndex
  let file: MappedFile

  /// - Parameter path: without `.idx` or `.pack`. Nil for what is no sound pack.
  init?(at path: String) {
    guard let index = PackIndex(at: path + ".idx"), let file = MappedFile(path + ".pack"), file.bytes.count >= 12 + 20 else { return nil }
    guard file.word(at: 0) == 0x5041_434B, file.word(at: 4) == 2, Int(file.word(at: 8)) == index.count else { return nil }
    (self.index, self.file) = (index, file)
  }

  /// Where the objects end and the pack's own checksum begins.
  var end: Int { file.bytes.count - 20 }

  /// The head of what lies at a place.
  struct Entry {
    var kind: Kind
    /// Of what comes out of the compressed stream.
    var size: Int
    /// Where the compressed stream starts.
    var stream: Int
  }

  enum Kind {
    case whole(type: UInt8)
    /// A difference to the object at a place of this pack.
    case delta(base: Int)
  }

  /// Nil where nothing sensible starts.
  func entry(at start: Int) -> Entry? {
    guard (12..<end).contains(start) else { return nil }
    var place = start
    var byte = file.bytes[place]
    let type = byte >> 4 & 7
    var (size, shift) = (Int(byte & 15), 4)
    while byte & 0x80 != 0 {
      place += 1
      guard place < end, shift < 56 else { return nil }
      byte = file.bytes[place]
      size |= Int(byte & 0x7F) << shift
      shift += 7
    }
    place += 1
    switch type {
    case 1...4: return Entry(kind: .whole(type: type), size: size, stream: place)
    case 6:
      guard let (distance, stream) = distance(at: place), distance > 0, start - distance >= 12 else { return nil }
      return Entry(kind: .delta(base: start - distance), size: size, stream: stream)
    case 7:
      guard place + 20 < end, let start = file.bytes.baseAddress else { return nil }
      guard let base = index.number(of: ObjectID(at: start + place)).flatMap(index.place) else { return nil }
      return Entry(kind: .delta(base: base), size: size, stream: place + 20)
    default: return nil
    }
  }

  /// How far before an entry its base lies, and where the stream behind that number starts.
  private func distance(at start: Int) -> (Int, stream: Int)? {
    var place = start
    guard place < end else { return nil }
    var distance = Int(file.bytes[place] & 0x7F)
    while file.bytes[place] & 0x80 != 0 {
      place += 1
      guard place < end, distance < 1 << 48 else { return nil }
      distance = (distance + 1) << 7 | Int(file.bytes[place] & 0x7F)
    }
    return (distance, place + 1)
  }
}
