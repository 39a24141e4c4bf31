import Git
import Logging
import Schedule
import StateDirectory
import Synchronization

/// The repository that posts come from and records go to. One actor, one handle, one thread: git's calls block.
///
/// A URL is mirrored; a local repository is read in place and its branch moved by compare-and-swap under git's own lock.
actor SourceRepository {
  private let executor = ThreadExecutor(name: "repository")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let location: Location
  /// The git directory that content is read from: the mirror's, or the repository's own.
  nonisolated let path: String
  /// What comes before reading a repository of others.
  nonisolated let screening: LooseObjectScreening?
  let folder: String
  let remote: RemoteSide?
  let state: Folder
  let logger: Logger
  /// The branch that the settings choose for records, if they do.
  var chosenRecordBranch: String?
  /// Those that records went to before.
  var otherBranches: [String] = []
  /// Those of them that nobody writes to any more.
  var quietBranches: Set<String> = []
  /// The commit of the records' branch up to which the engine knows what other daemons have recorded.
  var heard: ObjectID?
  /// Who publishes, as the commit says that was asked last.
  nonisolated let daemonSeen = Mutex<SeenDaemon?>(nil)
  /// The commit of the branch of the posts, and of records, that was found without claims last.
  nonisolated let unclaimedTip = Mutex<ObjectID?>(nil)

  var handle: RepositoryHandle?
  var care: MirrorCare
  /// Why nothing is recorded, and until when.
  var stoppage: RecordingStopped?
  /// The record commit that upstream would not take.
  var unpushed: UnpushedCommit?
  /// Whose seals count.
  var seals: SealTrust
  /// Records that were come upon when something was to be claimed, and that nobody was told of yet.
  var overheard: [FoundRecord] = []
  /// Claims that were made of late, be they there still or not.
  var sealedClaims: SealedClaims?
  /// What was said last of a word that nobody vouches for.
  var toldOfBurst: String?
  let replaced = Atomic(0)

  init(location: Location, folder: String, access: Access, state: Folder, seals: SealTrust? = nil, logger: Logger) {
    (self.location, self.folder, self.state, self.logger) = (location, folder, state, logger)
    self.seals = seals ?? .ofReader(folder)
    remote = if case .remote(let url, _) = location { RemoteSide(url: url, access: access) } else { nil }
    path = location.localPath ?? state.path(of: "mirror.git")
    screening = location.localPath.map(LooseObjectScreening.init)
    care = MirrorCare(renewed: SourceRepository.lastRenewal(in: state))
  }

  /// How often the mirror was replaced: who finds it broken says which one.
  nonisolated var generation: Int { replaced.load(ordering: .relaxed) }

  /// The branch's newest commit, after asking upstream.
  ///
  /// - Throws: ``GitError``, ``RecordingStopped``; the last good schedule stands then.
  func fetch(now: Instant) throws -> ObjectID {
    // Every look-up asks each pack. It is not broken, so this may happen as often as it takes (G12).
    if let remote, try tended(now: now, { $0.repository.packCount }) > Self.mostPacks { try replaceMirror(from: remote) }
    return try tended(now: now) { handle in
      try remote?.fetch(location.branch, into: Self.upstream(location.branch), handle.repository)
      return try tip(of: location.branch, in: handle.repository)
    }
  }

  private static let mostPacks = 200

  /// The branch that the remote calls its main one, if it says so.
  func mainBranch() throws -> String? { try remote.flatMap { try RemoteBranches(of: $0.url, access: $0.access).head } }

  /// Whether the branch of the posts is known to be at another commit by now.
  func hasMovedOn(from tip: ObjectID) throws -> Bool { try self.tip(of: location.branch, in: opened().repository) != tip }

  /// Lets go of the repository: a handle keeps packs that were deleted open.
  func reopen() { handle = nil }

  /// Keeps a commit that upstream's history no longer contains.
  func keep(_ commit: ObjectID) throws {
    _ = try opened().repository.compareAndSwap(
      reference: Self.keptReference(commit), from: nil, to: commit, message: "posthorn: the branch no longer has it")
  }

  nonisolated static func keptReference(_ commit: ObjectID) -> String { keptReferences + commit.hex }
  static let keptReferences = "refs/posthorn/kept/"

  /// The branch's newest commit as far as it is known here; upstream is asked only if it never was.
  func knownTip(now: Instant) throws -> ObjectID {
    if remote != nil, let tip = try opened().repository.reference(Self.upstream(location.branch)) { return tip }
    return try fetch(now: now)
  }

  func tip(of branch: String, in repository: borrowing Repository) throws -> ObjectID {
    guard let tip = try repository.reference(reference(of: branch)) else {
      throw GitError(
        step: "read branch \(branch) of \(location)", reason: .notFound,
        detail: "there is no such branch, or nothing was committed to it yet; push a commit, or name another with --branch")
    }
    return tip
  }

  /// Where a branch is found here.
  func reference(of branch: String) -> String { remote == nil ? "refs/heads/\(branch)" : Self.upstream(branch) }

  /// Where a mirror remembers a branch of upstream.
  static func upstream(_ branch: String) -> String { "refs/posthorn/upstream/\(branch)" }

  /// The repository, opened again where the handle has grown old.
  func opened() throws -> RepositoryHandle {
    if let handle, !handle.isStale { return handle }
    handle = nil
    let opened = remote == nil ? try openedInPlace() : try openedMirror()
    handle = opened
    return opened
  }

  private func openedInPlace() throws -> RepositoryHandle {
    try screening?.pass()
    let opened = RepositoryHandle(try Repository(at: path, content: folder))
    _ = opened.repository.releaseAbandonedPacks()
    return opened
  }

  /// Our own mirror: what a crash left in it is removed.
  private func openedMirror() throws -> RepositoryHandle {
    for name in Repository.sweepLitter(bareAt: path) { logger.notice("removed what a crash left", metadata: ["file": "\(name)"]) }
    return RepositoryHandle(try Repository.create(bareAt: path, branch: location.branch, content: folder))
  }
}
