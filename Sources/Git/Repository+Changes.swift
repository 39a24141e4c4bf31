/// What differs at one path between two commits. One of the entries is there at least; both are where the path was edited.
///
/// An entry is a file, or something with a problem: folders are only shown as the files in them.
public struct Change: Hashable, Sendable {
  /// From the root of the repository; parts that are no UTF-8 are repaired with U+FFFD.
  public let path: String
  public let old: TreeEntry?
  public let new: TreeEntry?
}

extension Repository {
  /// Visits what changed at and below `path` from one commit to another, in git's order; all of it where `old` is nil.
  /// The folders at `passed`, from the root, are passed by.
  ///
  /// Our own walk over two trees, which skips what has equal ids: it costs what changed, not what there is.
  /// An entry is visited too if it did not change but got or lost a problem, because of a name beside it.
  ///
  /// - Parameter way: `.anyFolders` for folders of our own making: what others put beside one of them, or beside a file in it, hides nothing.
  /// - Throws: what `visit` throws; ``GitError``: `.tooLarge` beyond `limit` entries looked at on one side, `.missingObject`.
  public func changes(
    from old: ObjectID?, to new: ObjectID, under path: String = "", through way: Way = .soundFolders, passing passed: Set<String> = [],
    limit: Int = 2_000_000, visit: (Change) throws -> Void
  ) throws {
    let before = try old.map { id throws(GitError) in try tree(of: id) }
    try compare(before, with: tree(of: new), under: path, through: way, passing: passed, limit: limit, visit: visit)
  }

  /// Visits what one commit has at and below `path` and another one has not, or has otherwise; folders that are new there cost nothing.
  public func losses(
    from old: ObjectID, to new: ObjectID, under path: String, limit: Int = 2_000_000, visit: (_ path: String, TreeEntry) throws -> Void
  ) throws {
    try compare(tree(of: old), with: tree(of: new), under: path, through: .anyFolders, passing: [], addedToo: false, limit: limit) {
      change in
      if let entry = change.old, change.new?.id != entry.id { try visit(change.path, entry) }
    }
  }

  /// Visits every file at and below `path` in the folder `tree`; the costs and errors are those of ``changes(from:to:under:passing:limit:visit:)``.
  public func walk(
    _ tree: ObjectID, under path: String = "", through way: Way = .soundFolders, limit: Int = 2_000_000,
    visit: (_ path: String, TreeEntry) throws -> Void
  ) throws {
    try compare(nil, with: tree, under: path, through: way, passing: [], limit: limit) { change in
      if let entry = change.new { try visit(change.path, entry) }
    }
  }

  private func compare(
    _ old: ObjectID?, with new: ObjectID, under path: String, through way: Way, passing passed: Set<String>,
    addedToo: Bool = true, limit: Int, visit: (Change) throws -> Void
  ) throws {
    var comparison = TreeComparison(limit: limit, passed: passed, way: way, addedToo: addedToo)
    guard !path.isEmpty else { return try comparison.folders(old, new, at: "", in: self, visit: visit) }
    let before = try old.flatMap { tree throws(GitError) in try entry(at: path, in: tree, through: way) }
    let after = try entry(at: path, in: new, through: way)
    try comparison.entries(
      before.map { $0.judged(on: way) }, after.map { $0.judged(on: way) }, at: path, in: self, visit: visit)
  }
}

/// One walk over two trees: what it has looked at so far.
private struct TreeComparison {
  let limit: Int
  let passed: Set<String>
  let way: Repository.Way
  /// Whether folders are looked into that are on the new side alone.
  let addedToo: Bool
  var old = 0
  var new = 0

  mutating func entries(
    _ before: TreeEntry?, _ after: TreeEntry?, at path: String, in repository: borrowing Repository, visit: (Change) throws -> Void
  ) throws {
    if before == after { return }
    let oldFolder = before.flatMap { $0.isSoundFolder ? $0.id : nil }
    let newFolder = after.flatMap { $0.isSoundFolder ? $0.id : nil }
    if oldFolder != nil || newFolder != nil { try folders(oldFolder, newFolder, at: path, in: repository, visit: visit) }
    let oldFile = oldFolder == nil ? before : nil
    let newFile = newFolder == nil ? after : nil
    if oldFile != nil || newFile != nil { try visit(Change(path: path, old: oldFile, new: newFile)) }
  }

  mutating func folders(
    _ before: ObjectID?, _ after: ObjectID?, at path: String, in repository: borrowing Repository, visit: (Change) throws -> Void
  ) throws {
    if before == after || passed.contains(path) { return }
    switch (before, after) {
    case (let before?, let after?):
      let left = try Listing(before, in: repository)
      let right = try Listing(after, in: repository)
      try count(left.items.count, right.items.count)
      let mayDiffer = left.hasCollisions || right.hasCollisions
      var (i, j) = (0, 0)
      while i < left.items.count || j < right.items.count {
        let side = i == left.items.count ? 1 : j == right.items.count ? -1 : order(left.items[i], right.items[j])
        if side == 0, !mayDiffer, left.items[i].mode == right.items[j].mode, left.items[i].id == right.items[j].id {
          (i, j) = (i + 1, j + 1)
          continue
        }
        let old = side <= 0 ? repository.onTheWay(left.entry(i, folder: path), at: path).judged(on: way) : nil
        let new = side >= 0 ? repository.onTheWay(right.entry(j, folder: path), at: path).judged(on: way) : nil
        try entries(old, new, at: path / (new ?? old), in: repository, visit: visit)
        if side <= 0 { i += 1 }
        if side >= 0 { j += 1 }
      }
    case (let before?, nil):
      let left = try Listing(before, in: repository)
      try count(left.items.count, 0)
      for index in left.items.indices {
        let entry = repository.onTheWay(left.entry(index, folder: path), at: path).judged(on: way)
        try entries(entry, nil, at: path / entry, in: repository, visit: visit)
      }
    case (nil, let after?) where addedToo:
      let right = try Listing(after, in: repository)
      try count(0, right.items.count)
      for index in right.items.indices {
        let entry = repository.onTheWay(right.entry(index, folder: path), at: path).judged(on: way)
        try entries(nil, entry, at: path / entry, in: repository, visit: visit)
      }
    case (nil, _): break
    }
  }

  private mutating func count(_ before: Int, _ after: Int) throws(GitError) {
    old += before
    new += after
    if max(old, new) > limit {
      throw GitError(step: "compare two trees", reason: .tooLarge, detail: "there are more than \(limit) entries")
    }
  }
}

extension TreeEntry {
  fileprivate var isSoundFolder: Bool { kind == .folder && problem == nil }

  fileprivate func judged(on way: Repository.Way) -> TreeEntry {
    way == .anyFolders ? TreeEntry(name: name, id: id, kind: kind, problem: ownProblem) : self
  }
}

private func / (folder: String, entry: TreeEntry?) -> String {
  let name = entry?.name ?? ""
  return folder.isEmpty ? name : "\(folder)/\(name)"
}
