import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Takes in what other daemons have recorded since `known`, where they share the work: what one has published nobody publishes again.
  ///
  /// - Parameters:
  ///   - known: the commit up to which the branch of the posts was adopted before.
  ///   - branch: the branch that the settings choose for records, if they do.
  func hear(since known: ObjectID?, branch: String?) async throws {
    hearing += 1
    defer { hearing -= 1 }
    let wasInDoubt = gate.now.isInDoubt
    let (told, tip) = try await repository.told(since: known, branch: branch)
    try await hear(told) { try await self.repository.doubts(of: $0, at: tip) }
    try await hearElsewhere()
    // What they have said of the clock a server may know better, at once: a job asks for nothing twice.
    if !wasInDoubt, gate.now.isInDoubt { try await corroborateClock() }
    try await obeyBurstWord()
    // Beside another one that is under way, it does not know whether that one's records are in memory.
    if hearing == 1 { heardTip = tip }
  }

  /// Takes in what may be believed of these records.
  func hear(_ told: [FoundRecord], doubts: ([FoundRecord]) async throws -> [String?]) async throws {
    let news = told.filter(isNews).sorted { $0.record.attempt < $1.record.attempt }
    for (found, doubt) in zip(news, try await doubts(news)) {
      if let doubt {
        try doubtRecord(found, because: doubt)
      } else if inFlight[found.id] == nil {
        try await take(found.record)
      } else {
        untold[found.id, default: []].append(found.record)
      }
    }
  }

  /// Whether a record may say more of its delivery than is known here: then it is worth asking who wrote it.
  ///
  /// Of our own incarnation, that is an attempt of another life of this directory, which a copy has too (N5): each of ours is known before its
  /// record is pushed.
  func isNews(_ found: FoundRecord) -> Bool {
    guard let outcome = found.record.pastOutcome else { return false }
    if found.record.incarnation == incarnation.id { return found.record.attempt > observed[found.id]?.attempts ?? 0 }
    return inFlight[found.id] != nil || observed[found.id]?.yields(to: outcome, attempt: found.record.attempt) ?? true
  }

  /// Takes in what was heard of a delivery while it was in flight.
  func hearDeferred(_ id: DeliveryID) async throws {
    for record in untold.removeValue(forKey: id) ?? [] { try await take(record) }
  }

  func take(_ written: HistoryRecord) async throws {
    let record = written.heard(at: gate.now.latest)
    let id = DeliveryID(post: record.post, account: record.account)
    guard let outcome = record.pastOutcome, observed[id]?.yields(to: outcome, attempt: record.attempt) ?? true else { return }
    switch observed[id]?.phase {
    case nil, .idle, .ended: break
    case .submitted(let flight, _) where flight.intent.attempt == record.attempt: await claims.release([id], .recorded)
    case .committed(let flight) where flight.intent.attempt == record.attempt:
      // Another life saw it through before this one could ask how it had ended.
      try await append([.delivery(id, .ended(outcome)), .delivery(id, .recorded(attempt: record.attempt))])
      await claims.release([id], .recorded)
    case .intended, .committed, .submitted: return
    }
    let told = DeliveryEvent.told(record.intent, outcome, firstAttempt: record.firstAttempt)
    guard record.isRetryWord else {
      try await append(told, for: id)
      return noteTold(written, as: record, outcome)
    }
    // Together: the word alone would be late, as what it is about is.
    try await append([told, .armed(scheduledAt: record.scheduledAt, byPersonAt: record.finishedAt)].map { .delivery(id, $0) })
    try settleSeals(told, of: id)
    logger.notice(
      "a person has it tried again", metadata: ["post": "\(id.post)", "account": "\(id.account)", "by": "\(record.saidBy ?? "")"])
    noteTold(written, as: record, outcome)
  }

  private func noteTold(_ written: HistoryRecord, as record: HistoryRecord, _ outcome: Outcome) {
    let id = DeliveryID(post: record.post, account: record.account)
    logger.info(
      "recorded by another daemon",
      metadata: [
        "post": "\(id.post)", "account": "\(id.account)", "state": "\(outcome.state.name.rawValue)", "host": "\(record.host)",
      ].merging(record.saidBy.map { ["by": "\($0)"] } ?? [:]) { $1 })
    let now = gate.now.latest
    if written.isAhead(of: now) { say(ahead: written) } else { count(record) }
    if written.mayDoubtClock(at: now), sealKeys.vouch(for: written) { gate.note(record: written.finishedAt) }
    markDirty(id.post)
    if let (_, delivery) = desired.delivery(id) { remind(id, delivery) }
  }

  /// A record of a time that is still to come counts for its delivery, and for no limit; for the clock where a key of ours has sealed it.
  func say(ahead record: HistoryRecord, of count: Int = 1) {
    logger.warning(
      "of records from the future the times are ignored; the clock that wrote them is wrong, or this one is",
      metadata: [
        "records": "\(count)", "post": "\(record.post)", "account": "\(record.account)", "finished_at": "\(record.finishedAt)",
        "host": "\(record.host)",
      ])
  }

  /// Whether another daemon, which has taken over, knows how an attempt ended: then it need not be asked about here.
  func isTold(_ flight: Flight) -> Bool {
    untold[flight.id]?.contains { $0.attempt == flight.intent.attempt && $0.pastOutcome != nil } ?? false
  }

  /// What left for an account counts against its limits, whoever sent it.
  func count(_ record: HistoryRecord) {
    guard record.outcome != .missed, record.outcome != .cancelled, record.saidBy == nil, now() - record.finishedAt < .seconds(86_400) else {
      return
    }
    paces[record.account, default: pace(of: record.account)].remember(departure: record.finishedAt, due: record.scheduledAt)
  }
}

