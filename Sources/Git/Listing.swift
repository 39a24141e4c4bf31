internal import CGit2
internal import Glibc

/// One tree object taken apart, in git's order. The names point into the object, which the listing keeps.
///
/// Everything in it was written by others: it is bounded, and what is wrong with an entry is that entry's ``EntryProblem``.
struct Listing: ~Copyable {
  struct Item {
    let name: UnsafeRawBufferPointer
    let mode: UInt32
    var isFolder: Bool { mode == 0o040000 }
    /// The 20 bytes after the name's NUL; the parser saw to it that they are there.
    var id: ObjectID {
      guard let start = name.baseAddress else { preconditionFailure("a name points into its tree") }
      return ObjectID(at: start + name.count + 1)
    }
  }

  private let object: OpaquePointer
  let items: [Item]
  /// Names of this folder that another one shadows, with that other one: what ignores case or composition cannot keep them apart.
  private let collisions: [String: String]
  private let duplicates: Set<Int>

  init(_ id: ObjectID, in repository: borrowing Repository) throws(GitError) {
    let object = try repository.object(id, kind: GIT_OBJECT_TREE, limit: Listing.largest)
    let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object))
    guard var items = Listing.parse(bytes) else {
      git_odb_object_free(object)
      throw GitError(step: "read tree \(id)", reason: .invalid, detail: "it is malformed")
    }
    let isStrictlyAscending = Listing.order(&items)
    self.object = object
    self.items = items
    collisions = Listing.collisions(in: items)
    duplicates = isStrictlyAscending ? [] : Set(items.indices.dropFirst().filter { Git.order(items[$0 - 1], items[$0]) == 0 })
  }

  deinit { git_odb_object_free(object) }

  /// Puts items into git's order.
  ///
  /// - Returns: whether they were in it, and each name once, as git writes them.
  @discardableResult
  static func order(_ items: inout [Item]) -> Bool {
    let isStrictlyAscending = items.indices.dropFirst().allSatisfy { Git.order(items[$0 - 1], items[$0]) < 0 }
    if !isStrictlyAscending { items.sort { Git.order($0, $1) < 0 } }
    return isStrictlyAscending
  }

  /// The entry `index`, judged as a part of the folder at `path`.
  func entry(_ index: Int, folder path: String) -> TreeEntry {
    let item = items[index]
    let name = String(decoding: item.name, as: UTF8.self)
    let kind = TreeEntry.Kind(mode: item.mode)
    var problem = EntryProblem(inName: item.name) ?? EntryProblem(inKind: kind)
    if problem == nil, duplicates.contains(index) { problem = .duplicate }
    if problem == nil, let other = collisions[name] { problem = .collides(with: other) }
    if problem == nil, path.utf8.count + 1 + item.name.count > EntryProblem.longestPath { problem = .pathTooLong }
    if problem == nil, kind == .folder, path.utf8.count(where: { $0 == UInt8(ascii: "/") }) + 2 > EntryProblem.deepest {
      problem = .tooDeep
    }
    return TreeEntry(name: name, id: item.id, kind: kind, problem: problem)
  }

  /// The place of `name`; nil if there is none.
  func index(of name: String) -> Int? {
    var name = name
    return name.withUTF8 { wanted in
      items.firstIndex { $0.name.count == wanted.count && $0.name.elementsEqual(wanted) }
    }
  }

  /// A name that only case or composition tells from `name`. Two that differ in composition are one key, so the bytes are asked.
  func twin(of name: String) -> String? {
    guard collisions[name] != nil else { return nil }
    let folded = Listing.folded(name)
    return items.lazy.map { String(decoding: $0.name, as: UTF8.self) }
      .first { !$0.utf8.elementsEqual(name.utf8) && Listing.folded($0) == folded }
  }

  var hasCollisions: Bool { !collisions.isEmpty || !duplicates.isEmpty }

  /// Enough for two million entries with names of ordinary length.
  static let largest = 256 << 20

  /// `mode SP name NUL id` again and again; nil if it is anything else.
  static func parse(_ bytes: UnsafeRawBufferPointer) -> [Item]? {
    var items: [Item] = []
    items.reserveCapacity(bytes.count / 40)
    var position = 0
    while position < bytes.count {
      var mode: UInt32 = 0
      while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
        guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[position]), mode < 0o1_000_000 else { return nil }
        mode = mode << 3 | UInt32(bytes[position] - UInt8(ascii: "0"))
        position += 1
      }
      position += 1
      guard position < bytes.count, let start = bytes.baseAddress.map({ $0 + position }) else { return nil }
      guard let end = memchr(start, 0, bytes.count - position) else { return nil }
      let length = UnsafeRawPointer(end) - start
      guard position + length + 20 < bytes.count else { return nil }
      items.append(Item(name: UnsafeRawBufferPointer(start: start, count: length), mode: mode))
      position += length + 21
    }
    return items
  }

  /// Strings compare by canonical equivalence, so this folds composition as well as case; up first, for letters with two small forms.
  private static func folded(_ name: String) -> String { name.uppercased().lowercased() }

  /// Only names with capitals or beyond ASCII can shadow another one, so most folders cost one look at their bytes.
  private static func collisions(in items: [Item]) -> [String: String] {
    guard items.contains(where: { hasCapital($0.name) }) else { return [:] }
    var seen: [String: String] = [:]
    var result: [String: String] = [:]
    for item in items {
      let name = String(decoding: item.name, as: UTF8.self)
      if let other = seen.updateValue(name, forKey: folded(name)) {
        result[name] = other
        result[other] = name
      }
    }
    return result
  }
}

/// Whether a name has a capital letter, or a byte beyond ASCII; eight bytes at a time, because every name of every folder is asked.
func hasCapital(_ name: UnsafeRawBufferPointer) -> Bool {
  let whole = name.count & ~7
  for start in stride(from: 0, to: whole, by: 8) {
    let bytes = name.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    // The top bit of each byte: it is beyond ASCII; or, as adding to one of ASCII carries nothing over, from "A" on and not beyond "Z".
    let beyond = bytes | ((bytes &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(bytes &+ 0x2525_2525_2525_2525))
    if beyond & 0x8080_8080_8080_8080 != 0 { return true }
  }
  return name[whole...].contains { $0 >= 0x80 || (0x41...0x5A).contains($0) }
}

/// Negative, zero or positive as `left` comes before, with or after `right`: by bytes, folders as though their names ended with a slash.
func order(_ left: Listing.Item, _ right: Listing.Item) -> Int { order(left.name, left.isFolder, right.name, right.isFolder) }

/// The same of names that stand elsewhere.
func order(_ left: UnsafeRawBufferPointer, _ isLeftFolder: Bool, _ right: UnsafeRawBufferPointer, _ isRightFolder: Bool) -> Int {
  let shared = min(left.count, right.count)
  if let one = left.baseAddress, let other = right.baseAddress {
    let difference = memcmp(one, other, shared)
    if difference != 0 { return Int(difference) }
  }
  return last(left, isLeftFolder) - last(right, isRightFolder)

  func last(_ name: UnsafeRawBufferPointer, _ isFolder: Bool) -> Int {
    name.count > shared ? Int(name[shared]) : isFolder ? Int(UInt8(ascii: "/")) : 0
  }
}
