internal import CGit2

extension Repository {
  /// Whether git ignores a path: a pattern covers it, and nobody has added it all the same. C functions: `git_ignore_path_is_ignored`,
  /// `git_index_find_prefix`.
  ///
  /// - Parameter path: from the root of the work tree.
  public func ignores(_ path: String, isFolder: Bool) throws(GitError) -> Bool {
    let step = "find out whether git ignores \(path)"
    let place = isFolder ? path + "/" : path
    var isIgnored: Int32 = 0
    try check(step) { git_ignore_path_is_ignored(&isIgnored, raw, place) }
    guard isIgnored == 1 else { return false }
    try requireIndex()
    let index: OpaquePointer = try make(step) { git_repository_index(&$0, raw) }
    defer { git_index_free(index) }
    var position = 0
    return isFolder ? git_index_find_prefix(&position, index, place) != 0 : git_index_find(&position, index, place) != 0
  }

  /// Counts the patterns of the machine and the person in, which libgit2 was not told of.
  ///
  /// - Returns: the text of each file with patterns that lies outside the work tree: the person's, and those of this clone.
  public func readHostPatterns() throws(GitError) -> [String] {
    let settings = try HostSettings()
    var texts = [contents(of: commonPath + "info/exclude")].compactMap(\.self)
    if let own = try setting("core.excludesfile").flatMap(settings.path), let text = contents(of: own) { texts.append(text) }
    if let file = settings.ignoreFile, let text = contents(of: file) {
      try check("read the patterns in \(file)") { git_ignore_add_rule(raw, text) }
      texts.append(text)
    }
    return texts
  }
}

extension HostSettings {
  /// `core.excludesFile`, else where git looks for one.
  fileprivate var ignoreFile: String? {
    if let setting = values("core.excludesfile").last { return setting.value.isEmpty ? nil : path(setting.value) }
    return settingsFolder.map { "\($0)/ignore" }
  }
}
