internal import CGit2

extension Repository {
  /// Where `origin` is, or else the only other repository that this one knows; nil where there is none, or no telling which.
  public var mainRemote: String? {
    get throws(GitError) {
      let all = try remotes
      guard let name = all.contains("origin") ? "origin" : all.count == 1 ? all.first : nil else { return nil }
      return try url(ofRemote: name)
    }
  }

  /// The names of the other repositories that this one knows.
  var remotes: [String] {
    get throws(GitError) {
      var names = git_strarray()
      try check("read the remotes") { git_remote_list(&names, raw) }
      defer { git_strarray_dispose(&names) }
      return (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
    }
  }

  private func url(ofRemote name: String) throws(GitError) -> String? {
    let remote: OpaquePointer = try make("read the remote \(name)") { git_remote_lookup(&$0, raw, name) }
    defer { git_remote_free(remote) }
    return git_remote_url(remote).map { String(cString: $0) }
  }

  /// The branch of another repository that `name` means as it was last fetched: `origin/main`, or `main` where only one of them has that
  /// and this repository has no branch of the name, as in a clone at a detached head. Nil where it means none.
  public func remoteBranch(named name: String) throws(GitError) -> Upstream? {
    let short = ["refs/remotes/", "remotes/"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) } ?? name
    let all = try remotes
    let named = all.filter { short.hasPrefix("\($0)/") }.map { (remote: $0, branch: String(short.dropFirst($0.utf8.count + 1))) }
    for (remote, branch) in named.sorted(by: { $0.remote.utf8.count > $1.remote.utf8.count }) {
      if let found = try remoteBranch(branch, of: remote) { return found }
    }
    guard short == name else { return nil }
    var found: [Upstream] = []
    for remote in all { if let branch = try remoteBranch(name, of: remote) { found.append(branch) } }
    return found.count == 1 ? found.first : nil
  }

  private func remoteBranch(_ branch: String, of remote: String) throws(GitError) -> Upstream? {
    let reference = "refs/remotes/\(remote)/\(branch)"
    guard git_reference_is_valid_name(reference) == 1, try self.reference(reference) != nil, let url = try url(ofRemote: remote) else {
      return nil
    }
    return Upstream(remote: remote, url: absolute(url), branch: branch, trackingReference: reference)
  }
}
