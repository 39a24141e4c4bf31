/// Edits of a tree on their way down: folder after folder is read, changed in its bytes, and put into the pack.
struct FolderEdit {
  /// A path, and what it is to hold.
  struct Step {
    let path: [UInt8]
    /// `nil` removes it.
    let blob: ObjectID?
  }

  let step: String
  var pack: PackWriter
  /// Files that cannot be written, because something else stands in their place or on the way there.
  var unwritable: [UnwritableFile] = []

  /// The folder with the edits made: `nil` where nothing is left in it, itself where nothing changes.
  ///
  /// - Parameters:
  ///   - steps: in their order.
  ///   - start: where the part of their paths begins that lies in the folder.
  mutating func edited(
    _ base: ObjectID?, _ steps: ArraySlice<Step>, from start: Int = 0, in repository: borrowing Repository
  ) throws(GitError) -> ObjectID? {
    let folder = try base.map { id throws(GitError) in try FolderBytes(id, in: repository) } ?? FolderBytes()
    var changes: [Change] = []
    var rest = steps
    while let first = rest.first {
      let name = first.path.name(from: start)
      let group = rest.prefix { $0.path.leads(through: name) }
      rest = rest[group.endIndex...]
      if let change = try change(of: name, in: folder, group, repository) { changes.append(change) }
    }
    guard !changes.isEmpty else { return base }
    let bytes = folder.bytes(with: changes)
    return bytes.isEmpty ? nil : try pack.add(.tree, bytes)
  }

  /// What becomes of one name of a folder.
  fileprivate struct Change {
    let name: ArraySlice<UInt8>
    /// What stood there.
    let before: FolderBytes.Entry?
    /// `nil` removes it.
    let after: (id: ObjectID, isFolder: Bool)?
  }

  private mutating func change(
    of name: ArraySlice<UInt8>, in folder: FolderBytes, _ steps: ArraySlice<Step>, _ repository: borrowing Repository
  ) throws(GitError) -> Change? {
    let before = folder.entry(name)
    // The edits of the name itself come first. Of several edits of one path the last one holds.
    let deeper = steps.drop { $0.path.count == name.endIndex }
    let leaf = steps[..<deeper.startIndex].last
    if let before, before.isFolder {
      if let leaf { leaveOut([leaf], because: name, is: "a folder") }
      let inside = folder.id(of: before)
      let change = try inner(name, deeper, in: inside, repository, before)
      return change?.after?.id == inside ? nil : change
    }
    let isSubmodule = before.map { folder.mode(of: $0) == 0o160000 } ?? false
    if let leaf, let blob = leaf.blob {
      leaveOut(deeper, because: name, is: "a file")
      if isSubmodule { return leaveOut([leaf], because: name, is: "a submodule") }
      if let before, folder.id(of: before) == blob, folder.mode(of: before) == 0o100644 { return nil }
      return Change(name: name, before: before, after: (blob, false))
    }
    if leaf != nil {
      // Removing what is below a file is removing what is not there.
      if deeper.allSatisfy({ $0.blob == nil }) { return before.map { Change(name: name, before: $0, after: nil) } }
    } else if before != nil {
      return leaveOut(deeper, because: name, is: isSubmodule ? "a submodule" : "a file")
    }
    return try inner(name, deeper, in: nil, repository, before)
  }

  /// The folder `name`, with what is edited in it.
  private mutating func inner(
    _ name: ArraySlice<UInt8>, _ steps: ArraySlice<Step>, in base: ObjectID?, _ repository: borrowing Repository,
    _ before: FolderBytes.Entry?
  ) throws(GitError) -> Change? {
    let id: ObjectID?
    do throws(GitError) {
      id = try edited(base, steps, from: name.endIndex + 1, in: repository)
    } catch  where error.isOfContent {
      return leaveOut(steps, because: name, is: "no folder that can be read (\(error.detail))")
    }
    guard id != nil || before != nil else { return nil }
    return Change(name: name, before: before, after: id.map { ($0, true) })
  }

