import Git
import Logging
import Schedule

// Branches that records went to before the settings named another one.
extension SourceRepository {
  /// From here on these branches are asked, too, whether a delivery is claimed, and since when.
  func know(others: [String]) { otherBranches = others }

  /// The newest commit of another branch, after asking upstream; `nil` where it is gone or cannot be read.
  ///
  /// - Throws: where upstream does not answer.
  func otherTip(_ branch: String, in repository: borrowing Repository) throws -> ObjectID? {
    do throws(GitError) {
      if let remote, branch != location.branch {
        guard try remote.fetchIfPresent(branch, into: reference(of: branch), repository) else { return nil }
      }
      return try repository.reference(reference(of: branch))
    } catch {
      let mayPass: [GitError.Reason] = [.network, .timeout, .auth, .certificate, .hostKey, .locked, .noSpace]
      if mayPass.contains(error.reason) || error.isDamage { throw error }
      logger.error("a branch that records went to cannot be read", metadata: ["branch": "\(branch)", "error": "\(error)"])
      return nil
    }
  }

  /// Hands over the history files of another branch, those that it gained since `base`, but for what one of `read` has at the same place and
  /// with the same content.
  func otherHistoryFiles(
    of tip: ObjectID, since base: ObjectID?, butIn read: [ObjectID], _ repository: borrowing Repository,
    _ body: (_ entry: TreeEntry, _ path: String) throws -> Void
  ) throws {
    let place = "\(folder)/history"
    let trees = try read.map { try repository.tree(of: $0) }
    let histories = try trees.compactMap { try repository.objects(at: [place], in: $0)[0] }
    guard let history = try repository.objects(at: [place], in: repository.tree(of: tip))[0], !histories.contains(history) else { return }
    func take(_ entry: TreeEntry, _ path: String) throws {
      for tree in trees where try repository.objects(at: [path], in: tree) == [entry.id] { return }
      try body(entry, path)
    }
    guard let base else {
      // What somebody puts beside the folder does not make the past go away.
      return try repository.walk(history, through: .anyFolders, limit: Self.mostHistory) { file, entry in
        try take(entry, "\(place)/\(file)")
      }
    }
    try repository.changes(from: base, to: tip, under: place, through: .anyFolders, limit: Self.mostHistory) { change in
      if change.old == nil, let entry = change.new { try take(entry, change.path) }
    }
  }

  /// The records of another branch that it gained since `known`.
  func otherHistory(of branch: String, since known: ObjectID?, now: Instant) throws -> (records: [FoundRecord], tip: ObjectID?) {
    try tended(now: now) { handle in
      guard let tip = try otherTip(branch, in: handle.repository), tip != known else { return ([], known) }
      var records: [FoundRecord] = []
      let base = known.flatMap { handle.repository.contains($0) ? $0 : nil }
      try otherHistoryFiles(of: tip, since: base, butIn: [], handle.repository) { entry, path in
        if let found = try found(entry, at: path, in: handle.repository) { records.append(found) }
      }
      return (records, tip)
    }
  }

  /// Which of the records of another branch may not be believed, and why.
  func otherDoubts(of found: [FoundRecord], on branch: String, at tip: ObjectID?) throws -> [String?] {
    try judging(on: branch) { try doubts(of: found, at: tip) }
  }

  func isAnySealed(_ parts: [ToldPast.Part]) throws -> Bool {
    try parts.contains { part in try judging(on: part.branch) { try isSealed(at: part.tip) } }
  }

  func past(of deliveries: Set<DeliveryID>, in part: ToldPast.Part, now: Instant) throws -> (past: LearnedPast, unsealed: [FoundRecord]) {
    try judging(on: part.branch) { try past(of: deliveries, in: part.files, at: part.tip, now: now) }
  }

  /// Each branch has its own beginning of sealed records, and its own keys.
  private func judging<Value>(on branch: String, _ body: () throws -> Value) rethrows -> Value {
    guard branch != recordBranch else { return try body() }
    let (chosen, known, trusted) = (chosenRecordBranch, heard, seals)
    choose(branch)
    defer {
      (chosenRecordBranch, heard) = (chosen, known)
      (seals.beginning, seals.unsealedThrough) = (trusted.beginning, trusted.unsealedThrough)
      (seals.published, seals.known) = (trusted.published, trusted.known)
    }
    return try body()
  }

  /// The claim of a delivery on a branch that claims went to before. One that nobody has written to for a day is not asked again.
  func otherClaim(of id: DeliveryID, for holder: ClaimHolder, now: Instant, in repository: borrowing Repository) throws -> ClaimRecord? {
    for branch in otherBranches where !quietBranches.contains(branch) {
      guard let tip = try otherTip(branch, in: repository) else { continue }
      if let claim = try claimFile(of: id, at: tip, in: repository).claim {
        return try unshortened([claim], at: tip, for: holder, now: now, in: repository).first
      }
      if try repository.commit(tip).committer.time < now.seconds - 86_400 { quietBranches.insert(branch) }
    }
    return nil
  }
}
