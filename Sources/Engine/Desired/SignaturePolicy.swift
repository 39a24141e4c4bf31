import Git
import Platforms
import Schedule

/// Says why the signature on a commit does not vouch for it; `nil` where it does.
///
/// - Parameters:
///   - payload: what was signed.
///   - signature: as it stands in the commit.
///   - time: as of when the key has to be valid, in seconds since 1970.
public typealias VerifySignature = @Sendable (_ payload: [UInt8], _ signature: [UInt8], _ time: Int64) -> String?

/// Which commits have to be signed, and as of when their signatures are judged.
struct SignaturePolicy {
  /// Behind which commits every one that may schedule something has to be signed.
  enum Start {
    /// What this host has adopted. What comes after it is seen for the first time, and a signature counts as of now: whoever signed writes
    /// the commit's own time.
    case adopted(ObjectID)
    /// A commit that the host names, with all that came before it.
    case pinned(ObjectID)
    /// The first commits that a key of the host signed: each vouches for the content that it has, and so for what came before it.
    case signed
  }

  struct Fault: Equatable {
    var commit: Commit
    var why: String
  }

  let folder: String
  let zones: Zones
  /// Seconds since 1970.
  let now: Int64
  private var isAsked: [ObjectID: Bool] = [:]
  /// As of when a commit is judged by what its makers say: see ``time(of:)``.
  private var times: [ObjectID: Int64] = [:]

  init(folder: String, zones: Zones, now: Int64) { (self.folder, self.zones, self.now) = (folder, zones, now) }

  /// The first commit up to `tip`, parents before children, that nobody who may has signed.
  mutating func firstFault(
    from start: Start, to tip: ObjectID, in repository: borrowing Repository, verify: VerifySignature
  ) throws -> Fault? {
    switch start {
    case .adopted(let known):
      for id in try repository.commits(in: [tip], notIn: known, limit: .max) {
        let commit = try repository.commit(id)
        if let why = try fault(of: commit, at: now, in: repository, verify: verify) { return Fault(commit: commit, why: why) }
      }
    case .pinned(let known):
      note(try repository.commit(known))
      for id in try repository.commits(in: [tip], notIn: known, limit: .max) {
        let commit = try repository.commit(id)
        note(commit)
        if let why = try fault(of: commit, in: repository, verify: verify) { return Fault(commit: commit, why: why) }
      }
    case .signed: return try firstFaultBehindSigned(tip, in: repository, verify: verify)
    }
    return nil
  }

  private mutating func firstFaultBehindSigned(
    _ tip: ObjectID, in repository: borrowing Repository, verify: VerifySignature
  ) throws -> Fault? {
    var vouched: Set<ObjectID> = []
    for id in try repository.commits(in: [tip], limit: .max) {
      let commit = try repository.commit(id)
      note(commit)
      if commit.parents.contains(where: vouched.contains) {
        if let why = try fault(of: commit, in: repository, verify: verify) { return Fault(commit: commit, why: why) }
        vouched.insert(id)
      } else if let signature = try repository.signature(of: id), verify(signature.payload, signature.signature, time(of: commit)) == nil {
        vouched.insert(id)
      } else if try asks(id, in: repository), let why = try fault(of: commit, in: repository, verify: verify) {
        return Fault(commit: commit, why: why)
      }
    }
    guard vouched.isEmpty else { return nil }
    return Fault(
      commit: try repository.commit(tip),
      why: "neither it nor a commit before it is signed by a key that this host names, so nothing vouches for it")
  }

  /// Whether signatures were asked for where the commit was made: taking the policy away needs a signature too.
  mutating func applies(to commit: Commit, in repository: borrowing Repository) throws -> Bool {
    for id in commit.parents + [commit.id] {
      if try asks(id, in: repository) { return true }
    }
    return false
  }

  /// Why a commit may not be believed, by what it and those before it say of their times.
  func fault(of commit: Commit, in repository: borrowing Repository, verify: VerifySignature) throws -> String? {
    if let before = commit.parents.compactMap({ times[$0] }).max(), said(by: commit) < before - Self.clockDifference {
      guard try !schedulesNothing(commit, in: repository) else { return nil }
      return "it says that it was committed at \(Instant(seconds: said(by: commit))), and a commit before it at \(Instant(seconds: before))"
    }
    return try fault(of: commit, at: time(of: commit), in: repository, verify: verify)
  }

  private func fault(
    of commit: Commit, at time: Int64, in repository: borrowing Repository, verify: VerifySignature
  ) throws -> String? {
    if try schedulesNothing(commit, in: repository) { return nil }
    guard let signature = try repository.signature(of: commit.id) else { return "it is not signed" }
    return verify(signature.payload, signature.signature, time)
  }

  /// Notes when a commit was made; its parents have been noted before.
  mutating func note(_ commit: Commit) {
    times[commit.id] = commit.parents.compactMap { times[$0] }.reduce(said(by: commit), max)
  }

  /// When a commit was made as far as that can be told without having seen it: as its committer says, but not before its parents, and not
  /// later than now. Who dates a commit back to when a key was valid has to date back everything that it stands on.
  private func time(of commit: Commit) -> Int64 { times[commit.id] ?? said(by: commit) }

  /// Anybody may write any number there.
  private func said(by commit: Commit) -> Int64 { min(max(commit.committer.time, 0), now) }

  /// Two people's clocks may differ by so much, in seconds; a commit that is dated back further is refused by name.
  private static let clockDifference: Int64 = 600

  /// Whether the settings at a commit ask for signatures. Settings that cannot be read may ask for them.
  private mutating func asks(_ id: ObjectID, in repository: borrowing Repository) throws -> Bool {
    let tree = try repository.tree(of: id)
    var asks = false
    for name in Settings.fileNames {
      guard let entry = try repository.entry(at: "\(folder)/\(name)", in: tree) else { continue }
      let known = try isAsked[entry.id] ?? self.asks(entry, at: "\(folder)/\(name)", in: repository)
      isAsked[entry.id] = known
      asks = asks || known
    }
    return asks
  }

  private func asks(_ entry: TreeEntry, at path: String, in repository: borrowing Repository) throws -> Bool {
    guard entry.problem == nil, entry.kind != .folder, try repository.blobSize(entry.id) <= Audit.fileLimit else { return true }
    let file = ContentFile(path: path, bytes: try repository.blob(entry.id, limit: Audit.fileLimit))
    var ignored: [Diagnostic] = []
    let catalog = Catalog(settings: file, accounts: [], zones: zones, platforms: Shipped.schemas, diagnostics: &ignored)
    return catalog.settingsStanding != .sound || catalog.settings.policy.requireSigned
  }

  /// Whether a commit leaves everything as each of its parents had it, but for history and status: whoever made it, it asks for nothing.
  private func schedulesNothing(_ commit: Commit, in repository: borrowing Repository) throws -> Bool {
    guard !commit.parents.isEmpty else { return false }
    let records: Set = ["\(folder)/history", "\(folder)/status"]
    do {
      for parent in commit.parents {
        // Passed by as folders: a file or a link of such a name is something else.
        try repository.changes(from: parent, to: commit.id, passing: records) { _ in throw Asks() }
      }
      return true
    } catch is Asks {
      return false
    }
  }

  /// Something else was changed, so the comparison need not go on.
  private struct Asks: Error {}
}
