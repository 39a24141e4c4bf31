import Git
import Logging
import Platforms
import Schedule
import StateDirectory

extension Engine {
  /// Fills the memory of a new state directory from the history upstream, and settles everything that was due before the directory was made
  /// and has no record: another daemon may have sent it and been lost before it could say so (P7). A repository without records has no past.
  func learn(_ records: [HistoryRecord]) async throws {
    for record in records {
      observed.take(record)
      trust.note(record: record.finishedAt)
    }
    for id in observed.deliveries.keys { observedAccounts[id.post, default: []].insert(id.account) }
    if !records.isEmpty || hasLostPast {
      logger.notice(
        "learned from the history upstream", metadata: ["attempts": "\(records.count)", "deliveries": "\(observed.deliveries.count)"])
      for post in desired.posts.values {
        for delivery in post.deliveries where isUnaccounted(post, delivery) {
          try await doubt(DeliveryID(post: post.id, account: delivery.account), post, delivery)
        }
      }
    }
    // What was learned and the word that it was come to disk together: with the word alone, a crash would have the past published again.
    observed.hasLearned = true
    try await checkpoint()
  }

  /// Due before this directory was made, and without a record of how it ended.
  private func isUnaccounted(_ post: DesiredPost, _ delivery: DesiredDelivery) -> Bool {
    let id = DeliveryID(post: post.id, account: delivery.account)
    guard post.problem == nil, desired.post(post.id) != nil, delivery.scheduledAt < incarnation.made else { return false }
    guard let observation = observed[id] else { return true }
    return observation.armsAgain && observation.scheduledAt != delivery.scheduledAt
  }

  /// Writes down what a lost daemon may have done, as if it had stopped in the middle of the call: recovery settles it.
  private func doubt(_ id: DeliveryID, _ post: DesiredPost, _ delivery: DesiredDelivery) async throws {
    guard let catalog = desired.catalog else { return }
    let account = desired.account(id.account)
    let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
    if observed[id] != nil { try await append(.armed(scheduledAt: delivery.scheduledAt), for: id) }
    try await append(.intended(intent(id, post: post, delivery: delivery, material: material)), for: id)
    try await append(.committed(at: delivery.scheduledAt), for: id)
  }
}

extension Observed {
  /// Takes in a record that another state directory wrote; of several attempts of a delivery the last one counts.
  fileprivate mutating func take(_ record: HistoryRecord) {
    let id = DeliveryID(post: record.post, account: record.account)
    guard record.attempt > deliveries[id]?.attempts ?? 0, let outcome = record.pastOutcome else { return }
    var observation = Observation(scheduledAt: record.scheduledAt, firstAttempt: 1, attempts: record.attempt, phase: .ended(outcome))
    if outcome.state.name == .retrying { observation.failures = record.attempt }
    if outcome.state.name == .retrying || outcome.state.name == .inDoubt { observation.lastIntent = record.intent }
    deliveries[id] = observation
  }
}

extension HistoryRecord {
  fileprivate var pastOutcome: Outcome? {
    let state: DeliveryState
    switch outcome {
    case .published: state = .published
    case .delivered: state = .delivered
    case .retrying: state = .retrying(at: nextAttemptAt ?? finishedAt)
    case .failed: state = .failed
    case .inDoubt: state = .inDoubt
    case .missed: state = .missed
    case .cancelled: state = .cancelled
    case .scheduled, .publishing, .submitted, .held: return nil
    }
    return Outcome(state: state, finishedAt: finishedAt, remote: remote, error: error)
  }

  fileprivate var intent: Intent {
    Intent(
      attempt: attempt, key: key, path: path, platform: platform, scheduledAt: scheduledAt, scheduledTime: scheduledTime, offset: offset,
      timezone: timezone, tzdata: tzdata, contentSHA256: contentSHA256, media: media, source: source, startedAt: startedAt ?? finishedAt)
  }
}
