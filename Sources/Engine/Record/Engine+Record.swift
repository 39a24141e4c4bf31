import Failpoints
import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Whether anything waits to be written back.
  var hasUnrecorded: Bool {
    knowsRecordBranch && (unrecordedCount > 0 || !dirtyPosts.isEmpty || !strayStatuses.isEmpty || !accountNews.isEmpty)
  }

  /// Whether the settings say where records go, or say nothing about it; what cannot be read may have said so.
  private var knowsRecordBranch: Bool {
    if case .unreadable? = desired.catalog?.settingsStanding { return false }
    return true
  }

  /// How many attempts wait to be recorded.
  var unrecordedCount: Int { observed.unrecorded.count - alarms.recorded.count - obstructed.attempts.count }

  /// Notes that a post's status file may no longer say what is true.
  func markDirty(_ id: PostID) {
    dirtyPosts.insert(id)
    recordSignal.raise()
  }

  /// Writes one batch of outcomes and statuses back. Publishing never waits for it, and whatever happens here publishes nothing.
  func recordBatch() async throws {
    try requireState()
    guard knowsRecordBranch else { return }
    let (attempts, later) = nextAttempts()
    // A status file says no more than the history beside it.
    let posts = Set(attempts.map(\.id.post)).union(dirtyPosts.subtracting(later).prefix(Self.batchLimit)).subtracting(later)
    let strays = strayStatuses
    var batch = batch(attempts, posts: posts, strays: strays)
    batch.accounts = accountNews
    dirtyPosts.subtract(posts)
    for path in strays.keys { strayStatuses[path] = nil }
    do {
      // Nothing is said upstream that is not on disk here. It is enqueued behind exactly the events that the batch has.
      try await log.journal.flush()
      let written = try await repository.record(batch, branch: desired.settings.record.branch, now: now())
      // What was seen meanwhile is newer.
      for (account, news) in batch.accounts where accountNews[account] == news { accountNews[account] = nil }
      if written.tip != nil { try await noteSealed(batch, onto: written.base) }
      try await say(doubles: written.obstacles.doubles)
      try await note(recorded: setAside(written.obstacles, of: batch), at: written.tip)
      if !strays.isEmpty { try await append(strays.map { .statusGone($1, at: $0) }) }
      if let tip = written.tip, written.isContent { await adoptOrSay(tip, recordedOnto: written.base) }
    } catch {
      dirtyPosts.formUnion(posts)
      strayStatuses.merge(strays) { new, _ in new }
      throw error
    }
  }

  /// The attempts that a batch records, in the order in which they ended, and the posts of those that a later one does.
  private func nextAttempts() -> (now: [Attempt], later: Set<PostID>) {
    let waiting = observed.unrecorded.lazy.filter {
      !self.unwritten.contains($0.key.delivery) && !self.alarms.recorded.contains($0.key) && !self.obstructed.attempts.contains($0.key)
    }.map { (id: $0.key, end: $0.value.outcome.finishedAt) }
      .sorted { ($0.end, $0.id.delivery) < ($1.end, $1.id.delivery) }
    let later = waiting.dropFirst(Self.batchLimit).map(\.id.delivery.post) + unwritten.map(\.post)
    return (waiting.prefix(Self.batchLimit).compactMap { observed.unrecorded[$0.id] }, Set(later))
  }

  private func batch(_ attempts: [Attempt], posts: Set<PostID>, strays: [String: PostID]) -> RecordBatch {
    var batch = RecordBatch(folder: options.folder, source: desired.commit?.hex ?? "", host: options.host)
    for attempt in attempts { batch.add(record(of: attempt), of: attempt.attemptID) }
    let now = now()
    for post in posts { if let status = status(of: post, now: now) { batch.add(status.taking(untold(of: post))) } }
    batch.remove(statusesOf: strays)
    if claims.terms.areShared { batch.known = RecordBatch.Known(tip: heardTip) }
    if claims.terms.areInRepository {
      batch.endedClaims = batch.attempts
      batch.accepted = posts.flatMap { accepted(of: $0) }
    }
    return batch
  }

  private func untold(of post: PostID) -> [HistoryRecord] {
    if untold.isEmpty { return [] }
    return observed.accounts(of: post).flatMap { untold[DeliveryID(post: post, account: $0)] ?? [] }
  }

  /// What platforms still work on, of one post.
  private func accepted(of post: PostID) -> [RecordBatch.Accepted] {
    observed.accounts(of: post).compactMap { account in
      let id = DeliveryID(post: post, account: account)
      guard case .submitted(let flight, let remote)? = observed[id]?.phase else { return nil }
      return RecordBatch.Accepted(
        attempt: AttemptID(delivery: id, number: flight.intent.attempt), steps: flight.remembered, remote: remote)
    }
  }

  private func record(of attempt: Attempt) -> HistoryRecord {
    let (intent, outcome) = (attempt.intent, attempt.outcome)
    var next: Instant?
    if case .retrying(let instant) = outcome.state { next = instant }
    var record = HistoryRecord(
      post: attempt.id.post, path: intent.path, account: attempt.id.account, platform: intent.platform, attempt: intent.attempt,
      outcome: outcome.state.name, scheduledAt: intent.scheduledAt, scheduledTime: intent.scheduledTime, offset: intent.offset,
      timezone: intent.timezone, tzdata: intent.tzdata, startedAt: intent.startedAt, finishedAt: outcome.finishedAt, nextAttemptAt: next,
      key: intent.key, contentSHA256: intent.contentSHA256, media: intent.media, remote: outcome.remote, error: outcome.error,
      source: intent.source, host: options.host, incarnation: incarnation.id, version: options.version)
    record.saidBy = observed.words[attempt.attemptID]
    return record
  }

  /// Marks as recorded what has arrived upstream. Losing the marks in a crash costs one commit that changes nothing.
  private func note(recorded batch: RecordBatch, at tip: ObjectID?) async throws {
    var events = batch.attempts.filter { !alarms.holdBack($0) }.map { Event.delivery($0.delivery, .recorded(attempt: $0.number)) }
    for (post, reason) in batch.holds where observed.recordedHolds[post] != reason { events.append(.holdRecorded(post, reason: reason)) }
    // Not before the copy has been recognized: the commit may have history below it that this directory does not know.
    if let tip, hasAskedHistory, !events.isEmpty { events.append(.historyKnown(commit: tip.hex)) }
    if !events.isEmpty { try await append(events) }
    try pass(.pushMarked)
    // What is in flight again has been claimed anew.
    await claims.release(batch.attempts.map(\.delivery).filter { observed[$0]?.flight == nil }, .recorded)
  }

  static let batchLimit = 5000
}