extension HistoryRecord {
  /// The first attempt of the arming that this one belongs to: its key tells.
  var firstAttempt: Int {
    let id = DeliveryID(post: post, account: account)
    // An arming has as many attempts as the retry policy has delays, and waits for quotas besides.
    return (max(1, attempt - 1000)...attempt).first { deliveryKey(id, scheduledAt: scheduledAt, firstAttempt: $0) == key } ?? 1
  }
}

extension SourceRepository {
  /// Since when deliveries are claimed in this repository, as far as it is known here; `nil` where they are not.
  func claimedSince() throws -> Instant? {
    let handle = try opened()
    return try ([recordBranch] + otherBranches).compactMap { branch -> Instant? in
      guard case .since(let record) = try claimingFile(at: try handle.repository.reference(reference(of: branch)), in: handle.repository)
      else { return nil }
      return record.since
    }.min()
  }

  /// The history files that were added to the records' branch since it was read last, be they there still or not.
  ///
  /// - Parameter known: where the records' branch is also that of the posts, the commit that was adopted before this process began.
  /// - Returns: the files, and the tip of that branch.
  func told(since known: ObjectID?, branch: String?) throws -> (records: [FoundRecord], tip: ObjectID?) {
    choose(branch)
    let handle = try opened()
    let isOwn = recordBranch != location.branch
    let tip = isOwn ? try newest(recordBranch, in: handle.repository) : try handle.repository.reference(reference(of: recordBranch))
    var records = overheard
    overheard = []
    guard let tip, tip != heard else { return (records, tip) }
    try handle.repository.changes(from: heard ?? (isOwn ? nil : known), to: tip, under: "\(folder)/history", through: .anyFolders) {
      change in
      guard let entry = change.new, let found = try found(entry, at: change.path, in: handle.repository) else { return }
      records.append(found)
    }
    if let base = heard ?? (isOwn ? nil : known) {
      records += try removedHistory(since: base, upTo: tip, in: handle.repository).map(\.found)
    }
    heard = tip
    return (records, tip)
  }

  /// From here on the records' branch is this one; what was heard on another one counts for nothing on it.
  func choose(_ branch: String?) {
    guard chosenRecordBranch != branch else { return }
    (chosenRecordBranch, heard) = (branch, nil)
    (seals.beginning, seals.unsealedThrough, seals.published) = (nil, nil, nil)
  }
}
