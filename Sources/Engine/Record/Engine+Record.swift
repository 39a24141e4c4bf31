import Git
import Logging
import Schedule

extension Engine {
  /// Notes that a post's status file no longer says what is true.
  func markDirty(_ id: PostID) {
    dirtyPosts.insert(id)
    recordSignal.raise()
  }

  /// Writes one batch of outcomes and statuses back, if there is any. Publishing never waits for it.
  ///
  /// - Returns: whether there was anything to record.
  func recordBatch() async throws -> Bool {
    let posts = Set(dirtyPosts.prefix(Self.batchLimit))
    let attempts = observed.unrecorded.values.sorted { $0.outcome.finishedAt < $1.outcome.finishedAt }.prefix(Self.batchLimit)
    guard !posts.isEmpty || !attempts.isEmpty || !strayStatuses.isEmpty else { return false }
    let strays = strayStatuses
    let batch = batch(Array(attempts), posts: posts.union(attempts.map(\.id.post)), strays: strays)
    dirtyPosts.subtract(posts)
    strayStatuses.subtract(strays)
    do {
      let tip = try await upstream.record(batch)
      try note(recorded: batch)
      if let tip { try await adopt(tip) }
      return true
    } catch {
      dirtyPosts.formUnion(posts)
      strayStatuses.formUnion(strays)
      throw error
    }
  }

  private func batch(_ attempts: [Attempt], posts: Set<PostID>, strays: Set<String>) -> RecordBatch {
    var batch = RecordBatch(source: desired.commit?.hex ?? "", host: options.host)
    for attempt in attempts { batch.add(attempt, host: options.host, incarnation: incarnation, version: options.version) }
    let now = now()
    for post in posts { if let status = status(of: post, now: now) { batch.add(status) } }
    batch.remove(strays.subtracting(batch.files.keys))
    return batch
  }

  /// What the status file of a post says now; `nil` for a post that nothing is known of.
  private func status(of id: PostID, now: Instant) -> StatusRecord? {
    let post = desired.post(id) ?? desired.paths(of: id).sorted().first.flatMap { desired[$0] }
    let accounts = (observedAccounts[id] ?? []).union(post?.deliveries.map(\.account) ?? [])
    guard let path = post?.path ?? observed.path(of: id, accounts: accounts) else { return nil }
    let deliveries = accounts.sorted().map { account in
      self.status(of: DeliveryID(post: id, account: account), post: post, now: now)
    }
    return StatusRecord(post: id, path: path, deliveries: deliveries, reason: post?.problem)
  }

  private func status(of id: DeliveryID, post: DesiredPost?, now: Instant) -> StatusRecord.Delivery {
    let observation = observed[id]
    let delivery = post?.deliveries.first { $0.account == id.account }
    let state = state(of: id, post: post, delivery: delivery, now: now)
    return StatusRecord.Delivery(
      account: id.account, platform: desired.accounts[id.account]?.platform ?? observation?.platform, state: state,
      scheduledAt: delivery?.scheduledAt ?? observation?.scheduledAt, attempts: observation?.attempts ?? 0,
      remote: observation?.remote, error: observation?.outcome?.error, publishedAt: observation?.publishedAt)
  }

  /// The state with everything taken together: events, and what holds it.
  func state(of id: DeliveryID, post: DesiredPost?, delivery: DesiredDelivery?, now: Instant) -> DeliveryState {
    let state = observed[id]?.state ?? .scheduled
    guard let post, let delivery, !state.name.isFinal, state.name == .scheduled || state.name == .retrying,
      let hold = hold(post, delivery, now: now)
    else { return state }
    return .held(hold)
  }

  /// Marks as recorded what has arrived upstream. The marks ride on the next flush: losing them costs one commit that changes nothing.
  private func note(recorded batch: RecordBatch) throws {
    var events = batch.attempts.map { Event.delivery($0.delivery, .recorded(attempt: $0.number)) }
    for (post, reason) in batch.holds where observed.recordedHolds[post] != reason { events.append(.holdRecorded(post, reason: reason)) }
    for event in events { try note(event) }
  }

  private static let batchLimit = 5000
}
