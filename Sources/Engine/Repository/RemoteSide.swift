import Git

/// A repository at a URL, as a mirror sees it.
struct RemoteSide: Sendable {
  let url: String
  let access: Access

  /// Brings `branch` into the mirror's reference `name`.
  func fetch(_ branch: String, into name: String, _ repository: borrowing Repository) throws(GitError) {
    _ = try repository.fetch(url, branch: branch, into: name, access: access)
  }

  /// The same for a branch that may not be there, such as one for records alone.
  ///
  /// - Returns: whether it is there.
  @discardableResult
  func fetchIfPresent(_ branch: String, into name: String, _ repository: borrowing Repository) throws(GitError) -> Bool {
    guard let tip = try RemoteBranches(of: url, access: access).commits[branch] else { return false }
    if try repository.reference(name) != tip { try fetch(branch, into: name, repository) }
    return true
  }

  /// Makes `commit`, made onto what `name` stands at, the remote's branch, and notes it in `name`.
  ///
  /// - Parameter tip: where the remote's branch is; `nil` where it is not there.
  /// - Returns: `false` where somebody else was first, or where the commit turned out not to be there: fetch, and make it again.
  /// - Throws: ``GitError``; `.rejected` with the server's words where a rule refuses it.
  func push(_ commit: ObjectID, to branch: String, expecting tip: ObjectID?, noting name: String, _ repository: borrowing Repository)
    throws(GitError) -> Bool
  {
    switch try repository.push(commit, to: branch, of: url, expecting: tip, access: access) {
    case .accepted: break
    case .lost: return false
    case .rejected(let words):
      throw GitError(
        step: "push records to \(branch) of \(RemoteURL(url).shown)", reason: .rejected,
        detail: "\(words); if the branch is protected, let this account push, or set record.branch in posthorn.yaml")
    case .unknown(let error):
      // The server's word got lost: its history tells.
      try fetchIfPresent(branch, into: name, repository)
      guard let current = try repository.reference(name), try repository.isAncestor(commit, of: current) else { throw error }
      return true
    }
    let known = try repository.reference(name)
    return try repository.compareAndSwap(reference: name, from: known, to: commit, message: "pushed") == .moved
  }
}
