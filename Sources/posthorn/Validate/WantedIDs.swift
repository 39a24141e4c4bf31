import Glibc
import Schedule

/// Some ids, to be found among the names of very many files.
struct WantedIDs: Sendable {
  private let ids: Set<PostID>
  private let marks: Set<UInt64>

  init(_ ids: Set<PostID>) {
    self.ids = ids
    marks = Set(
      ids.map { id in
        var text = id.text
        return text.withUTF8 { Self.mark($0) }
      })
  }

  /// Whether a file of this name is a post that has one of the ids unless it says otherwise.
  func contains(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard !marks.isEmpty, let stem = Self.stem(name), marks.contains(Self.mark(stem)) else { return false }
    return PostID(String(decoding: stem, as: UTF8.self)).map(ids.contains) ?? false
  }

  func contains(_ id: PostID) -> Bool { ids.contains(id) }

  /// The name without `.yaml` or `.yml`; `nil` for other names.
  static func stem(_ name: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    func ends(in ending: StaticString) -> Bool {
      let length = ending.utf8CodeUnitCount
      guard name.count > length, let start = name.baseAddress else { return false }
      return memcmp(start + (name.count - length), ending.utf8Start, length) == 0
    }
    if ends(in: ".yaml") { return UnsafeBufferPointer(rebasing: name.dropLast(5)) }
    if ends(in: ".yml") { return UnsafeBufferPointer(rebasing: name.dropLast(4)) }
    return nil
  }

  /// A number that is the same for the same text; two texts may share one. Source: FNV-1a, 64 bits.
  private static func mark(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    text.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
