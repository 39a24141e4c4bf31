import Git
import Logging
import Schedule

/// The repository that posts come from and records go to. One actor, one handle, one thread: git's calls block.
///
/// A URL is mirrored; a local repository is read in place and its branch moved by compare-and-swap under git's own lock.
actor SourceRepository {
  private let executor = ThreadExecutor(name: "repository")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let location: Location
  /// The git directory that content is read from: the mirror's, or the repository's own.
  nonisolated let path: String
  let folder: String
  let remote: RemoteSide?
  var handle: RepositoryHandle?
  let logger: Logger

  init(location: Location, folder: String, mirror: String, access: Access, logger: Logger) {
    (self.location, self.folder, self.logger) = (location, folder, logger)
    self.remote = if case .remote(let url, _) = location { RemoteSide(url: url, access: access) } else { nil }
    path = location.localPath ?? mirror
  }

  /// The branch's newest commit, after asking upstream.
  ///
  /// - Throws: ``GitError``; the last good schedule stands then.
  func fetch() throws -> ObjectID {
    do {
      return try fetchOnce()
    } catch let error as GitError where error.reason == .corrupt && remote != nil {
      try replaceMirror(because: error)
      return try fetchOnce()
    }
  }

  private func fetchOnce() throws -> ObjectID {
    let handle = try opened()
    if let remote {
      if handle.repository.packCount > Self.mostPacks {
        throw GitError(step: "fetch into \(path)", reason: .corrupt, detail: "it has too many packs")
      }
      try remote.fetch(location.branch, into: Self.upstream(location.branch), handle.repository)
    }
    return try tip(of: location.branch, in: handle.repository)
  }

  /// Lets go of the repository: a handle keeps packs that were deleted open.
  func reopen() { handle = nil }

  /// Keeps a commit that upstream's history no longer contains.
  func keep(_ commit: ObjectID) throws {
    _ = try opened().repository.compareAndSwap(
      reference: Self.keptReference(commit), from: nil, to: commit, message: "posthorn: the branch was rewritten")
  }

  nonisolated static func keptReference(_ commit: ObjectID) -> String { "refs/posthorn/kept/\(commit.hex)" }

  /// The branch's newest commit as far as it is known here; upstream is asked only if it never was.
  func knownTip() throws -> ObjectID {
    if remote != nil, let tip = try opened().repository.reference(Self.upstream(location.branch)) { return tip }
    return try fetch()
  }

  private func tip(of branch: String, in repository: borrowing Repository) throws -> ObjectID {
    let name = remote == nil ? "refs/heads/\(branch)" : Self.upstream(branch)
    guard let tip = try repository.reference(name) else {
      throw GitError(
        step: "read branch \(branch) of \(location)", reason: .notFound,
        detail: "there is no such branch, or nothing was committed to it yet; push a commit, or name another with --branch")
    }
    return tip
  }

  /// Where a mirror remembers a branch of upstream.
  static func upstream(_ branch: String) -> String { "refs/posthorn/upstream/\(branch)" }
}
