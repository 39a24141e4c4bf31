import Git
import Platforms
import Schedule

/// Reads content out of commits: what changed between two, and one post's bytes when it goes out.
///
/// It has a repository handle and a thread of its own, so that a slow fetch never delays a delivery.
actor ContentSource {
  private let executor = ThreadExecutor(name: "content")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let path: String
  private let screening: LooseObjectScreening?
  let folder: String
  /// The branch that posts are read from: what records go to may not lie below it, nor it below that.
  let branches: [String]
  /// The last commit whose settings had no error, where one is known.
  var earlierSettings: ObjectID?
  /// What ``namedBranches(upTo:since:)`` found last.
  var lastNamed: (tip: ObjectID, known: ObjectID?, names: [String])?
  private(set) var environment: ContentEnvironment
  private var handle: RepositoryHandle?
  var reader = ContentReader()
  private var lastSource: (commit: Commit, record: Source)?
  /// What reads files out of packs; nil until many have been read since posts came in last.
  private var files: PackedFiles?
  private var reads = 0

  /// - Parameters:
  ///   - path: the git directory; it may come into being with the first fetch.
  ///   - screening: what a repository of others has to pass first.
  init(path: String, screening: LooseObjectScreening?, folder: String, branch: String, environment: ContentEnvironment) {
    self.path = path
    self.screening = screening
    self.folder = folder
    branches = [branch]
    self.environment = environment
  }

  /// Whether it is a repository of this machine and not a mirror of ours.
  var isLocal: Bool { screening != nil }

  /// What changed from the commit of `base` to `tip`. It costs what changed; a change of an account costs the posts that name it, a change
  /// of the settings all posts. Many posts, as when a daemon begins, are read on all cores, and nobody else has to wait for them.
  func adoption(from base: Desired, to tip: ObjectID) async throws -> Adoption {
    var (adoption, changes, catalog) = try outline(from: base, to: tip)
    if !changes.posts.isEmpty { (files, reads) = (nil, 0) }
    adoption.zones = environment.zones.stamps
    guard let catalog else { return adoption }
    let posts = CommitPosts(folder: folder, tip: tip, base: base, catalog: catalog)
    guard changes.posts.count < Self.many else {
      try await posts.read(changes.posts, in: path, into: &adoption)
      adoption.zones = environment.zones.stamps
      return adoption
    }
    return try withRepository { repository in
      for (path, entry) in changes.posts {
        adoption.posts.add(
          path,
          try entry.flatMap { file in
            try posts.post(at: path, file, with: &reader, &adoption.diagnostics) { try repository.blob($0, limit: CommitPosts.largest) }
          })
      }
      adoption.zones = environment.zones.stamps
      return adoption
    }
  }

  /// The adoption but for its posts, and what they are read against; none where there is nothing to adopt.
  private func outline(from base: Desired, to tip: ObjectID) throws -> (Adoption, FolderChanges, Catalog?) {
    try withRepository { repository in
      let tree = try repository.tree(of: tip)
      let root = try repository.entry(at: folder, in: tree)
      guard root?.kind == .folder else {
        throw GitError(
          step: "read commit \(tip.hex.prefix(12))", reason: .notFound,
          detail: "it has no folder \(folder); run posthorn init in a clone and push, or name the folder with --folder")
      }
      if let problem = root?.problem {
        throw GitError(
          step: "read commit \(tip.hex.prefix(12))", reason: .invalid, detail: "its folder \(folder) is \(problem); rename one")
      }
      var changes = FolderChanges(folder: folder)
      // What we write ourselves asks for nothing, and there is more of it than of posts.
      try repository.changes(from: base.commit, to: tip, under: folder, passing: ["\(folder)/history", "\(folder)/status"]) {
        changes.add($0)
      }
      var adoption = Adoption(commit: tip)
      var catalog = base.catalog
      let isAnew = base.commit == nil
      if isAnew { adoption.tzdata = environment.zones.version }
      if changes.hasContext || catalog == nil || isAnew {
        catalog = try self.catalog(at: tip, in: repository, diagnostics: &adoption.diagnostics)
      }
      guard let catalog else { return (adoption, changes, nil) }
      if changes.hasContext || base.catalog == nil || isAnew {
        adoption.catalog = catalog
        try base.forEach { post in
          guard changes.concerns(post) else { return }
          // What is held may be no file at all: the target of a link is not read as a post.
          if post.problem != nil {
            guard let entry = try repository.entry(at: post.path, in: tree), entry.problem == nil else { return }
          }
          changes.touch(post.path, blob: post.blob)
        }
      }
      if changes.hasUnsoundFolders { base.forEach { changes.settle($0) } }
      adoption.diagnostics += changes.problems.map(\.diagnostic)
      adoption.diagnostics += try repository.twins(onTheWayTo: folder, in: tree).map { EntryCheck.twin($0.twin, of: $0.folder) }
      return (adoption, changes, catalog)
    }
  }

  /// So many posts are worth the packs of a repository opened once more.
  private static let many = 500

  /// What goes out with a delivery, read at the commit that asked for it.
  func material(_ post: DesiredPost, delivery: DesiredDelivery, account: Account?, catalog: Catalog) throws -> Material {
    try withRecentRepository { repository in
      let bytes = try file(post.blob, in: repository)
      var (commit, source) = try source(post, in: repository)
      source.blob = post.blob.hex
      let reading = catalog.read(bytes, at: post.path, with: &reader)
      var material = Material(
        sha256: ContentDigest.sha256(bytes), post: reading.post,
        scheduledTime: reading.post?.scheduledTime ?? wallClock(delivery, catalog), source: source)
      if let account, let content = reading.post {
        material.media = try media(content, account: account, tree: commit.tree, in: repository)
      }
      return material
    }
  }

  private func file(_ blob: ObjectID, in repository: borrowing Repository) throws -> [UInt8] {
    reads += 1
    if reads > Self.few, files == nil { files = PackedFiles(path) }
    return try files?.blob(blob, limit: CommitPosts.largest, of: repository) ?? repository.blob(blob, limit: CommitPosts.largest)
  }

  /// So few files are read before the packs are opened: up to two hundred of them are a millisecond or two for one delivery.
  private static let few = 100

  /// The commit of a post's content, that of many posts, and what records say of it, but for the post's own blob.
  private func source(_ post: DesiredPost, in repository: borrowing Repository) throws -> (commit: Commit, record: Source) {
    if let lastSource, lastSource.commit.id == post.source { return lastSource }
    let commit = try repository.commit(post.source)
    let record = Source(commit: post.source.hex, blob: "", author: person(commit.author), committer: person(commit.committer))
    lastSource = (commit, record)
    return (commit, record)
  }

  /// The content that an attempt from before a restart was about; `nil` where it is not readable any more, or its commit does not have it.
  func material(of intent: Intent, account: Account, catalog: Catalog) throws -> Material? {
    try withRepository { repository in
      guard let bytes = try file(of: intent, in: repository), let commit = ObjectID(hex: intent.source.commit),
        let post = catalog.read(bytes, at: intent.path, with: &reader).post
      else { return nil }
      return Material(
        sha256: intent.contentSHA256, post: post, scheduledTime: intent.scheduledTime, source: intent.source,
        media: try media(post, account: account, tree: repository.commit(commit).tree, in: repository))
    }
  }

  func holds(_ commit: ObjectID) throws -> Bool { try withRepository { $0.contains(commit) } }

  /// What the branch asks for at the commit that a claim names; `nil` where that is not below `tip`, or the post in it is another one.
  ///
  /// Nothing of it is the claim's word: what it says is where to look (N1).
  func claimed(_ claim: ClaimRecord, below tip: ObjectID, catalog: Catalog) throws
    -> (post: DesiredPost, delivery: DesiredDelivery, material: Material)?
  {
    let reading: PostReading? = try withRepository { repository in
      guard let commit = ObjectID(hex: claim.intent.source.commit), repository.hasCommit(commit),
        try repository.isAncestor(commit, of: tip), let bytes = try file(of: claim.intent, in: repository)
      else { return nil }
      return catalog.read(bytes, at: claim.intent.path, with: &reader)
    }
    guard let reading, let words = reading.post, reading.id == claim.id.post, let account = catalog.account(claim.id.account),
      account.platform == claim.intent.platform, let planned = reading.deliveries.first(where: { $0.id == claim.id }),
      planned.scheduledAt == claim.intent.scheduledAt, let commit = ObjectID(hex: claim.intent.source.commit),
      let blob = ObjectID(hex: claim.intent.source.blob)
    else { return nil }
    let delivery = DesiredDelivery(
      account: claim.id.account, platform: account.platform, scheduledAt: planned.scheduledAt, timezone: planned.timezone,
      grace: planned.grace, said: Said(words, for: claim.id.account))
    let post = DesiredPost(
      path: claim.intent.path, id: claim.id.post, blob: blob, source: commit, deliveries: [delivery], blocked: [])
    return (post, delivery, try material(post, delivery: delivery, account: account, catalog: catalog))
  }

  /// The post's file that an intent is about, where its commit is here and has it.
  func file(of intent: Intent, in repository: borrowing Repository) throws -> [UInt8]? {
    guard let commit = ObjectID(hex: intent.source.commit), repository.hasCommit(commit), isPost(intent.path),
      let entry = try repository.entry(at: intent.path, in: repository.tree(of: commit)), entry.problem == nil,
      entry.kind == .file || entry.kind == .executable, entry.id.hex == intent.source.blob
    else { return nil }
    do throws(GitError) { return try repository.blob(entry.id, limit: CommitPosts.largest) } catch {
      guard error.reason == .tooLarge else { throw error }
      return nil
    }
  }

  private func isPost(_ path: String) -> Bool {
    guard path.utf8.starts(with: "\(folder)/".utf8), case .post = ContentPath.kind(of: ContentPath.inside(folder, path)) else {
      return false
    }
    return true
  }

  func isAncestor(_ commit: ObjectID, of tip: ObjectID) throws -> Bool {
    try withRepository { try $0.contains(commit) && $0.isAncestor(commit, of: tip) }
  }

  /// Whether instants that were computed with these data would be the same.
  func agrees(with stamps: ZoneStamps) -> Bool { environment.zones.agree(with: stamps) }

  /// Reads with other zone data from now on.
  func use(_ zones: Zones) { environment.zones = zones }

  /// Lets go of the repository; the next read opens it again.
  func reopen() { (handle, files, reads) = (nil, nil, 0) }

  private func wallClock(_ delivery: DesiredDelivery, _ catalog: Catalog) -> WallClock {
    guard let zone = catalog.zones.zone(delivery.timezone) ?? catalog.zones.zone("UTC") else {
      preconditionFailure("the zone data has no UTC")
    }
    return zone.wallClock(at: delivery.scheduledAt)
  }

  private func person(_ signature: Signature) -> String { "\(signature.name) <\(signature.email)>" }

  func withRepository<Value>(_ body: (borrowing Repository) throws -> Value) throws -> Value {
    try body(try opened().repository)
  }

  /// For what a burst asks a thousand times a second. Where it cannot be read as it was a moment ago, it is looked whether that still stands.
  private func withRecentRepository<Value>(_ body: (borrowing Repository) throws -> Value) throws -> Value {
    guard let handle, handle.wasJustFresh else { return try withRepository(body) }
    do { return try body(handle.repository) } catch is GitError { return try withRepository(body) }
  }

  private func opened() throws -> RepositoryHandle {
    if let handle, !handle.isStale { return handle }
    reopen()
    try screening?.pass()
    let opened = RepositoryHandle(try Repository(at: path, content: folder))
    handle = opened
    return opened
  }
}

/// The packs that a ``ContentSource`` has open beside its repository.
private final class PackedFiles {
  private var reader: CheckedBlobReader

  init(_ path: String) { reader = CheckedBlobReader(Packs(gitDirectory: path)) }

  func blob(_ id: ObjectID, limit: Int, of repository: borrowing Repository) throws(GitError) -> [UInt8] {
    try reader.blob(id, limit: limit, of: repository)
  }
}
