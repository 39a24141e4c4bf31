internal import CGit2

extension Repository {
  /// - Throws: `.missingObject`, `.invalid` if it is no commit.
  public func commit(_ id: ObjectID) throws(GitError) -> Commit {
    let commit = try lookUp(commit: id)
    defer { git_commit_free(commit) }
    guard let tree = git_commit_tree_id(commit) else { throw missing("read commit \(id)") }
    return Commit(
      id: id, tree: ObjectID(tree.pointee),
      parents: (0..<git_commit_parentcount(commit)).compactMap { git_commit_parent_id(commit, $0).map { ObjectID($0.pointee) } },
      author: Signature(git_commit_author(commit)), committer: Signature(git_commit_committer(commit)),
      message: git_commit_message(commit).map { String(cString: $0) } ?? "")
  }

  /// The root folder of the commit `id`.
  public func tree(of id: ObjectID) throws(GitError) -> ObjectID {
    let commit = try lookUp(commit: id)
    defer { git_commit_free(commit) }
    guard let tree = git_commit_tree_id(commit) else { throw missing("read commit \(id)") }
    return ObjectID(tree.pointee)
  }

  /// What stands at `path` (`a/b/c`, as git writes it) below the folder `tree`; nil if nothing does, or a part of the way is no folder.
  ///
  /// The way is gone part by part in git's objects; no link is followed. What leads to the content is named by its bytes alone: it is sound
  /// whatever lies beside it, and ``twins(onTheWayTo:in:)`` says what does.
  ///
  /// - Parameters:
  ///   - way: `.anyFolders` for paths of our own making: what others put beside a folder must not hide what we wrote into it.
  ///   - memory: for many questions about few folders.
  public func entry(
    at path: String, in tree: ObjectID, through way: Way = .soundFolders, remembering memory: FolderMemory? = nil
  ) throws(GitError) -> TreeEntry? {
    var folder = tree
    var walked = ""
    var found: TreeEntry?
    for name in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map({ String(Substring($0)) }) {
      if let found {
        guard found.kind == .folder, way == .anyFolders || found.problem == nil else { return nil }
        folder = found.id
      }
      if let memory {
        found = try memory.entry(name, of: folder, at: walked, in: self)
      } else {
        let listing = try Listing(folder, in: self)
        found = listing.index(of: name).map { listing.entry($0, folder: walked) }
      }
      found = found.map { onTheWay($0, at: walked) }
      guard found != nil else { return nil }
      walked = walked.isEmpty ? name : "\(walked)/\(name)"
    }
    return found
  }

  /// What stands beside the folder at `path`, or beside one on the way to it, and differs from that only in case or Unicode composition:
  /// each from the root, with the folder that it is nearly.
  public func twins(onTheWayTo path: String, in tree: ObjectID) throws(GitError) -> [(twin: String, folder: String)] {
    var found: [(twin: String, folder: String)] = []
    var (folder, walked) = (tree, "")
    for part in path.utf8.split(separator: UInt8(ascii: "/")).map({ String(Substring($0)) }) {
      let listing = try Listing(folder, in: self)
      let place = walked.isEmpty ? part : "\(walked)/\(part)"
      if let twin = listing.twin(of: part) { found.append((walked.isEmpty ? twin : "\(walked)/\(twin)", place)) }
      guard let next = listing.index(of: part).map({ listing.items[$0] }), next.isFolder else { break }
      (folder, walked) = (next.id, place)
    }
    return found
  }

  /// An entry of the folder at `path`, sound though others have nearly its name where it leads to the content.
  func onTheWay(_ entry: TreeEntry, at path: String) -> TreeEntry {
    guard entry.kind == .folder, case .collides = entry.problem else { return entry }
    let own = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
    guard content.utf8.starts(with: own.utf8), content.utf8.dropFirst(own.utf8.count).first ?? UInt8(ascii: "/") == UInt8(ascii: "/") else {
      return entry
    }
    return TreeEntry(name: entry.name, id: entry.id, kind: .folder, problem: nil)
  }

  /// Whether the way to a file may lead through folders with an ``EntryProblem``.
  public enum Way: Sendable { case soundFolders, anyFolders }

  /// The entries of the folder `tree`, in git's order; those that must not be read carry their problem. `path` is the folder's own.
  public func entries(of tree: ObjectID, at path: String = "") throws(GitError) -> [TreeEntry] {
    let listing = try Listing(tree, in: self)
    return listing.items.indices.map { listing.entry($0, folder: path) }
  }

  /// The bytes of a file, counted without reading it. C function: `git_odb_read_header`.
  public func blobSize(_ id: ObjectID) throws(GitError) -> Int {
    try header(of: id, kind: GIT_OBJECT_BLOB)
  }

  /// What is in a file.
  ///
  /// - Throws: `.tooLarge` if it has more than `limit` bytes; none of them is read then.
  public func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
    let object = try object(id, kind: GIT_OBJECT_BLOB, limit: limit)
    defer { git_odb_object_free(object) }
    return Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
  }

  /// Whether the object is here.
  public func contains(_ id: ObjectID) -> Bool {
    var raw = id.raw
    return git_odb_exists(objects, &raw) == 1
  }

  /// Whether the object is here and a commit: asked before anything is made of an id that somebody else wrote down.
  public func hasCommit(_ id: ObjectID) -> Bool {
    var (raw, size, kind) = (id.raw, 0, GIT_OBJECT_INVALID)
    return git_odb_read_header(&size, &kind, objects, &raw) == 0 && kind == GIT_OBJECT_COMMIT
  }

  /// Reads an object of a known kind and bounded size; the caller frees it with `git_odb_object_free`.
  ///
  /// The header comes first: a blob of 1 GiB can travel as 1 MB.
  func object(_ id: ObjectID, kind: git_object_t, limit: Int) throws(GitError) -> OpaquePointer {
    let size = try header(of: id, kind: kind)
    guard size <= limit else {
      throw GitError(step: "read object \(id)", reason: .tooLarge, detail: "it has \(size) bytes; \(limit) are accepted")
    }
    var raw = id.raw
    return try make("read object \(id)") { git_odb_read(&$0, objects, &raw) }
  }

  private func header(of id: ObjectID, kind: git_object_t) throws(GitError) -> Int {
    var size = 0
    var found = GIT_OBJECT_INVALID
    var raw = id.raw
    let status = git_odb_read_header(&size, &found, objects, &raw)
    if status < 0 { throw explained(GitError(step: "read object \(id)", status: status)) }
    guard found == kind else {
      let wanted = String(cString: git_object_type2string(kind))
      throw GitError(
        step: "read object \(id)", reason: .invalid, detail: "it is no \(wanted) but a \(String(cString: git_object_type2string(found)))")
    }
    return size
  }

  func lookUp(commit id: ObjectID) throws(GitError) -> OpaquePointer {
    var oid = id.raw
    do throws(GitError) { return try make("read commit \(id)") { git_commit_lookup(&$0, raw, &oid) } } catch { throw explained(error) }
  }

  private func missing(_ step: String) -> GitError { GitError(step: step, reason: .corrupt, detail: "it names no tree") }
}
