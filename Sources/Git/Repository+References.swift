internal import CGit2

extension Repository {
  /// The branch that HEAD stands for, born or not, such as `main`; nil if HEAD is detached.
  public var currentBranch: String? {
    get throws(GitError) {
      guard let name = try symbolicTarget(of: "HEAD"), name.hasPrefix("refs/heads/") else { return nil }
      return String(name.dropFirst("refs/heads/".count))
    }
  }

  /// The branches of this repository, and those of its remotes as far as it knows them, without the remote's name.
  public var branchNames: Set<String> {
    get throws(GitError) {
      let step = "list the branches of \(path)"
      let iterator: OpaquePointer = try make(step) { git_branch_iterator_new(&$0, raw, GIT_BRANCH_ALL) }
      defer { git_branch_iterator_free(iterator) }
      var names: Set<String> = []
      while true {
        var (reference, kind) = (OpaquePointer?.none, GIT_BRANCH_LOCAL)
        let status = git_branch_next(&reference, &kind, iterator)
        if status == GIT_ITEROVER.rawValue { return names }
        try check(step) { status }
        defer { git_reference_free(reference) }
        guard let name = git_reference_shorthand(reference).map({ String(cString: $0) }) else { continue }
        names.insert(kind == GIT_BRANCH_LOCAL ? name : String(name.drop { $0 != "/" }.dropFirst()))
      }
    }
  }

  /// The commit that the reference `name` (in full, `refs/heads/main`, or `HEAD`) leads to; nil if there is no such reference, or it is unborn.
  public func reference(_ name: String) throws(GitError) -> ObjectID? {
    let step = "read \(name)"
    guard let reference: OpaquePointer = try makeIfPresent(step, { git_reference_lookup(&$0, raw, name) }) else { return nil }
    defer { git_reference_free(reference) }
    if git_reference_type(reference) == GIT_REFERENCE_DIRECT { return try commit(of: reference, step) }  // resolving reads it once more
    guard let resolved: OpaquePointer = try makeIfPresent(step, { git_reference_resolve(&$0, reference) }) else { return nil }
    defer { git_reference_free(resolved) }
    return try commit(of: resolved, step)
  }

  private func commit(of reference: OpaquePointer, _ step: String) throws(GitError) -> ObjectID {
    let commit: OpaquePointer = try make(step) { git_reference_peel(&$0, reference, GIT_OBJECT_COMMIT) }
    defer { git_object_free(commit) }
    return ObjectID(git_object_id(commit).pointee)
  }

  /// What a branch of this repository follows elsewhere.
  public struct Upstream: Hashable, Sendable {
    /// The remote's name; `.` if the branch follows another one of the same repository.
    public let remote: String
    /// Where the remote is; a relative path of the configuration made absolute.
    public let url: String
    /// The branch there, such as `main`.
    public let branch: String
    /// The reference in which this repository remembers it, such as `refs/remotes/origin/main`.
    public let trackingReference: String
  }

  /// The upstream of the local branch `name`; nil if it has none, or its remote is gone.
  public func upstream(ofBranch name: String) throws(GitError) -> Upstream? {
    let step = "read the upstream of \(name)"
    let configuration: OpaquePointer = try make(step) { git_repository_config_snapshot(&$0, raw) }
    defer { git_config_free(configuration) }
    guard let remote = try setting("branch.\(name).remote", in: configuration),
      let merge = try setting("branch.\(name).merge", in: configuration)
    else { return nil }
    let branch = merge.hasPrefix("refs/heads/") ? String(merge.dropFirst("refs/heads/".count)) : merge
    if remote == "." { return Upstream(remote: remote, url: commonPath, branch: branch, trackingReference: "refs/heads/\(branch)") }
    guard let found: OpaquePointer = try makeIfPresent(step, { git_remote_lookup(&$0, raw, remote) }) else { return nil }
    defer { git_remote_free(found) }
    guard let url = git_remote_url(found) else { return nil }
    return Upstream(
      remote: remote, url: absolute(String(cString: url)), branch: branch, trackingReference: "refs/remotes/\(remote)/\(branch)")
  }

  /// The commit that `text` names, in git's notation: `HEAD~1`, `main`, a tag, an abbreviated id. C function: `git_revparse_single`.
  ///
  /// - Throws: `.notFound` if nothing is called that, `.invalid` if it is ambiguous, malformed or no commit.
  public func revision(_ text: String) throws(GitError) -> ObjectID {
    let step = "find the commit \(text)"
    do throws(GitError) {
      let object: OpaquePointer = try make(step) { git_revparse_single(&$0, raw, text) }
      defer { git_object_free(object) }
      let commit: OpaquePointer = try make(step) { git_object_peel(&$0, object, GIT_OBJECT_COMMIT) }
      defer { git_object_free(commit) }
      return ObjectID(git_object_id(commit).pointee)
    } catch  where error.reason == .missingObject {
      // A person named it: nobody promised that it is here.
      throw GitError(step: step, reason: .notFound, detail: error.detail)
    }
  }

  private func symbolicTarget(of name: String) throws(GitError) -> String? {
    guard let reference: OpaquePointer = try makeIfPresent("read \(name)", { git_reference_lookup(&$0, raw, name) }) else { return nil }
    defer { git_reference_free(reference) }
    return git_reference_symbolic_target(reference).map { String(cString: $0) }
  }

  /// A setting of the repository's own configuration; nil where it has none. C function: `git_config_get_string`.
  public func setting(_ key: String) throws(GitError) -> String? {
    let configuration: OpaquePointer = try make("read the setting \(key)") { git_repository_config_snapshot(&$0, raw) }
    defer { git_config_free(configuration) }
    return try setting(key, in: configuration)
  }

  private func setting(_ key: String, in configuration: OpaquePointer) throws(GitError) -> String? {
    guard let text: UnsafePointer<CChar> = try makeIfPresent("read the setting \(key)", { git_config_get_string(&$0, configuration, key) })
    else { return nil }
    return String(cString: text)
  }

  /// git resolves a remote's relative path against the work tree, or the git directory of a bare repository.
  func absolute(_ url: String) -> String {
    RemoteURL(url).isLocalPath && !url.hasPrefix("/") ? (workTree ?? path) + url : url
  }
}
