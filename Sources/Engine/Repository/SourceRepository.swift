import Git
import Glibc
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
  private let folder: String
  private let remote: RemoteSide?
  private var handle: RepositoryHandle?
  private let logger: Logger

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

  /// The mirror is a cache: a broken one is put aside and fetched anew. Nothing that was not pushed lives in it alone.
  private func replaceMirror(because error: GitError) throws {
    handle = nil
    logger.error("the mirror is broken and is fetched anew", metadata: ["error": "\(error)"])
    let aside = "\(path).broken"
    Repository.remove(bareAt: aside)
    guard rename(path, aside) == 0 else {
      throw GitError(step: "put the broken mirror \(path) aside", reason: .other, detail: String(cString: strerror(errno)))
    }
    Repository.remove(bareAt: aside)
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

  /// Commits a batch on top of the newest tip and makes it upstream's, again and again until nobody came between; never by force.
  ///
  /// - Returns: the new tip of the branch that posts are read from, where the records went to that branch.
  func record(_ batch: RecordBatch, branch: String?, now: Instant) async throws -> ObjectID? {
    let branch = branch ?? location.recordBranch
    var tries = 0
    while true {
      switch try recordOnce(batch, branch: branch, now: now) {
      case .done(let tip): return branch == location.branch ? tip : nil
      case .lostRace:
        tries += 1
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * min(tries, 20)))
      }
    }
  }

  private enum Try {
    case done(ObjectID?)
    case lostRace
  }

  private func recordOnce(_ batch: RecordBatch, branch: String, now: Instant) throws -> Try {
    let handle = try opened()
    if let remote { try remote.fetchIfPresent(branch, into: Self.upstream(branch), handle.repository) }
    let name = remote == nil ? "refs/heads/\(branch)" : Self.upstream(branch)
    let tip = try handle.repository.reference(name)
    let edits = try edits(batch, onto: tip, in: handle.repository)
    let signature = Signature(name: "Posthorn", email: "posthorn@\(batch.host)", time: now.seconds)
    guard let commit = try handle.repository.write(edits, onto: tip, message: batch.message, author: signature, committer: signature) else {
      return .done(tip)
    }
    if let remote {
      return try remote.push(commit, to: branch, expecting: tip, noting: name, handle.repository) ? .done(commit) : .lostRace
    }
    switch try handle.repository.compareAndSwap(reference: name, from: tip, to: commit, message: "posthorn: record") {
    case .moved: return .done(commit)
    case .lost: return .lostRace
    }
  }

  /// The batch as edits of the newest tip. A history file that is there already is never changed: whoever wrote it was first.
  private func edits(_ batch: RecordBatch, onto tip: ObjectID?, in repository: borrowing Repository) throws -> [FileEdit] {
    let tree = try tip.map { try repository.tree(of: $0) }
    var edits: [FileEdit] = []
    for (file, content) in batch.history.sorted(by: { $0.key < $1.key }) {
      let path = "\(folder)/\(file)"
      if let tree, let entry = try repository.entry(at: path, in: tree) {
        if try repository.blob(entry.id, limit: 1 << 20) != content {
          logger.error("a history file of another daemon is in the way; it is kept", metadata: ["path": "\(path)"])
        }
        continue
      }
      edits.append(FileEdit(path: path, content: content))
    }
    edits += batch.statuses.sorted { $0.key < $1.key }.map { FileEdit(path: "\(folder)/\($0.key)", content: $0.value) }
    edits += batch.removed.sorted().map { FileEdit(path: "\(folder)/\($0)", content: nil) }
    return edits
  }

  /// Every history file of the branch that records go to, for a state directory that has none of its own.
  func history(branch: String?) throws -> [HistoryRecord] {
    let handle = try opened()
    let branch = branch ?? location.recordBranch
    if let remote, branch != location.branch { try remote.fetchIfPresent(branch, into: Self.upstream(branch), handle.repository) }
    guard let tip = try handle.repository.reference(remote == nil ? "refs/heads/\(branch)" : Self.upstream(branch)) else { return [] }
    var records: [HistoryRecord] = []
    let tree = try handle.repository.tree(of: tip)
    guard try handle.repository.entry(at: "\(folder)/history", in: tree) != nil else { return [] }
    try handle.repository.walk(tree, under: "\(folder)/history") { path, entry in
      guard entry.problem == nil, path.hasSuffix(".json") else { return }
      do {
        records.append(try HistoryRecord(json: try JSON.parse(try handle.repository.blob(entry.id, limit: 1 << 20))))
      } catch let error as GitError {
        throw error
      } catch {
        logger.error("a history file cannot be read and is passed over", metadata: ["path": "\(path)", "error": "\(error)"])
      }
    }
    return records
  }

  /// Every look-up asks each pack, so a mirror with more of them is fetched anew (G12).
  private static let mostPacks = 200

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
  private static func upstream(_ branch: String) -> String { "refs/posthorn/upstream/\(branch)" }

  private func opened() throws -> RepositoryHandle {
    if let handle { return handle }
    let opened = remote == nil ? try openedInPlace() : try openedMirror()
    handle = opened
    return opened
  }

  /// A repository that others write to. A loose object that a power cut truncated would be read for ever, so they are all looked at first.
  private func openedInPlace() throws -> RepositoryHandle {
    let screen = Repository.screenLooseObjects(gitDirectory: path)
    if let broken = screen.broken.first {
      throw GitError(
        step: "open \(path)", reason: .corrupt,
        detail: "\(broken.path) is no whole object (\(broken.problem)), and \(screen.broken.count - 1) more; "
          + "remove it, bring the object back from another clone, and run: git -C \(path) fsck")
    }
    let opened = RepositoryHandle(try Repository(at: path))
    _ = opened.repository.releaseAbandonedPacks()
    return opened
  }

  /// Our own mirror: what a crash left in it is removed, and one that cannot be used is made again.
  private func openedMirror() throws -> RepositoryHandle {
    let mirror = RepositoryHandle(try Repository.create(bareAt: path))
    for name in mirror.repository.sweepLitter() { logger.notice("removed what a crash left", metadata: ["file": "\(name)"]) }
    return mirror
  }
}
