import Failpoints
import Git
import Logging
import Schedule
import StateDirectory

/// Who claims, and how claims are made.
struct ClaimHolder: Sendable {
  var host: String
  var incarnation: String
  var version: String
  /// How long a claim lasts.
  var validity: Duration
  /// How much later others believe that its holder is gone: the longest call, and what the clocks of two hosts may differ by.
  var patience: Duration
}

// Claims that are pushed: the compare-and-swap of the branch decides who gets one.
extension SourceRepository {
  /// Remembers on which deliveries a claim of this process may be upstream.
  func note(ownClaims: Set<DeliveryID>) { self.ownClaims = ownClaims }

  /// Claims deliveries in one commit, again and again until nobody came between.
  ///
  /// - Parameter isUsed: deliveries for which a call may have been made under the claim that this process has.
  func claim(_ wanted: [Claim], as holder: ClaimHolder, now: Instant, unless isUsed: Set<DeliveryID>) async throws -> [DeliveryID:
    ClaimAnswer]
  {
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      let outdated = try outdated(wanted, at: tip, in: handle.repository)
      var batch = ClaimBatch(folder: folder, verb: "claim", holder: holder)
      var answers: [DeliveryID: ClaimAnswer] = [:]
      for claim in wanted {
        if outdated.contains(claim.id) {
          answers[claim.id] = .outdated
        } else if let other = try claimRecord(of: claim.id, at: tip, in: handle.repository), !mayReplace(other, by: claim, holder, isUsed) {
          answers[claim.id] = .taken(by: other.host, until: other.validUntil + holder.patience)
        } else if let other = try otherClaim(of: claim.id, now: now, in: handle.repository), other.incarnation != holder.incarnation {
          answers[claim.id] = .taken(by: other.host, until: other.validUntil + holder.patience)
        } else {
          answers[claim.id] = .held
          batch.add(claim, now: now)
        }
      }
      if batch.isEmpty { return answers }
      if try beginning(at: tip, in: handle.repository) == nil { batch.begin(now: now) }
      let advance = try advance(
        recordBranch, from: tip, by: batch.edits, message: batch.message, host: holder.host, now: now, in: handle.repository)
      guard case .done(let commit?) = advance else {
        try await pauseAfterLostRace(&tries)
        continue
      }
      try pass(.claimSent)
      guard try agrees(with: batch, after: commit, in: handle.repository) else { continue }
      return answers
    }
  }

  /// Makes expired claims this holder's, each in place of the one that was read: of several who try, one moves the branch.
  func takeOver(as holder: ClaimHolder, now: Instant, except isBusy: (DeliveryID) -> Bool) async throws -> [ClaimRecord] {
    guard try !expired(at: opened().repository.reference(reference(of: recordBranch)), holder, now: now, except: isBusy).isEmpty else {
      return []
    }
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      let expired = try expired(at: tip, holder, now: now, except: isBusy)
      guard let tip, !expired.isEmpty else { return [] }
      var batch = ClaimBatch(folder: folder, verb: "take over", holder: holder)
      var found: [ClaimRecord] = []
      let tree = try handle.repository.tree(of: tip)
      for record in expired {
        let file = HistoryRecord.file(of: record.id, attempt: record.intent.attempt, scheduledAt: record.intent.scheduledAt)
        if try historyRecord(at: "\(folder)/\(file)", in: tree, of: handle.repository) != nil {
          batch.remove(record.id)
        } else {
          batch.take(record, now: now)
          found.append(record)
        }
      }
      try pass(.takeoverRead)
      let advance = try advance(
        recordBranch, from: tip, by: batch.edits, message: batch.message, host: holder.host, now: now, in: handle.repository)
      guard case .done(let commit?) = advance else {
        try await pauseAfterLostRace(&tries)
        continue
      }
      guard try agrees(with: batch, after: commit, in: handle.repository) else { continue }
      return found
    }
  }

  /// Removes claims of this holder under which nothing was sent.
  func giveBack(_ ids: Set<DeliveryID>, as holder: ClaimHolder, now: Instant) async throws {
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      var batch = ClaimBatch(folder: folder, verb: "give back", holder: holder)
      for id in ids.sorted(by: { "\($0)" < "\($1)" }) {
        if try claimRecord(of: id, at: tip, in: handle.repository)?.incarnation == holder.incarnation { batch.remove(id) }
      }
      if batch.isEmpty { return }
      let advance = try advance(
        recordBranch, from: tip, by: batch.edits, message: batch.message, host: holder.host, now: now, in: handle.repository)
      if case .done = advance { return }
      try await pauseAfterLostRace(&tries)
    }
  }

  /// The claim of a delivery as of a commit, where there is one.
  ///
  /// - Throws: ``GitError``; `.invalid` for a file that is no claim: nobody knows what somebody meant, so nothing is begun.
  func claimRecord(of id: DeliveryID, at tip: ObjectID?, in repository: borrowing Repository) throws -> ClaimRecord? {
    try tip.flatMap { try file(ClaimRecord.file(of: id), at: $0, in: repository) { try ClaimRecord(json: $0) } }
  }

  /// Since when claims are made in this repository, as of a commit.
  func beginning(at tip: ObjectID?, in repository: borrowing Repository) throws -> ClaimingRecord? {
    try tip.flatMap { try file(ClaimingRecord.file, at: $0, in: repository) { try ClaimingRecord(json: $0) } }
  }

  /// What a file of ours below the content folder says, as of a commit.
  func file<Record>(_ file: String, at tip: ObjectID, in repository: borrowing Repository, _ read: (JSON) throws -> Record) throws
    -> Record?
  {
    let path = "\(folder)/\(file)"
    // What somebody puts beside a folder must not hide a claim: it would be made once more.
    guard let entry = try repository.entry(at: path, in: repository.tree(of: tip), through: .anyFolders) else { return nil }
    do { return try read(try JSON.parse(try repository.blob(entry.id, limit: 1 << 20))) } catch let error as GitError { throw error } catch
    {
      throw GitError(
        step: "read \(path)", reason: .invalid,
        detail: "\(error); Posthorn alone writes it: bring back what it wrote, or remove it once it is known what became of the delivery")
    }
  }

  /// A claim of this directory that nothing was sent under is only replaced.
  private func mayReplace(_ other: ClaimRecord, by claim: Claim, _ holder: ClaimHolder, _ isUsed: Set<DeliveryID>) -> Bool {
    guard other.incarnation == holder.incarnation, !isUsed.contains(claim.id) else { return false }
    return claim.isResumed || ownClaims.contains(claim.id)
  }

  /// Deliveries whose history has gone on since it was read last, up to or past the attempt that is wanted.
  private func outdated(_ wanted: [Claim], at tip: ObjectID?, in repository: borrowing Repository) throws -> Set<DeliveryID> {
    guard let tip, heard != tip else { return [] }
    let attempts = Dictionary(wanted.map { ($0.id, $0.intent.attempt) }) { first, _ in first }
    var outdated: Set<DeliveryID> = []
    try repository.changes(from: heard, to: tip, under: "\(folder)/history") { change in
      guard let entry = change.new, let attempt = HistoryRecord.attempt(ofFile: change.path.dropFirst(folder.utf8.count + 1)),
        let next = attempts[attempt.delivery], attempt.number >= next
      else { return }
      // One that pretends to be of this directory, which knows nothing of it, changes nothing.
      if let found = try found(entry, at: change.path, in: repository), found.record.incarnation == seals.incarnation,
        try doubt(of: found, at: tip, in: repository) != nil
      {
        return
      }
      outdated.insert(attempt.delivery)
    }
    return outdated
  }

  /// What nobody holds any more, as of a commit: its time, and the patience of everybody else, have passed.
  private func expired(
    at tip: ObjectID?, _ holder: ClaimHolder, now: Instant, except isBusy: (DeliveryID) -> Bool
  ) throws -> [ClaimRecord] {
    let repository = try opened()
    guard let tip else { return [] }
    let tree = try repository.repository.tree(of: tip)
    var ids: [DeliveryID] = []
    let place = "\(folder)/\(ClaimRecord.folder)"
    guard let claims = try repository.repository.entry(at: place, in: tree, through: .anyFolders), claims.kind == .folder else { return [] }
    try repository.repository.walk(claims.id) { file, _ in
      if let id = ClaimRecord.delivery(ofFile: "\(ClaimRecord.folder)/\(file)") { ids.append(id) }
    }
    return try ids.compactMap { id in
      guard !isBusy(id), let record = try claimRecord(of: id, at: tip, in: repository.repository) else { return nil }
      return record.validUntil + holder.patience < now ? record : nil
    }
  }

  /// Reads upstream once more: an accepted push is believed only where its claims are there (C6).
  private func agrees(with batch: ClaimBatch, after commit: ObjectID, in repository: borrowing Repository) throws -> Bool {
    guard let tip = try newest(recordBranch, in: repository) else { return false }
    if tip == commit { return true }
    return try batch.claimed.allSatisfy { id, record in try claimRecord(of: id, at: tip, in: repository) == record }
  }
}
