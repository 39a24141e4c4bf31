import Failpoints
import Git
import Logging
import Schedule
import StateDirectory

/// Who claims, and how claims are made.
struct ClaimHolder: Sendable {
  var host: String
  var incarnation: String
  /// Which process of the state directory: another one is another holder (N5).
  var life: Life
  /// The process that had this directory before, where it is certain that it has ended and that the directory is what it left.
  var predecessor: String?
  var version: String
  /// How long a claim lasts.
  var validity: Duration
  /// How much later others believe that its holder is gone: the longest call, and what the clocks of two hosts may differ by.
  var patience: Duration

  /// The latest end that an honest claim has which is made by now, whatever it says: nobody else's delivery waits for longer.
  func end(of record: ClaimRecord, now: Instant) -> Instant { min(record.validUntil, now + validity + patience) }

  /// Whether a claim says that it holds for longer than any holder writes.
  func isImpossible(_ record: ClaimRecord, now: Instant) -> Bool { record.validUntil > end(of: record, now: now) }

  /// Whether this very process made it.
  func isOwn(_ record: ClaimRecord) -> Bool { record.incarnation == incarnation && record.life == life.id }
}

// Claims that are pushed: the compare-and-swap of the branch decides who gets one.
extension SourceRepository {
  /// Claims deliveries in one commit, again and again until nobody came between.
  ///
  /// - Parameters:
  ///   - own: deliveries that this process had claimed, or may have, before it was asked for these.
  ///   - isUsed: deliveries for which a call may have been made under the claim that this process has.
  func claim(
    _ wanted: [Claim], as holder: ClaimHolder, now: Instant, own: Set<DeliveryID>, unless isUsed: Set<DeliveryID>
  ) async throws -> [DeliveryID: ClaimAnswer] {
    var tries = 0
    var own = own
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      let outdated = try outdated(wanted, at: tip, in: handle.repository)
      var batch = ClaimBatch(folder: folder, verb: "claim", holder: holder, key: seals.keys.key)
      var answers: [DeliveryID: ClaimAnswer] = [:]
      var taken: [ClaimRecord] = []
      for claim in wanted {
        if outdated.contains(claim.id) {
          answers[claim.id] = .outdated
          continue
        }
        switch try claimFile(of: claim.id, at: tip, in: handle.repository) {
        case .unreadable(let why): answers[claim.id] = .unreadable(why)
        // Whoever made it, its delivery waits: no seal is asked for to forbid.
        case .claim(let other) where !holder.mayReplace(other.record, by: claim, own, isUsed):
          taken.append(other.record)
        case .none, .claim:
          if let gone = try takenAway(from: claim, own: own, unless: isUsed, at: tip, for: holder, now: now, in: handle.repository) {
            batch.restore(gone.record, try handle.repository.blob(gone.blob, limit: Self.largestClaim))
            taken.append(gone.record)
            continue
          }
          // A daemon that has not seen the settings change claims where it did before.
          answers[claim.id] = holder.answer(
            to: claim, besides: try otherClaim(of: claim.id, for: holder, now: now, in: handle.repository), now: now)
          if answers[claim.id]?.isHeld ?? false { try batch.add(claim, now: now) }
        }
      }
      for other in try unshortened(taken, at: tip, for: holder, now: now, in: handle.repository) {
        answers[other.id] = .taken(by: other.host, until: holder.end(of: other, now: now) + holder.patience)
      }
      if batch.isEmpty { return answers }
      if !batch.claimed.isEmpty, case .none = try claimingFile(at: tip, in: handle.repository) { batch.begin(now: now) }
      own.formUnion(batch.claimed.keys)  // from here on it may be upstream, whatever the answer is
      guard case .done(let commit?) = try advance(by: batch, from: tip, now: now, in: handle.repository) else {
        try await pauseAfterLostRace(&tries)
        continue
      }
      try pass(.claimSent)
      guard try agrees(with: batch, after: commit, in: handle.repository) else { continue }
      return answers
    }
  }

  /// Claims that nobody holds any more, as far as is known here, and those that say what no holder writes: all of them are words of whoever
  /// could push.
  func leftBehind(for holder: ClaimHolder, now: Instant, except isBusy: (DeliveryID) -> Bool) throws -> [LeftClaim] {
    let handle = try opened()
    guard let tip = try handle.repository.reference(reference(of: recordBranch)) else { return [] }
    let found = try claims(at: tip, in: handle.repository).filter { !isBusy($0.record.id) }
    let ends = try unshortened(found.map(\.record), at: tip, for: holder, now: now, in: handle.repository)
    return try zip(found, ends).compactMap { found, end in
      let isImpossible = holder.isImpossible(found.record, now: now)
      guard isImpossible || end.validUntil + holder.patience < now else { return nil }
      let doubt = try seals.doubt(of: found, at: tip, in: handle.repository)
      // One of ours is only ahead of this clock, or this clock is behind: it ends within a day.
      if isImpossible, doubt == nil, found.record.validUntil <= now + .seconds(86_400) { return nil }
      return LeftClaim(record: found.record, doubt: doubt, isImpossible: isImpossible)
    }
  }

  /// Carries out what was judged of claims that were left behind, each only while it is the one that was looked at: of several who try, one
  /// moves the branch. One that says to hold for longer than any may gives way to a claim of ours, in our words, under which nothing is done
  /// before it has run out like an honest one: nobody's claim is written anew in its own name.
  ///
  /// - Returns: the deliveries that are this holder's now.
  func settle(_ judged: [(seen: LeftClaim, judgement: ClaimJudgement)], as holder: ClaimHolder, now: Instant) async throws -> Set<
    DeliveryID
  > {
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      var batch = ClaimBatch(folder: folder, verb: "take over", holder: holder, key: seals.keys.key)
      let outdated = try outdated(judged.compactMap(\.judgement.claim), at: tip, in: handle.repository)
      for (seen, judgement) in judged where try claimFile(of: seen.id, at: tip, in: handle.repository).claim == seen.record {
        switch judgement {
        case .leave: break
        case .remove: if let blob = try claimBlob(of: seen.id, at: tip, in: handle.repository) { batch.remove(seen.id, blob) }
        case .settle(let claim), .doubt(let claim, _):
          // What has been recorded meanwhile is heard first.
          if !outdated.contains(claim.id) { try batch.add(claim, remote: seen.remote, now: now) }
        }
      }
      if batch.isEmpty { return [] }
      try pass(.takeoverRead)
      guard case .done(let commit?) = try advance(by: batch, from: tip, now: now, in: handle.repository) else {
        try await pauseAfterLostRace(&tries)
        continue
      }
      guard try agrees(with: batch, after: commit, in: handle.repository) else { continue }
      return Set(batch.claimed.keys).subtracting(judged.filter(\.seen.isImpossible).map(\.seen.id))
    }
  }

  /// Removes claims of this holder under which nothing was sent.
  func giveBack(_ ids: Set<DeliveryID>, as holder: ClaimHolder, now: Instant) async throws {
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      var batch = ClaimBatch(folder: folder, verb: "give back", holder: holder, key: seals.keys.key)
      for id in ids.sorted(by: { "\($0)" < "\($1)" }) {
        if let claim = try claimFile(of: id, at: tip, in: handle.repository).claim, holder.isOwn(claim),
          let blob = try claimBlob(of: id, at: tip, in: handle.repository)
        {
          batch.remove(id, blob)
        }
      }
      if batch.isEmpty { return }
      if case .done = try advance(by: batch, from: tip, now: now, in: handle.repository) { return }
      try await pauseAfterLostRace(&tries)
    }
  }

  /// Deliveries whose history has gone on, up to or past the attempt that is wanted: since it was read last, and that attempt at any time, as
  /// what was heard in the middle of another attempt may have been forgotten.
  private func outdated(_ wanted: [Claim], at tip: ObjectID?, in repository: borrowing Repository) throws -> Set<DeliveryID> {
    guard let tip else { return [] }
    var outdated = try recorded(wanted, at: tip, in: repository)
    guard heard != tip else { return outdated }
    let attempts = Dictionary(wanted.map { ($0.id, $0.intent.attempt) }) { first, _ in first }
    for (_, found) in try removedHistory(since: heard, upTo: tip, in: repository) {
      if let next = attempts[found.id], found.record.attempt >= next { outdated.insert(found.id) }
    }
    try repository.changes(from: heard, to: tip, under: "\(folder)/history", through: .anyFolders) { change in
      guard let entry = change.new, let attempt = HistoryRecord.attempt(ofFile: change.path.dropFirst(folder.utf8.count + 1)),
        let next = attempts[attempt.delivery], attempt.number >= next
      else { return }
      // One that pretends to be of this directory, which knows nothing of it, changes nothing.
      if let found = try found(entry, at: change.path, in: repository), found.record.incarnation == seals.incarnation,
        try seals.doubt(of: found, at: tip, in: repository) != nil
      {
        return
      }
      outdated.insert(attempt.delivery)
    }
    return outdated
  }

  /// Deliveries of which the very attempt has a record that may be believed; whoever asks what is told next is told of it.
  private func recorded(_ wanted: [Claim], at tip: ObjectID, in repository: borrowing Repository) throws -> Set<DeliveryID> {
    let paths = wanted.map {
      "\(folder)/\(HistoryRecord.file(of: $0.id, attempt: $0.intent.attempt, scheduledAt: $0.intent.scheduledAt))"
    }
    let blobs = try repository.objects(at: paths, in: repository.tree(of: tip))
    let records = try zip(paths, blobs).compactMap { path, blob in try blob.flatMap { try found($0, at: path, in: repository) } }
      .filter { try $0.record.pastOutcome != nil && seals.doubt(of: $0, at: tip, in: repository) == nil }
    overheard += records
    return Set(records.map(\.id))
  }

  /// Every claim that can be read, as of a commit. The others hold their deliveries, which say so themselves.
  private func claims(at tip: ObjectID, in repository: borrowing Repository) throws -> [FoundClaim] {
    let tree = try repository.tree(of: tip)
    guard let root = try repository.entry(at: "\(folder)/\(ClaimRecord.folder)", in: tree, through: .anyFolders), root.kind == .folder
    else {
      return []
    }
    var ids: [DeliveryID] = []
    try repository.walk(root.id, through: .anyFolders, limit: Self.mostClaims) { file, _ in
      if let id = ClaimRecord.delivery(ofFile: "\(ClaimRecord.folder)/\(file)") { ids.append(id) }
    }
    return try ids.compactMap { id in
      guard case .claim(let found) = try claimFile(of: id, at: tip, in: repository) else { return nil }
      return found
    }
  }

  /// Files and folders: more than anybody has in flight.
  static let mostClaims = 1_000_000

  /// Commits what a batch does, and the key under whose seal its claims are.
  private func advance(by batch: ClaimBatch, from tip: ObjectID?, now: Instant, in repository: borrowing Repository) throws -> Advance {
    var edits = batch.edits
    if !batch.claimed.isEmpty { edits += try keyEdits(onto: tip, host: batch.host, now: now, in: repository) }
    return try advance(recordBranch, from: tip, by: edits, message: try batch.message(), host: batch.host, now: now, in: repository)
  }

  /// Reads upstream once more: an accepted push is believed only where its claims are there (C6).
  private func agrees(with batch: ClaimBatch, after commit: ObjectID, in repository: borrowing Repository) throws -> Bool {
    guard let tip = try newest(recordBranch, in: repository) else { return false }
    if tip == commit { return true }
    return try batch.claimed.allSatisfy { id, record in try claimFile(of: id, at: tip, in: repository).claim == record }
  }
}

