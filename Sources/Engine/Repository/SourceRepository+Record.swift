import Failpoints
import Git
import Logging
import Schedule
import StateDirectory

// Writing outcomes back, and reading what was written before.
extension SourceRepository {
  /// Commits a batch on top of the newest tip and makes it upstream's, again and again until nobody came between; never by force.
  ///
  /// - Returns: what was written, and what could not be because somebody else's file is in the way.
  /// - Throws: ``GitError``, ``RecordingStopped``; everything is kept for another try then.
  func record(_ batch: RecordBatch, branch: String?, now: Instant) async throws -> Recorded {
    try refuseWhileStopped(now: now)
    let branch = branch ?? location.recordBranch
    var batch = batch
    try batch.seal(with: seals.keys.key)
    var (tries, stuck) = (0, Stuck())
    while true {
      switch try tended(now: now, { try recordOnce(batch, branch: branch, now: now, $0.repository) }) {
      case .done(let tip, let base, let obstacles):
        return Recorded(tip: tip, base: base, isContent: branch == location.branch, obstacles: obstacles)
      case .lostRace(let tip):
        if stuck.isCertain(after: tip) {
          throw GitError(
            step: "record on branch \(branch) of \(location)", reason: .rejected,
            detail: "it does not move to our commit, although nobody else moves it; a branch whose name begins with \(branch)/, or is the "
              + "beginning of it, may be in the way; remove that one, or set record.branch in posthorn.yaml")
        }
      }
      try await pauseAfterLostRace(&tries)
    }
  }

  struct Recorded {
    /// The branch's new tip, and what it was made onto; `nil` where there was nothing to write to it.
    var tip: ObjectID?
    var base: ObjectID?
    /// Whether it is the branch that posts are read from.
    var isContent: Bool
    var obstacles: Obstacles
  }

  private enum Try {
    case done(ObjectID?, onto: ObjectID?, Obstacles)
    /// Somebody else was first, as it seems; the commit was made onto `tip`.
    case lostRace(tip: ObjectID?)
  }

  /// A race that is lost again and again on the same tip is none: nobody else moves the branch.
  private struct Stuck {
    private var tip: ObjectID?
    private var count = 0

    mutating func isCertain(after tip: ObjectID?) -> Bool {
      (count, self.tip) = (tip == self.tip ? count + 1 : 1, tip)
      return count >= 10
    }
  }

  private func recordOnce(_ batch: RecordBatch, branch: String, now: Instant, _ repository: borrowing Repository) throws -> Try {
    let name = reference(of: branch)
    var isPresent = true
    if let remote {
      isPresent = try remote.fetchIfPresent(branch, into: name, repository)
    } else {
      try repository.waitForLock(of: name)
    }
    let tip = try repository.reference(name)
    // A branch with posts that somebody deleted does not come back as one with records alone; a branch for records does, with all of them.
    if branch == location.branch, !isPresent || tip == nil {
      throw GitError(
        step: "record on branch \(branch) of \(location)", reason: .notFound,
        detail: "it is not there any more; push it again, and what happened meanwhile is recorded on it")
    }
    let (made, obstacles) = try commit(of: batch, onto: tip, branch: branch, now: now, repository)
    guard let commit = made else { return .done(tip, onto: tip, obstacles) }
    if let remote {
      unpushed = UnpushedCommit(commit, of: batch, without: obstacles, onto: tip, branch: branch)
      guard try remote.push(commit, to: branch, expecting: isPresent ? tip : nil, noting: name, repository) else {
        return .lostRace(tip: tip)
      }
      unpushed = nil
    } else {
      let swap = try repository.compareAndSwap(reference: name, from: tip, to: commit, message: "posthorn: record")
      guard swap == .moved else { return .lostRace(tip: tip) }
    }
    // What this adds to the history is our own.
    if branch == recordBranch, let tip, heard == tip { heard = commit }
    try pass(.recordRef)
    return .done(commit, onto: tip, obstacles)
  }

