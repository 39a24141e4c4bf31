internal import CGit2
internal import Glibc

/// How a push ended.
public enum PushOutcome: Hashable, Sendable {
  /// The server said that the branch is at our commit now.
  case accepted
  /// The branch was not where we expected it: nothing of ours is there. Fetch, make the commit again on the new tip, push again.
  case lost
  /// The server refused, by a rule or a hook; with its words.
  case rejected(String)
  /// Something went wrong after the update was on its way: it may be there or not. Fetch, and ask whether the commit is in the branch's history.
  case unknown(GitError)
}

extension Repository {
  /// Moves `branch` of the repository at `url` from `old` (nil: it does not exist) to `commit`, which has to be a descendant, sending what it needs.
  /// Never forces. Blocks, up to the deadline. C function: `git_remote_push`.
  ///
  /// Only the server's own word on our branch counts as success: libgit2's status says nothing about it.
  ///
  /// - Throws: ``GitError`` if it failed before anything was sent; `.unsupported` for a local repository, where libgit2 overwrites what
  ///   arrives meanwhile: write there and use ``compareAndSwap(reference:from:to:message:patience:)``.
  public func push(_ commit: ObjectID, to branch: String, of url: String, expecting old: ObjectID?, access: Access) throws(GitError)
    -> PushOutcome
  {
    let call = NetworkCall("push to \(branch) of", url: url, access: access)
    guard !call.url.isLocal else {
      throw GitError(step: call.step, reason: .unsupported, detail: "a local repository is written to in place, under its own lock")
    }
    let target = "refs/heads/\(branch)"
    let source = try outgoing(commit, branch)
    keeps.release()
    call.expected = [target: old ?? .zero]
    do throws(GitError) {
      try call.run {
        var remote: OpaquePointer?
        let status = git_remote_create_anonymous(&remote, raw, url)
        guard status >= 0, let remote else { return status }
        defer { git_remote_free(remote) }
        return upload("\(source):\(target)", to: remote, call)
      }
      return verdict(on: target, of: call)
    } catch {
      if error.reason == .notFastForward { return .lost }
      if call.negotiated == nil { throw error }
      if case .some(.some(let status)) = call.statuses[target] { return refusal(status, of: call) }
      return .unknown(error)
    }
  }

  private func verdict(on target: String, of call: NetworkCall) -> PushOutcome {
    switch call.statuses[target] {
    case .some(.none): .accepted
    case .some(.some(let status)): refusal(status, of: call)
    case .none: .unknown(GitError(step: call.step, reason: .other, detail: "the server did not say what it did"))
    }
  }

  /// git's words for a lost race, in receive-pack and on the large hosts, against a refusal.
  private func refusal(_ status: String, of call: NetworkCall) -> PushOutcome {
    let races = [
      "failed to update ref", "fetch first", "non-fast-forward", "cannot lock ref", "already exists", "incorrect old value", "stale info",
    ]
    if races.contains(where: status.contains) { return .lost }
    let remarks = String(decoding: call.remarks, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: "; ")
    return .rejected(printable(remarks.isEmpty ? status : "\(status): \(remarks)"))
  }

  /// libgit2 pushes references only, so the commit gets one that nobody else uses.
  private func outgoing(_ commit: ObjectID, _ branch: String) throws(GitError) -> String {
    let name = "refs/outgoing/\(branch)"
    var (made, id) = (OpaquePointer?.none, commit.raw)
    defer { git_reference_free(made) }
    try check("note the commit \(commit) for pushing") { git_reference_create(&made, raw, name, &id, 1, nil) }
    return name
  }

  private func upload(_ refspec: String, to remote: OpaquePointer, _ call: NetworkCall) -> Int32 {
    var options = git_push_options()
    git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
    options.callbacks = call.callbacks
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    return withStrings([refspec]) { git_remote_upload(remote, $0, &options) }
  }
}

/// Hands C an array of C strings that lives as long as `body` runs.
func withStrings(_ strings: [String], _ body: (UnsafePointer<git_strarray>) -> Int32) -> Int32 {
  var copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeMutableBufferPointer { copies in
    var array = git_strarray(strings: copies.baseAddress, count: copies.count)
    return withUnsafePointer(to: &array, body)
  }
}