  /// Notes files that cannot be written. What was to be removed there is not there anyway.
  @discardableResult
  private mutating func leaveOut(_ steps: ArraySlice<Step>, because name: ArraySlice<UInt8>, is kind: String) -> Change? {
    for step in steps where step.blob != nil {
      let place = String(decoding: step.path[..<name.endIndex], as: UTF8.self)
      unwritable.append(UnwritableFile(path: String(decoding: step.path, as: UTF8.self), problem: "\(place) is \(kind)"))
    }
    return nil
  }
}

extension FolderEdit.Step {
  /// What lies in one folder stands together, whatever else its name is the beginning of.
  static func isBefore(_ left: FolderEdit.Step, _ right: FolderEdit.Step) -> Bool {
    left.path.withUnsafeBytes { left in
      right.path.withUnsafeBytes { right in
        let place = Self.firstDifference(left, right)
        if place == right.count { return false }
        return place == left.count || rank(left[place]) < rank(right[place])
      }
    }
  }

  /// The length of the shorter one where there is none. Paths begin alike: eight bytes at a time.
  private static func firstDifference(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    var place = 0
    while place + 8 <= shared,
      left.loadUnaligned(fromByteOffset: place, as: UInt64.self) == right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    { place += 8 }
    while place < shared, left[place] == right[place] { place += 1 }
    return place
  }

  /// A slash before everything: no name has a NUL.
  private static func rank(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "/") ? 0 : byte }
}

extension [UInt8] {
  /// The part of a path that begins at `start`.
  func name(from start: Int) -> ArraySlice<UInt8> { self[start..<(self[start...].firstIndex(of: UInt8(ascii: "/")) ?? count)] }

  /// Whether the path has the name too, in the place where another one of the same folder has it.
  func leads(through name: ArraySlice<UInt8>) -> Bool {
    guard count == name.endIndex || count > name.endIndex && self[name.endIndex] == UInt8(ascii: "/") else { return false }
    return self[name.indices] == name
  }
}

extension FolderBytes {
  /// The bytes of the folder with the changes made: what lies between them is copied as it is.
  fileprivate func bytes(with changes: [FolderEdit.Change]) -> [UInt8] {
    var cuts: [(place: Int, removed: Int, change: FolderEdit.Change?)] = []
    for change in changes {
      if let before = change.before {
        let place = place(of: change.name, isFolder: before.isFolder)
        let isReplaced = change.after.map { $0.isFolder == before.isFolder } ?? false
        cuts.append((place, 1, isReplaced ? change : nil))
        if isReplaced { continue }
      }
      if let after = change.after { cuts.append((place(of: change.name, isFolder: after.isFolder), 0, change)) }
    }
    cuts.sort { left, right in
      // What comes in goes before what it is put in front of, and names that come in at one place are in order among themselves.
      if left.place != right.place { return left.place < right.place }
      if left.removed != right.removed { return left.removed < right.removed }
      guard let first = left.change, let second = right.change else { return false }
      return first.isBefore(second)
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + changes.reduce(0) { $0 + $1.name.count + 28 })
    var next = 0
    for cut in cuts {
      copy(next..<cut.place, to: &result)
      next = cut.place + cut.removed
      if let change = cut.change, let after = change.after {
        result += after.isFolder ? Self.folderMode : Self.fileMode
        result += change.name
        result.append(0)
        after.id.write(to: &result)
      }
    }
    copy(next..<entries.count, to: &result)
    return result
  }

  private func copy(_ range: Range<Int>, to result: inout [UInt8]) {
    guard let first = range.first, let last = range.last else { return }
    result.append(contentsOf: bytes[Int(entries[first].start)..<Int(entries[last].end)])
  }

  private static let fileMode = Array("100644 ".utf8)
  private static let folderMode = Array("40000 ".utf8)
}

extension FolderEdit.Change {
  fileprivate func isBefore(_ other: FolderEdit.Change) -> Bool {
    name.withUnsafeBytes { left in
      other.name.withUnsafeBytes { right in order(left, after?.isFolder ?? false, right, other.after?.isFolder ?? false) < 0 }
    }
  }
}
