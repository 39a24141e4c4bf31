internal import CGit2
internal import Failpoints

/// What a remote repository offers.
public struct RemoteBranches: Hashable, Sendable {
  /// The branch that its HEAD stands for; nil if it has none, as an empty repository.
  public let head: String?
  /// Every branch with the commit it is at.
  public let commits: [String: ObjectID]
}

/// What a fetch found.
public struct Fetched: Hashable, Sendable {
  /// Where the reference was before; nil if it did not exist.
  public let old: ObjectID?
  public let new: ObjectID
}

extension RemoteBranches {
  /// Asks the repository at `url` what it has. Blocks, up to the deadline. C function: `git_remote_ls`.
  public init(of url: String, access: Access) throws(GitError) {
    let call = NetworkCall("reach", url: url, access: access)
    var found: RemoteBranches?
    try call.run {
      var remote: OpaquePointer?
      let status = git_remote_create_detached(&remote, url)
      guard status >= 0, let remote else { return status }
      defer { git_remote_free(remote) }
      var options = call.connection
      let connected = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options)
      guard connected >= 0 else { return connected }
      defer { git_remote_disconnect(remote) }
      found = RemoteBranches(connected: remote)
      return 0
    }
    guard let found else { throw GitError(step: call.step, reason: .other, detail: "it gave no answer") }
    self = found
  }

  /// What the remote that we are connected to has told already.
  fileprivate init(connected remote: OpaquePointer) {
    var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    var commits: [String: ObjectID] = [:]
    if git_remote_ls(&heads, &count, remote) >= 0 {
      for head in UnsafeBufferPointer(start: heads, count: count).compactMap({ $0?.pointee }) {
        let name = String(cString: head.name)
        if name.hasPrefix("refs/heads/") { commits[String(name.dropFirst("refs/heads/".count))] = ObjectID(head.oid) }
      }
    }
    var head = git_buf()
    defer { git_buf_dispose(&head) }
    let name = git_remote_default_branch(&head, remote) >= 0 ? String(cString: head.ptr) : ""
    self.head = name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : nil
    self.commits = commits
  }
}

extension Repository {
  /// Brings the branch `branch` of the repository at `url` here, and notes it in `reference` (in full, `refs/…`). Blocks, up to the deadline.
  ///
  /// The reference goes wherever the remote's branch is, backwards as well; compare `old` and `new` with ``isAncestor(_:of:)``. Tags stay there.
  ///
  /// - Throws: ``GitError``; `.notFound` if the remote has no such branch; `.timeout`, `.auth`, `.hostKey`, `.certificate`, `.network`, `.tooLarge`.
  ///   The reference did not move then. C function: `git_remote_download`.
  public func fetch(_ url: String, branch: String, into reference: String, access: Access) throws(GitError) -> Fetched {
    let call = NetworkCall("fetch", url: url, access: access)
    let old = try self.reference(reference)
    try pass(.fetchBefore)
    var offered: RemoteBranches?
    try call.run {
      var remote: OpaquePointer?
      let status = git_remote_create_anonymous(&remote, raw, url)
      guard status >= 0, let remote else { return status }
      defer { git_remote_free(remote) }
      var connection = call.connection
      let connected = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &connection)
      guard connected >= 0 else { return connected }
      defer { git_remote_disconnect(remote) }
      let branches = RemoteBranches(connected: remote)
      offered = branches
      guard let tip = branches.commits[branch], !contains(tip) else { return 0 }
      return download("+refs/heads/\(branch):\(reference)", from: remote, call)
    }
    guard let new = offered?.commits[branch] else {
      let has = offered?.commits.keys.sorted().prefix(10).joined(separator: ", ") ?? ""
      throw GitError(
        step: call.step, reason: .notFound, detail: has.isEmpty ? "it is empty" : "it has no branch \(branch); it has \(has)")
    }
    if old != new {
      try pass(.fetchPacked)
      let swap = try compareAndSwap(reference: reference, from: old, to: new, message: "fetch")
      guard swap == .moved else { throw GitError(step: call.step, reason: .locked, detail: "\(reference) is moved by somebody else") }
      try pass(.fetchRef)
    }
    return Fetched(old: old, new: new)
  }

  private func download(_ refspec: String, from remote: OpaquePointer, _ call: NetworkCall) -> Int32 {
    var options = git_fetch_options()
    git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
    options.callbacks = call.callbacks
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    options.update_fetchhead = 0
    return withStrings([refspec]) { git_remote_download(remote, $0, &options) }
  }
}
