/// Where the objects of a pack start. Source: gitformat-pack(5), version 2 of `.idx` files.
struct PackIndex: Sendable {
  let count: Int
  private let file: MappedFile
  private let names: Int
  private let checksums: Int
  private let places: Int
  private let largePlaces: Int

  /// Nil for what is no sound index of version 2: libgit2 reads that pack, or says what is wrong with it.
  init?(at path: String) {
    guard let file = MappedFile(path), file.bytes.count >= Self.fans + 1024 + 40 else { return nil }
    guard file.word(at: 0) == 0xFF74_4F63, file.word(at: 4) == 2 else { return nil }
    var count = 0
    for fan in 0..<256 {
      let next = Int(file.word(at: Self.fans + 4 * fan))
      guard next >= count else { return nil }
      count = next
    }
    (names, self.count, self.file) = (Self.fans + 1024, count, file)
    checksums = names + 20 * count
    places = checksums + 4 * count
    largePlaces = places + 4 * count
    guard file.bytes.count >= largePlaces + 40 else { return nil }
  }

  /// The number of an object, in the order of ids; nil if the pack has it not.
  func number(of id: ObjectID) -> Int? {
    let fan = Self.fans + 4 * id.firstByte
    var (low, high) = (id.firstByte == 0 ? 0 : Int(file.word(at: fan - 4)), Int(file.word(at: fan)))
    while low < high {
      let middle = (low + high) / 2
      let found = self.id(of: middle)
      if found == id { return middle }
      if found < id { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// Where an object starts in the pack; nil where the index says nothing sensible.
  func place(of number: Int) -> Int? {
    let place = file.word(at: places + 4 * number)
    guard place & 0x8000_0000 != 0 else { return Int(place) }
    let large = largePlaces + 8 * Int(place & 0x7FFF_FFFF)
    guard large + 8 + 40 <= file.bytes.count else { return nil }
    let high = Int(file.word(at: large))
    // Beyond what a pack can have, and what has room beside a pack's number.
    return high < 1 << 16 ? high << 32 | Int(file.word(at: large + 4)) : nil
  }

  /// The CRC-32 of an object as it lies in the pack.
  func checksum(of number: Int) -> UInt32 { file.word(at: checksums + 4 * number) }

  private func id(of number: Int) -> ObjectID {
    guard let start = file.bytes.baseAddress else { preconditionFailure("a mapped file is not empty") }
    return ObjectID(at: start + names + 20 * number)
  }

  private static let fans = 8
}