  /// The commit that says what the batch says, but for what cannot be written; `nil` where `tip` says it already.
  private func commit(of batch: RecordBatch, onto tip: ObjectID?, branch: String, now: Instant, _ repository: borrowing Repository) throws
    -> (ObjectID?, Obstacles)
  {
    if let unpushed, unpushed.holds(batch, onto: tip, branch: branch) { return (unpushed.commit, unpushed.obstacles) }
    let signature = Signature(name: "Posthorn", email: "posthorn@\(batch.host)", time: now.seconds)
    var obstacles = Obstacles()
    while true {
      var edits = try edits(batch, onto: tip, &obstacles, in: repository)
      if !batch.history.isEmpty { edits += try keyEdits(onto: tip, host: batch.host, now: now, in: repository) }
      edits.removeAll { $0.content != nil && obstacles.isInTheWay(of: $0.path) }
      switch try repository.attempt(edits, onto: tip, message: batch.message, author: signature, committer: signature) {
      case .commit(let commit): return (commit, obstacles)
      case .nothing: return (nil, obstacles)
      case .clash(let files): obstacles.add(files)
      }
    }
  }

  /// The batch as edits of the newest tip. A history file that is there already is never changed: whoever wrote it was first. One that nobody
  /// vouches for gives its place to ours.
  private func edits(_ batch: RecordBatch, onto tip: ObjectID?, _ obstacles: inout Obstacles, in repository: borrowing Repository) throws
    -> [FileEdit]
  {
    let tree = try tip.map { try repository.tree(of: $0) }
    var edits: [FileEdit] = []
    let kept = try add(batch.history, onto: tip, &obstacles, in: repository, to: &edits)
    let news = batch.statuses.isEmpty ? [] : try unheard(by: batch, at: tip, in: repository)
    // Where the history has another publication than the batch, the status waits until whoever made the batch knows of it.
    let doubled = Set(obstacles.doubles.values.lazy.filter { $0.kept.outcome.isOut }.map(\.id.post))
    for (file, status) in batch.statuses where !doubled.contains(status.post) {
      edits.append(FileEdit(path: "\(folder)/\(file)", content: status.taking(news).yielding(to: kept).bytes()))
    }
    edits += try accountEdits(batch.accounts, onto: tree, in: repository)
    for (file, place) in batch.removed.sorted(by: { $0.key < $1.key }) where try isStatus(file, of: place, in: tree, repository) {
      edits.append(FileEdit(path: "\(folder)/\(file)", content: nil))
    }
    for (attempt, history) in zip(batch.endedClaims, batch.history) {
      // A claim whose outcome is not upstream is all that keeps the delivery from being sent again.
      guard !obstacles.isInTheWay(of: "\(folder)/\(history.file)"),
        let claim = try claimFile(of: attempt.delivery, at: tip, in: repository).claim, claim.intent.attempt <= attempt.number
      else {
        continue
      }
      edits.append(FileEdit(path: "\(folder)/\(ClaimRecord.file(of: attempt.delivery))", content: nil))
    }
    return try edits + self.edits(batch.accepted, onto: tip, in: repository)
  }

  /// Whether a status file is about the post that lies, or lay, at a place: another one's stays.
  private func isStatus(_ file: String, of place: RecordBatch.Place, in tree: ObjectID?, _ repository: borrowing Repository) throws -> Bool
  {
    guard let tree, let entry = try repository.entry(at: "\(folder)/\(file)", in: tree, through: .anyFolders), entry.kind == .file,
      let record = try? StatusRecord(json: JSON.parse(repository.blob(entry.id, limit: 1 << 20)))  // what is none is nobody's
    else { return false }
    return record.post == place.post && record.path.utf8.elementsEqual(place.path.utf8)
  }

