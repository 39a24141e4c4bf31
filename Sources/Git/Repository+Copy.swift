internal import CGit2

extension Repository {
  /// Brings references, and what they lead to, from the repository at `path` here. C function: `git_remote_fetch`, over the local transport.
  ///
  /// - Parameter names: in full, what is called what here; a `*` at the end of both stands for the same text.
  public func copyReferences(_ names: [String: String], from path: String) throws(GitError) {
    let step = "copy \(names.keys.sorted().joined(separator: ", ")) from \(path)"
    let remote: OpaquePointer = try make(step) { git_remote_create_anonymous(&$0, raw, path) }
    defer { git_remote_free(remote) }
    var options = git_fetch_options()
    git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    options.update_fetchhead = 0
    try check(step) { withStrings(names.map { "+\($0.key):\($0.value)" }) { git_remote_fetch(remote, $0, &options, "copy") } }
  }
}
