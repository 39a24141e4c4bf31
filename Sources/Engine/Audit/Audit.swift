public import Git
public import Schedule
public import Signatures

/// Walks the commits of a repository and says what in them Posthorn cannot have done: its history is append-only, its status follows from
/// it, and every publication was asked for by a commit that was on the branch before it. Reads alone, and needs no lock.
public struct Audit {
  /// What was looked at, and what is wrong with it, in the order of the commits.
  public struct Report: Equatable, Sendable {
    public var commits = 0
    public var attempts = 0
    public var statuses = 0
    public var violations: [Violation] = []
    /// The keys under whose seals the records are, the oldest first.
    public var keys: [KeyRecord] = []
    /// Signatures were asked for, and nothing was handed in to verify them with.
    public var lacksVerifier = false
    /// Branches that records went to and that are not here: what they told is not proved.
    public var missingBranches: [String] = []
  }

  /// Every branch that `record.branch` has named up to `tip`, the newest first: the records may have stood on any of them.
  public static func recordBranches(of path: String, upTo tip: ObjectID, folder: String, zones: Zones) throws -> [String] {
    let repository = try Repository(at: path, content: folder)
    try requireWhole(repository, at: path)
    return try NamedBranches(folder: folder, zones: zones).names(upTo: tip, repository)
  }

  private static func requireWhole(_ repository: borrowing Repository, at path: String) throws(GitError) {
    guard !repository.isShallow else {
      throw GitError(
        step: "audit \(path)", reason: .unsupported, detail: "part of its history is missing; get it with: git fetch --unshallow")
    }
  }

  let folder: String
  let zones: Zones
  /// Closed with the audit.
  let handle: RepositoryHandle
  let folders = FolderMemory()
  var reader = ContentReader()
  var survey: AuditSurvey
  var ledger = AttemptLedger()
  private var policy: SignaturePolicy
  private let verify: VerifySignature?
  /// The keys of this host, where it was given one: only what leads to it vouches for anything.
  let pinned: Set<String>?
  var sealing = AuditedKeys()
  /// By path: what nobody vouched for when it was written last.
  var unsealedClaims: [String: UnsealedFile] = [:]
  /// Of every branch that posts and records stand on.
  let tips: [ObjectID]
  var report = Report()
  /// Commits that were judged before, and are not reported again.
  private var known: Set<ObjectID> = []
  /// What history files that were changed or removed held: putting it back is no offence.
  private var originals: [String: ObjectID] = [:]
  /// What two daemons have recorded, by path, until somebody has looked.
  var doubles: [String: [Violation]] = [:]
  private let commits: [ObjectID]
  /// Of the commits that the branch of the posts has not, the branch of records that has them.
  private var branches: [ObjectID: String] = [:]
  /// 9999-12-31, in seconds since 1970: an audit judges commits by what they say of themselves.
  private static let lastDay: Int64 = 253_402_214_400

  /// - Parameters:
  ///   - path: the git directory.
  ///   - tip: of the branch that posts are read from.
  ///   - records: the branches that records go to and went to, the newest first, each with its tip; `nil` for one that is not here.
  ///   - base: only commits that it has not are reported.
  ///   - verify: asked where `policy.require_signed` held.
  ///   - sealKey: the key that the host seals with, if it was given one.
  public init(
    of path: String, tip: ObjectID, records: [(branch: String, tip: ObjectID?)], folder: String, since base: ObjectID?, zones: Zones,
    verify: VerifySignature? = nil,
    sealKey: VerifyingKey? = nil
  ) throws {
    (self.folder, self.zones, self.verify, pinned) = (folder, zones, verify, sealKey.map { [$0.id] })
    tips = [tip] + records.compactMap(\.tip)
    policy = SignaturePolicy(folder: folder, zones: zones, now: Self.lastDay)
    handle = RepositoryHandle(try Repository(at: path, content: folder))
    try Self.requireWhole(handle.repository, at: path)
    survey = try AuditSurvey(tip: tip, folder: folder, zones: zones, in: handle.repository)
    commits = try handle.repository.commits(in: tips, limit: .max)
    report.missingBranches = records.filter { $0.tip == nil }.map(\.branch)
    for case (let branch, let end?) in records where end != tip {
      for id in try handle.repository.commits(in: end, notIn: tip, limit: .max) where branches[id] == nil { branches[id] = branch }
    }
    if let base { known = Set(try handle.repository.commits(in: [base], limit: .max)) }
  }