  /// - Returns: what stands where one of ours should, by others.
  private func add(
    _ history: [HistoryRecord], onto tip: ObjectID?, _ obstacles: inout Obstacles, in repository: borrowing Repository,
    to edits: inout [FileEdit]
  ) throws -> [HistoryRecord] {
    let paths = history.map { "\(folder)/\($0.file)" }
    let present = try tip.map { try repository.objects(at: paths, in: repository.tree(of: $0)) }
    var kept: [HistoryRecord] = []
    for (place, path) in paths.enumerated() {
      let content = history[place].bytes()
      guard let tip, let other = present?[place] else {
        edits.append(FileEdit(path: path, content: content))
        continue
      }
      guard other != ObjectID(ofBlob: content), !obstacles.isInTheWay(of: path) else { continue }
      // A folder or a submodule is not read, and cannot be replaced: what is told of it is said where it is tried.
      let entry = try repository.entry(at: path, in: repository.tree(of: tip), through: .anyFolders)
      if entry?.kind == .file || entry?.kind == .executable, let found = try found(other, at: path, in: repository),
        try seals.doubt(of: found, at: tip, in: repository) == nil
      {
        kept.append(found.record)
        if let double = DoubleRecord(kept: found.record, dropped: history[place]) {
          obstacles.add(double)
          edits += try self.edits(telling: double, onto: tip, in: repository)
        } else {
          logger.warning("another record of the same attempt is there already; it is kept", metadata: ["path": "\(path)"])
        }
      } else {
        logger.error("a history file that nobody vouches for is in the way; ours takes its place", metadata: ["path": "\(path)"])
        edits.append(FileEdit(path: path, content: content))
      }
    }
    return kept
  }

  /// Who takes over a claim on what a platform has accepted only asks for it, under the platform's name for it. It is noted on a claim of ours
  /// alone: our seal on another's would vouch for what that one says.
  private func edits(_ accepted: [RecordBatch.Accepted], onto tip: ObjectID?, in repository: borrowing Repository) throws -> [FileEdit] {
    guard let tip else { return [] }
    var edits: [FileEdit] = []
    for accepted in accepted {
      guard case .claim(let found) = try claimFile(of: accepted.attempt.delivery, at: tip, in: repository),
        found.record.incarnation == seals.incarnation, found.record.intent.attempt == accepted.attempt.number,
        (found.record.remote, found.record.steps) != (accepted.remote, accepted.steps),
        try seals.doubt(of: found, at: tip, in: repository) == nil
      else { continue }
      var claim = found.record
      (claim.remote, claim.steps) = (accepted.remote, accepted.steps)
      edits.append(
        FileEdit(
          path: "\(folder)/\(ClaimRecord.file(of: claim.id))", content: Array(try claim.sealed(with: seals.keys.key).json.text().utf8)))
    }
    return edits
  }

  /// What others have recorded below `tip` since whoever made the batch has heard of them.
  private func unheard(by batch: RecordBatch, at tip: ObjectID?, in repository: borrowing Repository) throws -> [HistoryRecord] {
    guard let known = batch.known, let tip, known.tip != tip else { return [] }
    var records: [HistoryRecord] = []
    let base = known.tip.flatMap { repository.contains($0) ? $0 : nil }
    try repository.changes(from: base, to: tip, under: "\(folder)/history", through: .anyFolders) { change in
      guard let entry = change.new, let found = try found(entry, at: change.path, in: repository) else { return }
      if try seals.doubt(of: found, at: tip, in: repository) == nil { records.append(found.record) }
    }
    return records
  }

  /// What every history file of the branches that records go and went to tells, for a state directory that takes all of them in. Nobody has
  /// asked yet whether that may be believed.
  func past(branch: String?, others: [String], now: Instant) async throws -> ToldPast {
    choose(branch)
    var told = ToldPast(past: LearnedPast(now: now))
    let files = try tended(now: now) { handle in
      (told.parts, told.lost) = ([], [])
      var files = HistoryFiles()
      told.tip = try historyFiles(since: nil, handle.repository) { files.add($0, at: $1, logger) }
      if let tip = told.tip {
        for (entry, found) in try removedHistory(since: nil, upTo: tip, in: handle.repository) { files.add(entry, at: found.path, logger) }
        told.parts.append(ToldPast.Part(branch: recordBranch, files: files, tip: tip))
      }
      for other in others {
        guard let tip = try otherTip(other, in: handle.repository) else {
          if other != location.recordBranch { told.lost.append(other) }
          continue
        }
        var part = ToldPast.Part(branch: other, files: HistoryFiles(), tip: tip)
        try otherHistoryFiles(of: tip, since: nil, butIn: told.parts.map(\.tip), handle.repository) { part.files.add($0, at: $1, logger) }
        files.add(part.files)
        told.parts.append(part)
      }
      return files
    }
    told.past = try await files.past(in: path, keys: seals.keys, now: now, logger)
    heard = told.tip
    return told
  }

