internal import CGit2

/// A file that is about to be committed.
public struct StagedFile: Hashable, Sendable {
  /// From the repository's root; repaired with U+FFFD if it is no UTF-8.
  public let path: String
  public let id: ObjectID
  public let kind: TreeEntry.Kind
}

extension Repository {
  /// What the index at `file` has, in its order; files with an unsettled merge are left out, and so are those that are only meant to be
  /// added some day.
  ///
  /// - Parameter file: another index than the repository's own, which git names in `GIT_INDEX_FILE` while it commits.
  public func stagedFiles(index file: String? = nil) throws(GitError) -> [StagedFile] {
    try wholeIndex(at: file ?? "\(path)index").compactMap { entry in
      guard entry.stage == 0, !entry.isIntended else { return nil }
      return StagedFile(path: String(decoding: entry.path, as: UTF8.self), id: entry.id, kind: TreeEntry.Kind(mode: entry.mode))
    }
  }

  /// Has libgit2 read the index of this repository, and gives it one in memory where the form of the file is none that it knows.
  func requireIndex() throws(GitError) {
    var index: OpaquePointer?
    defer { git_index_free(index) }
    guard git_repository_index(&index, raw) < 0 else { return }
    let step = "read the index \(path)index"
    let made: OpaquePointer = try make(step) { git_index_new(&$0) }
    defer { git_index_free(made) }
    for entry in try wholeIndex(at: "\(path)index") where entry.stage == 0 {
      var copy = git_index_entry(entry)
      try check(step) {
        (entry.path + [0]).withUnsafeBufferPointer { path in
          path.withMemoryRebound(to: CChar.self) { path in
            copy.path = path.baseAddress
            return git_index_add(made, &copy)
          }
        }
      }
    }
    try check(step) { git_repository_set_index(raw, made) }
  }

  /// Every file that an index lists; in place of a folder that a sparse index has, the files in it.
  private func wholeIndex(at path: String) throws(GitError) -> [IndexFile.Entry] {
    let entries = try IndexFile.entries(at: path, in: self.path)
    guard entries.contains(where: { $0.mode == 0o040000 }) else { return entries }
    var whole: [IndexFile.Entry] = []
    for entry in entries {
      guard entry.mode == 0o040000 else {
        whole.append(entry)
        continue
      }
      do {
        try walk(entry.id) { path, file in
          var inside = entry
          (inside.path, inside.id, inside.mode) = (entry.path + Array(path.utf8), file.id, file.kind.mode)
          whole.append(inside)
        }
      } catch let error as GitError { throw error } catch { preconditionFailure("walking throws only errors of git: \(error)") }
    }
    return whole
  }

  /// Reads objects from the folder `path` as well, such as the quarantine in which git keeps what is being pushed until its hooks agree.
  /// C function: `git_odb_add_disk_alternate`.
  public func borrowObjects(from path: String) throws(GitError) {
    try check("read objects from \(path)") { git_odb_add_disk_alternate(objects, path) }
  }
}

extension Library {
  /// The version of libgit2 that is running: `1.5.1`.
  public static var version: String {
    var (major, minor, patch) = (Int32(), Int32(), Int32())
    git_libgit2_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// Whether libgit2 was built with ssh.
  public static var hasSSH: Bool { UInt32(git_libgit2_features()) & GIT_FEATURE_SSH.rawValue != 0 }
}

extension git_index_entry {
  /// All of an entry but its path.
  fileprivate init(_ entry: IndexFile.Entry) {
    self.init()
    let facts = entry.facts
    ctime = git_index_time(seconds: Int32(bitPattern: facts[0]), nanoseconds: facts[1])
    mtime = git_index_time(seconds: Int32(bitPattern: facts[2]), nanoseconds: facts[3])
    (dev, ino, mode, uid, gid, file_size) = (facts[4], facts[5], entry.mode, facts[7], facts[8], facts[9])
    id = entry.id.raw
    if entry.skipsWorkTree { flags_extended = UInt16(GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue) }
    if entry.isIntended { flags_extended |= UInt16(GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue) }
  }
}