extension ClaimHolder {
  /// What a claim on another branch, which claims went to before, leaves of one that nobody has here. That one stays where it is: it is over
  /// once its attempt has an end.
  fileprivate func answer(to claim: Claim, besides other: ClaimRecord?, now: Instant) -> ClaimAnswer {
    guard let other, other.intent.attempt >= claim.intent.attempt, !isOwn(other) else { return .held }
    if let life = other.life, other.incarnation == incarnation, life == predecessor { return .held }
    let end = self.end(of: other, now: now) + patience
    return end < now ? .leftBehind(by: other.host) : .taken(by: other.host, until: end)
  }

  /// A claim that nothing was sent under is only replaced: one that this process made, or the one before it on this very directory.
  ///
  /// Of a claim that another process of the same incarnation made nobody knows that: the directory may have been copied, and what is in our
  /// journal too. It runs out like anybody else's. One that names this process although it never claimed the delivery is a forgery, and waits.
  func mayReplace(_ other: ClaimRecord, by claim: Claim, _ own: Set<DeliveryID>, _ isUsed: Set<DeliveryID>) -> Bool {
    guard other.incarnation == incarnation, let life = other.life, !isUsed.contains(claim.id) else { return false }
    if life == self.life.id { return own.contains(claim.id) }
    return life == predecessor && claim.isResumed && (other.intent.attempt, other.intent.key) == (claim.intent.attempt, claim.intent.key)
  }
}
