internal import CGit2

/// A file of a work tree that is not as a commit has it.
public struct WorkTreeChange: Hashable, Sendable {
  /// From the root of the repository; repaired with U+FFFD if it is no UTF-8.
  public let path: String
  /// What the commit has there; nil for a file that is new.
  public let old: ObjectID?
  /// It is not in the work tree any more.
  public let isRemoved: Bool
}

extension Repository {
  /// What differs between a commit and the work tree at and below `path`, whether staged, committed since or just written; ignored files do
  /// not. C function: `git_diff_tree_to_workdir_with_index`.
  ///
  /// It reads the facts of every file there, and the content of those that the index is not sure of.
  public func workTreeChanges(since commit: ObjectID, under path: String) throws(GitError) -> [WorkTreeChange] {
    let step = "compare the work tree with \(commit.hex.prefix(12))"
    try requireIndex()
    var id = try tree(of: commit).raw
    let tree: OpaquePointer = try make(step) { git_tree_lookup(&$0, raw, &id) }
    defer { git_tree_free(tree) }
    let difference: OpaquePointer = try make(step) { difference in
      var options = git_diff_options()
      git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
      options.flags =
        GIT_DIFF_INCLUDE_UNTRACKED.rawValue | GIT_DIFF_RECURSE_UNTRACKED_DIRS.rawValue | GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        | GIT_DIFF_DISABLE_PATHSPEC_MATCH.rawValue
      return path.withCString { text in
        var place: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(mutating: text)
        return withUnsafeMutablePointer(to: &place) { places in
          options.pathspec = git_strarray(strings: places, count: 1)
          return git_diff_tree_to_workdir_with_index(&difference, raw, tree, &options)
        }
      }
    }
    defer { git_diff_free(difference) }
    return (0..<git_diff_num_deltas(difference)).compactMap { number in
      guard let delta = git_diff_get_delta(difference, number)?.pointee, let name = delta.new_file.path ?? delta.old_file.path else {
        return nil
      }
      let isNew = delta.status == GIT_DELTA_ADDED || delta.status == GIT_DELTA_UNTRACKED
      return WorkTreeChange(
        path: String(cString: name), old: isNew ? nil : ObjectID(delta.old_file.id), isRemoved: delta.status == GIT_DELTA_DELETED)
    }
  }
}
