import ArgumentParser
import Engine
import Git
import Glibc
import Schedule

/// A repository as git alone tells it, so in any clone: the commit that posts are read from, and where the records are.
struct RepositoryView {
  /// The git directory.
  let path: String
  /// The commit that posts are read from.
  let commit: ObjectID
  /// What was chosen, for people: `origin/main`.
  let name: String
  /// Where the repository is, the same in every clone, whatever way leads there: `git.example.com/team/news`; its folder's name where
  /// it is nowhere else.
  let place: String
  private let kind: Kind
  private let branch: String

  private enum Kind {
    case mirror
    case tracking(remote: String)
    case bare
    case workTree
  }

  /// A work tree stands for what it last fetched of its upstream, else for its branch; a bare repository for its branch; a URL for the
  /// mirror in the state directory.
  init(_ options: ResolvedOptions) throws(Failure) {
    do throws(GitError) {
      let url = RemoteURL(options.repo)
      guard url.isLocal else {
        try self.init(mirrorOf: options)
        return
      }
      let path = try Repository.discover(from: url.path)
      let repository = try Repository(screened: path)
      let current = try repository.currentBranch
      guard let branch = options.branch ?? current else {
        throw GitError(step: "choose a branch of \(url.path)", reason: .notFound, detail: "HEAD is detached; name a branch with --branch")
      }
      let isKnown = try repository.reference("refs/heads/\(branch)") != nil
      var upstream = try repository.upstream(ofBranch: branch)
      if upstream == nil, !isKnown { upstream = try repository.remoteBranch(named: branch) }
      if !repository.isBare, let upstream, upstream.remote != ".",
        let commit = try repository.reference(upstream.trackingReference)
      {
        self.init(
          path: path, commit: commit, name: "\(upstream.remote)/\(upstream.branch)", place: Self.place(of: RemoteURL(upstream.url)),
          kind: .tracking(remote: upstream.remote), branch: upstream.branch)
        return
      }
      guard let commit = try repository.reference("refs/heads/\(branch)") else {
        throw GitError(
          step: "read branch \(branch) of \(url.path)", reason: .notFound,
          detail: "there is no such branch, or nothing was committed to it yet; commit something, or name another with --branch")
      }
      self.init(
        path: path, commit: commit, name: branch, place: Self.place(of: RemoteURL(repository.workTree ?? repository.path)),
        kind: repository.isBare ? .bare : .workTree, branch: branch)
    } catch {
      throw Self.failure(error, options.repo)
    }
  }

  private init(path: String, commit: ObjectID, name: String, place: String, kind: Kind, branch: String) {
    (self.path, self.commit, self.name, self.place, self.kind, self.branch) = (path, commit, name, place, kind, branch)
  }

  private static func place(of url: RemoteURL) -> String {
    let parts = url.path.split(separator: "/")
    guard let last = parts.last else { return url.host.isEmpty ? "posthorn" : url.host }
    let name = last.hasSuffix(".git") && last.count > 4 ? last.dropLast(4) : last
    // A path on this machine is not the same in another clone, but its end may well be.
    return url.isLocal ? String(name) : ([url.host] + parts.dropLast().map(String.init) + [String(name)]).joined(separator: "/")
  }

  /// Only a branch that is not named has to be asked of the remote; the mirror is as new as the last fetch of the daemon.
  private init(mirrorOf options: ResolvedOptions) throws(GitError) {
    let step = "read the mirror of \(RemoteURL(options.repo).shown)"
    let state: String
    let location: Location
    do {
      location = try resolveLocation(options, HostAccess(HostFlags.parse([]), options.host))
      state = try StateLocation.path(options.state, for: location, folder: options.folder)
    } catch {
      throw GitError(step: step, reason: .other, detail: "\(error)")
    }
    let path = "\(state)/mirror.git"
    guard FileBytes.exists(path) else {
      throw GitError(
        step: step, reason: .notFound,
        detail: "there is none at \(path); run posthorn reconcile or daemon with the same --repo first, or clone it and name the clone")
    }
    guard let commit = try Repository(at: path).reference("refs/posthorn/upstream/\(location.branch)") else {
      throw GitError(step: step, reason: .notFound, detail: "it has nothing of the branch \(location.branch) yet; run: posthorn reconcile")
    }
    self.init(
      path: path, commit: commit, name: "the mirror of \(location.branch)", place: Self.place(of: RemoteURL(options.repo)), kind: .mirror,
      branch: location.branch)
  }

  /// The newest commit with records; `nil` where nothing was recorded yet.
  ///
  /// - Parameter branch: `record.branch` of the settings.
  func records(onBranch branch: String?) throws(Failure) -> ObjectID? {
    let name = branch ?? defaultRecordBranch
    if name == self.branch { return commit }
    do throws(GitError) { return try Repository(screened: path).reference(reference(ofBranch: name)) } catch {
      throw .couldNot(error.description)
    }
  }

  /// Where records go that the settings name no branch for.
  var defaultRecordBranch: String {
    if case .workTree = kind { return "posthorn" }
    return branch
  }

  private func reference(ofBranch name: String) -> String {
    switch kind {
    case .mirror: "refs/posthorn/upstream/\(name)"
    case .tracking(let remote): "refs/remotes/\(remote)/\(name)"
    case .bare, .workTree: "refs/heads/\(name)"
    }
  }

  /// Which commit is read, and how to get a newer one.
  var summary: String {
    let read = "reading \(name) at \(commit.hex.prefix(12))"
    switch kind {
    case .tracking: return read + ", as last fetched (newer: git fetch)"
    case .workTree: return read + ", which has no upstream"
    case .mirror, .bare: return read
    }
  }

  static func failure(_ error: GitError, _ repo: String) -> Failure {
    guard error.reason == .notFound, error.step.hasPrefix("find a repository") else { return .couldNot(error.description) }
    return .couldNot("\(repo) is not in a git repository; name one with --repo, or make one with git init")
  }
}