  public consuming func run() throws -> Report {
    report.commits = commits.count
    for id in commits {
      let commit = try handle.repository.commit(id)
      policy.note(commit)
      if survey.content.contains(id), !known.contains(id) { try judgeSignature(commit) }
      try judge(commit)
    }
    report.violations += doubles.sorted { $0.key < $1.key }.flatMap(\.value)
    try judgeStandingClaims()
    report.attempts = ledger.attempts
    report.keys = sealing.keys.values.map(\.record).sorted { ($0.since, $0.id) < ($1.since, $1.id) }
    return report
  }

  /// A commit that may schedule something was signed by somebody who may, where that was asked for.
  private mutating func judgeSignature(_ commit: Commit) throws {
    guard try policy.applies(to: commit, in: handle.repository) else { return }
    guard let verify else { return report.lacksVerifier = true }
    guard let why = try policy.fault(of: commit, in: handle.repository, verify: verify) else { return }
    let committer = "\(commit.committer.name) <\(commit.committer.email)>"
    object([Objection(.commitSignature, why, expected: "the signature of somebody who may sign", found: committer)], commit, nil)
  }

  private mutating func judge(_ commit: Commit) throws {
    let form = RecordForm(commit)
    let changes = try CommitChanges(of: commit, under: folder, isRecord: form != nil, in: handle.repository) { path in
      isHistory(path) || isStatus(path)
    }
    guard !changes.isEmpty else { return }
    try judgeKeys(changes, commit, form)
    try judgeDoubles(changes, commit, form)
    try judgeWords(changes, commit)
    let replaced = form == nil ? [:] : try changes.edited.filter { try isHistory($0.key) && isReplacement($0.value.old, $0.value.new) }
    for (path, change) in replaced { originals[path] = change.new.id }
    judgeKept(changes, commit)
    for path in changes.strays.sorted() {
      object([Objection(.recordTouches, "a record commit changes history and status alone")], commit, path)
    }
    let added = changes.added.filter { isHistory($0.key) && originals[$0.key] != $0.value.id }
    let statuses = changes.added.merging(changes.edited.mapValues(\.new)) { $1 }.filter { isStatus($0.key) }
    guard let form else {
      let fault = RecordForm.fault(of: commit) ?? "it has another form"
      for path in added.keys.sorted() where !isRenaming(path, changes) {
        object([Objection(.historyForeign, "it was added by a commit that is no record commit: \(fault)")], commit, path)
      }
      for path in (Array(statuses.keys) + changes.removed.keys.filter { isStatus($0) && !isDouble($0) }).sorted() {
        object([Objection(.statusForeign, "it was written by a commit that is no record commit: \(fault)")], commit, path)
      }
      return
    }
    try judge(added.merging(replaced.mapValues(\.new)) { $1 }, of: commit, form)
    // A batch that is full leaves the rest of the attempts, which the status files know of already, to the next commit.
    if added.count < Engine.batchLimit { try judge(statuses: statuses, removed: changes.removed.keys.filter(isStatus), of: commit, form) }
  }

  /// History files are never changed, removed or renamed.
  private mutating func judgeKept(_ changes: CommitChanges, _ commit: Commit) {
    for (path, old) in changes.lost.sorted(by: { $0.key < $1.key }) where isHistory(path) && originals[path] == nil {
      originals[path] = old.id
      let new = changes.added.first { isHistory($0.key) && $0.value.id == old.id }?.key
      let objection =
        new.map { Objection(.historyRenamed, "a history file was renamed", expected: path, found: $0) }
        ?? Objection(.historyRemoved, "a history file was removed", expected: "blob \(old.id)", found: "nothing")
      object([objection], commit, path)
    }
    for (path, (old, new)) in changes.altered.sorted(by: { $0.key < $1.key }) where isHistory(path) {
      let original = originals[path]
      guard original != new.id, original == nil || changes.edited[path] != nil else { continue }
      if original == nil { originals[path] = old.id }
      let message = "a history file was changed after it was written"
      object([Objection(.historyChanged, message, expected: "blob \(old.id)", found: "blob \(new.id)")], commit, path)
    }
  }

  private func isRenaming(_ path: String, _ changes: CommitChanges) -> Bool {
    changes.lost.contains { isHistory($0.key) && $0.value.id == changes.added[path]?.id }
  }

  mutating func object(_ objections: [Objection], _ commit: Commit, _ path: String?) {
    report.violations += violations(objections, commit, path)
  }

  func violations(_ objections: [Objection], _ commit: Commit, _ path: String?) -> [Violation] {
    known.contains(commit.id)
      ? []
      : objections.map {
        Violation($0, commit: commit.id.hex, branch: branches[commit.id], path: path)
      }
  }

  func isHistory(_ path: String) -> Bool { ContentPath.isBelow("\(folder)/history", path) }
  func isStatus(_ path: String) -> Bool { ContentPath.isBelow("\(folder)/status", path) }
}
