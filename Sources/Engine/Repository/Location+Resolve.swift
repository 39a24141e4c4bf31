public import Git

extension Location {
  /// Finds out what `--repo` means.
  ///
  /// A URL is mirrored, a local bare repository read in place. A work tree stands for the upstream of its branch; one without an upstream
  /// is read at its branch's head.
  ///
  /// - Throws: ``GitError``: `.notFound` where there is no repository or no branch; what reaching a URL throws, if its branch is not given.
  public static func resolve(_ text: String, branch: String?, access: Access) throws(GitError) -> Location {
    let url = RemoteURL(text)
    guard url.isLocal else {
      if let branch { return .remote(url: text, branch: branch) }
      return .remote(url: text, branch: try headBranch(of: text, access))
    }
    let repository = try Repository(at: try Repository.discover(from: url.path))
    let step = "choose a branch of \(url.path)"
    let current = try repository.currentBranch
    guard let branch = branch ?? current else {
      throw GitError(step: step, reason: .notFound, detail: "HEAD is detached; name a branch with --branch")
    }
    if repository.isBare { return .bare(path: repository.path, branch: branch) }
    if let upstream = try repository.upstream(ofBranch: branch), upstream.remote != "." {
      return try following(upstream, access)
    }
    if try repository.reference("refs/heads/\(branch)") == nil, let upstream = try repository.remoteBranch(named: branch) {
      return try following(upstream, access)
    }
    return .workTree(path: repository.path, branch: branch)
  }

  private static func following(_ upstream: Repository.Upstream, _ access: Access) throws(GitError) -> Location {
    let url = RemoteURL(upstream.url)
    guard url.isLocal else { return .remote(url: upstream.url, branch: upstream.branch) }
    let repository = try Repository(at: url.path)
    return repository.isBare
      ? .bare(path: repository.path, branch: upstream.branch) : .workTree(path: repository.path, branch: upstream.branch)
  }

  private static func headBranch(of url: String, _ access: Access) throws(GitError) -> String {
    let branches = try RemoteBranches(of: url, access: access)
    if let head = branches.head { return head }
    let names = branches.commits.keys.sorted().prefix(10).joined(separator: ", ")
    throw GitError(
      step: "choose a branch of \(RemoteURL(url).shown)", reason: .notFound,
      detail: names.isEmpty
        ? "it is empty; push a commit first" : "it does not say which is its main branch; name one with --branch: \(names)")
  }

  /// Which repository was chosen, in words: a person should see it before anything is read or written.
  public var summary: String {
    switch self {
    case .remote(let url, let branch): "branch \(branch) of \(RemoteURL(url).shown), mirrored; records are pushed to it"
    case .bare(let path, let branch): "branch \(branch) of the bare repository \(path), in place"
    case .workTree(let path, let branch):
      "branch \(branch) of \(path), which has no upstream; records go to the branch posthorn, and the work tree is left alone"
    }
  }
}
