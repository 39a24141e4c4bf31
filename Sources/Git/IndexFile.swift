/// The files that an index lists, in its order, read from its bytes: the forms that libgit2 cannot read are in use.
///
/// - Source: git's Documentation/gitformat-index.txt: versions 2 to 4, split and sparse indexes, and checksums that were left out.
struct IndexFile {
  struct Entry {
    /// From the repository's root, in whatever bytes git has; of a folder it ends with a slash.
    var path: [UInt8]
    var id: ObjectID
    var mode: UInt32
    /// 0, or which side of a merge that is not settled.
    var stage: UInt16
    /// It is to be added some day, and nothing of it is staged: `git add --intent-to-add`.
    var isIntended: Bool
    var skipsWorkTree: Bool
    /// What the file was when it was staged, in ten words: two times of two words, device, inode, mode, user, group, size.
    var facts: SIMD16<UInt32>
  }

  private(set) var entries: [Entry] = []
  /// What a split index changes of the entries of another file.
  private var changes: SplitIndex?

  /// The entries of the index at `path`; no file is an empty index.
  ///
  /// - Parameter folder: the git directory, where the other half of a split index is.
  /// - Throws: ``GitError``; `.corrupt` where it is no index or its checksum is wrong.
  static func entries(at path: String, in folder: String) throws(GitError) -> [Entry] {
    let step = "read the index \(path)"
    guard exists(path) else { return [] }
    guard let file = MappedFile(path) else {
      throw GitError(step: step, reason: .corrupt, detail: "it is no file, or is empty; make it again: git reset")
    }
    let index = try IndexFile(file, step)
    guard let changes = index.changes else { return index.entries }
    let shared = "\(folder)sharedindex.\(changes.base.hex)"
    guard exists(shared) || changes.base == .zero else {
      throw GitError(
        step: step, reason: .corrupt, detail: "its other half, \(shared), is not there; make it whole: git update-index --no-split-index")
    }
    return try changes.merged(entries(at: shared, in: folder), with: index.entries, step)
  }

  private init(_ file: MappedFile, _ step: String) throws(GitError) {
    var reader = IndexReader(bytes: file.bytes, step: step)
    let count = try reader.begin()
    entries.reserveCapacity(min(count, file.bytes.count / 64))
    for _ in 0..<count { entries.append(try reader.entry()) }
    while let part = try reader.extension() {
      switch part.name {
      case "link": changes = try SplitIndex(part.bytes, step)
      // Folders that stand for all in them have said so in their entries.
      case "sdir": break
      // Git writes in capitals what nobody needs to understand.
      case let name where name.first.map { $0.isUppercase } ?? false: break
      default:
        throw GitError(step: step, reason: .unsupported, detail: "it has a part \(part.name), which this program does not know")
      }
    }
    try reader.checkSum()
  }
}

/// What a split index changes of the one that it shares with others.
struct SplitIndex {
  let base: ObjectID
  private var removed: [Int] = []
  private var replaced: [Int] = []

  init(_ bytes: UnsafeRawBufferPointer, _ step: String) throws(GitError) {
    guard bytes.count >= 20, let address = bytes.baseAddress else { throw Self.broken(step) }
    base = ObjectID(at: address)
    var rest = UnsafeRawBufferPointer(rebasing: bytes[20...])
    guard !rest.isEmpty else { return }
    removed = try Self.places(&rest, step)
    replaced = try Self.places(&rest, step)
  }

  /// The entries of both; of our own the first ones, without a name, take the places of those that are replaced.
  func merged(_ shared: [IndexFile.Entry], with own: [IndexFile.Entry], _ step: String) throws(GitError) -> [IndexFile.Entry] {
    var merged: [IndexFile.Entry?] = shared
    let news = own.drop { $0.path.isEmpty }
    guard own.count - news.count == replaced.count else { throw Self.broken(step) }
    for (place, entry) in zip(replaced, own) {
      guard merged.indices.contains(place), let path = merged[place]?.path else { throw Self.broken(step) }
      merged[place] = entry
      merged[place]?.path = path
    }
    for place in removed {
      guard merged.indices.contains(place) else { throw Self.broken(step) }
      merged[place] = nil
    }
    return (merged.compactMap { $0 } + news).sorted { left, right in
      left.path == right.path ? left.stage < right.stage : left.path.lexicographicallyPrecedes(right.path)
    }
  }

  /// The numbers of the bits that are set in a bitmap of runs and literal words (EWAH).
  private static func places(_ bytes: inout UnsafeRawBufferPointer, _ step: String) throws(GitError) -> [Int] {
    func word(_ place: Int) -> UInt32 { UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)) }
    func long(_ number: Int) -> UInt64 { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 + 8 * number, as: UInt64.self)) }
    guard bytes.count >= 12 else { throw broken(step) }
    let (bits, count) = (Int(word(0)), Int(word(4)))
    // No index has more entries; a bitmap of nothing but runs is short and could say anything.
    guard count <= (bytes.count - 12) / 8, bits <= 1 << 26 else { throw broken(step) }
    var (places, place, number) = ([Int](), 0, 0)
    while number < count {
      let run = long(number)
      let (isSet, length, literals) = (run & 1 == 1, Int(run >> 1 & 0xFFFF_FFFF), Int(run >> 33))
      guard literals < count - number, length <= bits / 64 + 1 else { throw broken(step) }
      if isSet { places += place..<(place + 64 * length) }
      place += 64 * length
      for literal in 0..<literals {
        let word = long(number + 1 + literal)
        places += (0..<64).lazy.filter { word >> UInt64($0) & 1 == 1 }.map { place + $0 }
        place += 64
      }
      number += 1 + literals
      guard place <= bits + 64 else { throw broken(step) }
    }
    bytes = UnsafeRawBufferPointer(rebasing: bytes[(12 + 8 * count)...])
    return places.filter { $0 < bits }
  }

  private static func broken(_ step: String) -> GitError {
    GitError(
      step: step, reason: .corrupt, detail: "what it says of its other half is broken; make it whole: git update-index --no-split-index")
  }
}
