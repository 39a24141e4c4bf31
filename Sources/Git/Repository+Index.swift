internal import CGit2

/// A file that is about to be committed.
public struct StagedFile: Hashable, Sendable {
  /// From the repository's root; repaired with U+FFFD if it is no UTF-8.
  public let path: String
  public let id: ObjectID
  public let kind: TreeEntry.Kind
}

extension Repository {
  /// What the index at `file` has, in its order; files with an unsettled merge are left out. C function: `git_index_open`.
  ///
  /// - Parameter file: another index than the repository's own, which git names in `GIT_INDEX_FILE` while it commits.
  public func stagedFiles(index file: String? = nil) throws(GitError) -> [StagedFile] {
    let path = file ?? "\(self.path)index"
    let step = "read the index \(path)"
    let index: OpaquePointer = try make(step) { git_index_open(&$0, path) }
    defer { git_index_free(index) }
    return (0..<git_index_entrycount(index)).compactMap { number in
      guard let entry = git_index_get_byindex(index, number)?.pointee, git_index_entry_is_conflict([entry]) == 0, let name = entry.path
      else { return nil }
      return StagedFile(path: String(cString: name), id: ObjectID(entry.id), kind: TreeEntry.Kind(mode: entry.mode))
    }
  }

  /// Reads objects from the folder `path` as well, such as the quarantine in which git keeps what is being pushed until its hooks agree.
  /// C function: `git_odb_add_disk_alternate`.
  public func borrowObjects(from path: String) throws(GitError) {
    try check("read objects from \(path)") { git_odb_add_disk_alternate(objects, path) }
  }

  /// Where git looks for this repository's hooks: `core.hooksPath` of its own configuration, else its `hooks`.
  public var hooksFolder: String {
    get throws(GitError) {
      let step = "find the hooks of \(path)"
      let configuration: OpaquePointer = try make(step) { git_repository_config_snapshot(&$0, raw) }
      defer { git_config_free(configuration) }
      guard let chosen: UnsafePointer<CChar> = try makeIfPresent(step, { git_config_get_string(&$0, configuration, "core.hooksPath") })
      else {
        return "\(commonPath)hooks"
      }
      let text = String(cString: chosen)
      return text.hasPrefix("/") ? text : (workTree ?? path) + text
    }
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
