internal import CGit2
internal import Failpoints
internal import Glibc

/// What a commit does to one path.
public struct FileEdit: Hashable, Sendable {
  public let path: String
  /// What the file holds from now on; nil removes it.
  public let content: [UInt8]?

  public init(path: String, content: [UInt8]?) {
    self.path = path
    self.content = content
  }
}

extension Repository {
  /// Makes a commit on top of `base` that differs from it by `edits` alone, and flushes it to disk; no reference moves.
  ///
  /// It is kept from a concurrent `git gc` until a reference is moved, it is pushed, or this repository is closed.
  /// It needs no work tree and no index. All its objects go to disk in one pack, so nothing loose is ever written. Removing what is not there is
  /// no error. The cost grows with the folders on the way to the edited paths.
  ///
  /// - Returns: the commit, or nil if the edits change nothing.
  /// - Throws: ``GitError``; `.missingObject` if a `git gc` of somebody else pruned it meanwhile: make it again a second later, so that it is
  ///   another commit, because gc deletes packs by name and equal objects get an equal name; `.invalid` for a path that nobody should commit, or one that needs a folder where a file is, or because `base`
  ///   or its trees are not here any more.
  public func write(
    _ edits: [FileEdit], onto base: ObjectID?, message: String, author: Signature, committer: Signature
  ) throws(GitError) -> ObjectID? {
    let step = "write a commit onto \(base.map { "\($0)" } ?? "nothing")"
    // Whatever happens, what is left in memory must not become part of a later commit.
    defer { git_mempack_reset(buffer) }
    let before = try base.map { id throws(GitError) in try self.tree(of: id) }
    var made: Set<ObjectID> = []
    let tree = try makeTree(edits, onto: before, step: step, made: &made)
    if tree == before { return nil }
    let commit = try makeCommit(tree, onto: base, message: message, author: author, committer: committer, step: step)
    made.insert(commit)
    try pass(.recordBuilt)
    try flush(made, step: step)
    try pass(.recordPacked)
    return commit
  }

  private func makeTree(_ edits: [FileEdit], onto base: ObjectID?, step: String, made: inout Set<ObjectID>) throws(GitError) -> ObjectID {
    var updates: [(path: String, id: git_oid?)] = []
    let removed = edits.filter { $0.content == nil }.map(\.path)
    let present = try base.map { base throws(GitError) in try entries(at: removed, in: base) } ?? [:]
    for edit in edits {
      if let problem = problem(inPath: edit.path) {
        throw GitError(step: step, reason: .invalid, detail: "the path \(edit.path) is \(problem)")
      }
      if let content = edit.content {
        let id = try makeBlob(content, step: step)
        made.insert(ObjectID(id))
        updates.append((edit.path, id))
      } else if present[Array(edit.path.utf8)] != nil {
        updates.append((edit.path, nil))
      }
    }
    let tree = try update(base, updates, step: step)
    made.formUnion(try folders(of: updates.map(\.path), in: tree))
    return tree
  }

  private func problem(inPath path: String) -> EntryProblem? {
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    if path.utf8.count > EntryProblem.longestPath { return .pathTooLong }
    if names.count > EntryProblem.deepest { return .tooDeep }
    for name in names {
      if let problem = Array(name.utf8).withUnsafeBytes({ EntryProblem(inName: $0) }) { return problem }
    }
    return nil
  }

  private func makeBlob(_ content: [UInt8], step: String) throws(GitError) -> git_oid {
    var id = git_oid()
    try check(step) { content.withUnsafeBytes { git_odb_write(&id, objects, $0.baseAddress, $0.count, GIT_OBJECT_BLOB) } }
    return id
  }

  private func update(_ base: ObjectID?, _ updates: [(path: String, id: git_oid?)], step: String) throws(GitError) -> ObjectID {
    var baseline: OpaquePointer?
    defer { git_tree_free(baseline) }
    if let base {
      var id = base.raw
      baseline = try make(step) { git_tree_lookup(&$0, raw, &id) }
    }
    let paths = updates.map { strdup($0.path) }
    defer { for path in paths { free(path) } }
    let raws = zip(updates, paths).map { update, path in
      git_tree_update(
        action: update.id == nil ? GIT_TREE_UPDATE_REMOVE : GIT_TREE_UPDATE_UPSERT, id: update.id ?? git_oid(), filemode: GIT_FILEMODE_BLOB,
        path: UnsafePointer(path))
    }
    var result = git_oid()
    let status = git_tree_create_updated(&result, raw, baseline, raws.count, raws)
    if status < 0 {
      let error = GitError(step: step, status: status)
      // libgit2 has no code of its own for a file where a folder is needed, or the other way round.
      let clash = error.detail.contains("D/F conflict") || error.detail.contains("cannot replace")
      throw clash ? GitError(step: step, reason: .invalid, detail: error.detail) : error
    }
    return ObjectID(result)
  }

  /// The folders on the way to `paths`, the root included: the trees that a commit touching `paths` has to bring along.
  private func folders(of paths: [String], in tree: ObjectID) throws(GitError) -> Set<ObjectID> {
    var names: Set<[UInt8]> = []  // bytes: to a Set of strings a composed name and a decomposed one are the same
    for path in paths {
      var parts = path.utf8.split(separator: UInt8(ascii: "/")).dropLast()
      while !parts.isEmpty, names.insert(Array(parts.joined(separator: [UInt8(ascii: "/")]))).inserted { parts.removeLast() }
    }
    let found = try entries(at: names.map { String(decoding: $0, as: UTF8.self) }, in: tree)
    return Set(found.values.filter { $0.kind == .folder }.map(\.id)).union([tree])
  }

  private func makeCommit(
    _ tree: ObjectID, onto base: ObjectID?, message: String, author: Signature, committer: Signature, step: String
  ) throws(GitError) -> ObjectID {
    let author = try author.copied()
    defer { git_signature_free(author) }
    let committer = try committer.copied()
    defer { git_signature_free(committer) }
    var (id, treeID, parent) = (git_oid(), tree.raw, (base ?? .zero).raw)
    try check(step) {
      withUnsafePointer(to: &parent) { pointer in
        var parents: [UnsafePointer<git_oid>?] = base == nil ? [] : [pointer]
        return parents.withUnsafeMutableBufferPointer { parents in
          git_commit_create_from_ids(&id, raw, nil, author, committer, nil, message, &treeID, parents.count, parents.baseAddress)
        }
      }
    }
    return ObjectID(id)
  }

  /// Writes the objects into one pack and flushes it; they are read from there from now on.
  ///
  /// Not `git_mempack_dump`, which packs everything that the commit's tree leads to, unchanged files included.
  private func flush(_ ids: Set<ObjectID>, step: String) throws(GitError) {
    let builder: OpaquePointer = try make(step) { git_packbuilder_new(&$0, raw) }
    defer { git_packbuilder_free(builder) }
    for id in ids {
      var raw = id.raw
      try check(step) { git_packbuilder_insert(builder, &raw, nil) }
    }
    var pack = git_buf()
    defer { git_buf_dispose(&pack) }
    try check(step) { git_packbuilder_write_buf(&pack, builder) }
    try keeps.add(ObjectID(at: UnsafeRawPointer(pack.ptr) + pack.size - 20), in: commonPath)
    try PackMove(into: commonPath).move(pack, objects: objects, step: step)
  }
}