  struct ToldPast: Sendable {
    /// What all of them tell.
    var past: LearnedPast
    /// Of the branch that records go to, first, and of those that they went to.
    var parts: [Part] = []
    /// The newest commit of the branch that records go to.
    var tip: ObjectID?
    /// Branches that are gone, or cannot be read: what they told is lost.
    var lost: [String] = []

    struct Part: Sendable {
      var branch: String
      var files: HistoryFiles
      var tip: ObjectID
    }
  }

  /// The records of the branch that they go to: all of them, or those that it gained after a commit that is still part of it.
  func history(branch: String?, since known: String?, now: Instant) throws -> (records: [FoundRecord], tip: ObjectID?) {
    choose(branch)
    return try tended(now: now) { handle in
      var records: [FoundRecord] = []
      let tip = try historyFiles(since: known, handle.repository) { entry, path in
        if let found = try found(entry, at: path, in: handle.repository) { records.append(found) }
      }
      return (records, tip)
    }
  }

  private func historyFiles(
    since known: String?, _ repository: borrowing Repository, _ body: (_ entry: TreeEntry, _ path: String) throws -> Void
  ) throws -> ObjectID? {
    let branch = recordBranch
    if let remote, branch != location.branch { try remote.fetchIfPresent(branch, into: reference(of: branch), repository) }
    guard let tip = try repository.reference(reference(of: branch)) else { return nil }
    let tree = try repository.tree(of: tip)
    // What somebody puts beside the folder does not make the past go away: without it, all of it would be due again.
    let place = "\(folder)/history"
    guard let root = try repository.entry(at: place, in: tree, through: .anyFolders), root.kind == .folder else { return tip }
    if let base = known.flatMap(ObjectID.init(hex:)), repository.contains(base) {
      try repository.changes(from: base, to: tip, under: place, through: .anyFolders) { change in
        if change.old == nil, let entry = change.new { try body(entry, change.path) }
      }
    } else {
      try repository.walk(root.id, through: .anyFolders, limit: Self.mostHistory) { file, entry in try body(entry, "\(place)/\(file)") }
    }
    return tip
  }

  /// Files and folders: a million posts that went out have some three millions.
  static let mostHistory = 20_000_000

  /// What the history file at `path` below a folder says; `nil` where there is none, or none that says anything.
  func historyRecord(at path: String, in tree: ObjectID, of repository: borrowing Repository) throws -> HistoryRecord? {
    guard let entry = try repository.entry(at: path, in: tree, through: .anyFolders), entry.kind == .file || entry.kind == .executable
    else { return nil }
    return try found(entry, at: path, in: repository)?.record
  }

  /// What a history file says; `nil`, and a word in the log, for one that says nothing.
  func found(_ entry: TreeEntry, at path: String, in repository: borrowing Repository) throws -> FoundRecord? {
    HistoryRecord.isSound(entry, at: path, logger) ? try found(entry.id, at: path, in: repository) : nil
  }

  func found(_ blob: ObjectID, at path: String, in repository: borrowing Repository) throws -> FoundRecord? {
    let read = try HistoryRecord.read(at: path, logger) { () throws(GitError) in try repository.blob(blob, limit: HistoryRecord.largest) }
    return read.map { FoundRecord(record: $0.record, path: path, blob: blob, message: Seal.message(of: $0.json)) }
  }
}
