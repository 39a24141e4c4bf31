internal import CGit2

extension Repository {
  /// Where `origin` is, or else the only other repository that this one knows; nil where there is none, or no telling which.
  public var mainRemote: String? {
    get throws(GitError) {
      let step = "read the remotes"
      var names = git_strarray()
      try check(step) { git_remote_list(&names, raw) }
      defer { git_strarray_dispose(&names) }
      let all = (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
      guard let name = all.contains("origin") ? "origin" : all.count == 1 ? all.first : nil else { return nil }
      let remote: OpaquePointer = try make(step) { git_remote_lookup(&$0, raw, name) }
      defer { git_remote_free(remote) }
      return git_remote_url(remote).map { String(cString: $0) }
    }
  }
}
