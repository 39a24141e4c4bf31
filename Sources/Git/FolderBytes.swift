internal import CGit2

/// One folder as git stores it, bytes and all, and where each entry stands in them: to look names up, and to change some of them without
/// touching the rest.
struct FolderBytes {
  struct Entry {
    /// Where the entry begins and ends; its mode comes first, then a space, its name, a NUL, and the 20 bytes of its object's name.
    let start: Int32
    let name: Int32
    let end: Int32
    let isFolder: Bool
  }

  private(set) var bytes: [UInt8]
  /// In git's order: by bytes, folders as though their names ended with a slash.
  private(set) var entries: [Entry]

  /// A folder without entries.
  init() { (bytes, entries) = ([], []) }

  init(_ id: ObjectID, in repository: borrowing Repository) throws(GitError) {
    let object = try repository.object(id, kind: GIT_OBJECT_TREE, limit: Listing.largest)
    bytes = Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    git_odb_object_free(object)
    guard let entries = Self.entries(in: bytes) else {
      throw GitError(step: "read tree \(id)", reason: .invalid, detail: "it is malformed")
    }
    self.entries = entries
    if !zip(entries, entries.dropFirst()).allSatisfy({ isBefore($0, $1) }) { sort() }
  }

  /// For a folder that somebody wrote out of order.
  private mutating func sort() {
    bytes = Array(entries.sorted { isBefore($0, $1) }.map { bytes[Int($0.start)..<Int($0.end)] }.joined())
    entries = Self.entries(in: bytes) ?? []
  }

  func id(of entry: Entry) -> ObjectID {
    bytes.withUnsafeBytes { bytes in
      guard let address = bytes.baseAddress else { preconditionFailure("an entry stands in its folder's bytes") }
      return ObjectID(at: address + Int(entry.end) - 20)
    }
  }

  func mode(of entry: Entry) -> UInt32 {
    bytes[Int(entry.start)..<Int(entry.name) - 1].reduce(0) { $0 << 3 | UInt32($1 & 7) }
  }

  /// What `name` stands for, be it a folder or not.
  func entry(_ name: ArraySlice<UInt8>) -> Entry? {
    for isFolder in [false, true] {
      let place = place(of: name, isFolder: isFolder)
      if place < entries.count, entries[place].isFolder == isFolder, has(entries[place], name) { return entries[place] }
    }
    return nil
  }

  /// The entry before which one called `name` belongs, or which it is.
  func place(of name: ArraySlice<UInt8>, isFolder: Bool) -> Int {
    bytes.withUnsafeBytes { bytes in
      name.withUnsafeBytes { name in
        var (low, high) = (0, entries.count)
        while low < high {
          let middle = (low + high) / 2
          let entry = entries[middle]
          if order(Self.name(of: entry, in: bytes), entry.isFolder, name, isFolder) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
      }
    }
  }

  private func has(_ entry: Entry, _ name: ArraySlice<UInt8>) -> Bool { bytes[Int(entry.name)..<Int(entry.end) - 21] == name }

  private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    bytes.withUnsafeBytes { bytes in
      order(Self.name(of: left, in: bytes), left.isFolder, Self.name(of: right, in: bytes), right.isFolder) < 0
    }
  }

  private static func name(of entry: Entry, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(entry.name)..<Int(entry.end) - 21])
  }

  /// Nil for what is no folder.
  private static func entries(in bytes: [UInt8]) -> [Entry]? {
    bytes.withUnsafeBytes { bytes in
      guard let first = bytes.baseAddress else { return [] }
      var start: Int32 = 0
      return Listing.parse(bytes)?.map { item in
        guard let text = item.name.baseAddress else { preconditionFailure("a name points into its tree") }
        let name = Int32(text - first)
        defer { start = name + Int32(item.name.count) + 21 }
        return Entry(start: start, name: name, end: name + Int32(item.name.count) + 21, isFolder: item.isFolder)
      }
    }
  }
}
