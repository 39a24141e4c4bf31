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
    let object = try repository.object(id, kind: GIT_OBJECT_TREE, limit: Self.largest)
    bytes = Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    git_odb_object_free(object)
    guard let entries = Self.entries(in: bytes) else {
      throw GitError(step: "read tree \(id)", reason: .corrupt, detail: "it is malformed")
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
    bytes.withUnsafeBufferPointer { bytes in
      name.withUnsafeBufferPointer { name in
        var (low, high) = (0, entries.count)
        while low < high {
          let middle = (low + high) / 2
          let entry = entries[middle]
          let other = UnsafeBufferPointer(rebasing: bytes[Int(entry.name)..<Int(entry.end) - 21])
          if gitOrder(other, entry.isFolder, name, isFolder) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
      }
    }
  }

  private func has(_ entry: Entry, _ name: ArraySlice<UInt8>) -> Bool { bytes[Int(entry.name)..<Int(entry.end) - 21] == name }

  private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      let names = [left, right].map { UnsafeBufferPointer(rebasing: bytes[Int($0.name)..<Int($0.end) - 21]) }
      return gitOrder(names[0], left.isFolder, names[1], right.isFolder) < 0
    }
  }

  /// Enough for two million entries with names of ordinary length.
  private static let largest = 256 << 20

  /// `mode SP name NUL id` again and again; nil if it is anything else.
  private static func entries(in bytes: [UInt8]) -> [Entry]? {
    bytes.withUnsafeBufferPointer { bytes in
      var entries: [Entry] = []
      entries.reserveCapacity(bytes.count / 32)
      var position = 0
      while position < bytes.count {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
          guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[position]), position - start < 7 else { return nil }
          position += 1
        }
        let name = position + 1
        position = name
        while position < bytes.count, bytes[position] != 0 { position += 1 }
        guard position + 20 < bytes.count else { return nil }
        position += 21
        let mode = bytes[start..<name - 1].reduce(UInt32(0)) { $0 << 3 | UInt32($1 & 7) }
        entries.append(Entry(start: Int32(start), name: Int32(name), end: Int32(position), isFolder: mode == 0o040000))
      }
      return entries
    }
  }
}

/// Negative, zero or positive as the left name comes before, with or after the right one in a tree.
func gitOrder(_ left: UnsafeBufferPointer<UInt8>, _ isLeftFolder: Bool, _ right: UnsafeBufferPointer<UInt8>, _ isRightFolder: Bool) -> Int {
  let shared = min(left.count, right.count)
  for index in 0..<shared where left[index] != right[index] { return Int(left[index]) - Int(right[index]) }
  return last(left, isLeftFolder) - last(right, isRightFolder)

  func last(_ name: UnsafeBufferPointer<UInt8>, _ isFolder: Bool) -> Int {
    name.count > shared ? Int(name[shared]) : isFolder ? Int(UInt8(ascii: "/")) : 0
  }
}
