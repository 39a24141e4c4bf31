import Schedule

/// What history files tell of the past, taken in one by one and in any order: of each delivery its last attempt, and how often that arming
/// has failed. It never holds all records at once.
struct LearnedPast: Sendable {
  private(set) var attempts = 0
  private(set) var newestEnd = Instant.distantPast
  /// Attempts of the last day, which count against the limits of their accounts.
  private(set) var recent: [HistoryRecord] = []
  private var armings: [DeliveryID: Arming] = [:]
  private let since: Instant

  init(now: Instant) { since = now - .seconds(86_400) }

  /// The attempts under one key.
  private struct Arming {
    var key: String
    var observation: Observation
  }

  mutating func take(_ record: HistoryRecord) {
    guard let outcome = record.pastOutcome else { return }
    attempts += 1
    newestEnd = max(newestEnd, record.finishedAt)
    if record.finishedAt > since { recent.append(record) }
    let id = DeliveryID(post: record.post, account: record.account)
    let known = armings[id]
    let isOld = known.map { $0.observation.attempts > record.attempt } ?? false
    guard !isOld || known?.key == record.key else { return }
    var observation = isOld ? known?.observation ?? Observation(record, outcome) : Observation(record, outcome)
    if let known, known.key == record.key {
      observation.firstAttempt = min(known.observation.firstAttempt, record.attempt)
      observation.failures = known.observation.failures
    }
    if let error = record.error, error.class != .quota { observation.failures += 1 }
    armings[id] = Arming(key: record.key, observation: observation)
  }

  func forEach(_ body: (DeliveryID, Observation) -> Void) {
    for (id, arming) in armings { body(id, arming.observation) }
  }
}

extension Observation {
  /// What one record tells, but for how many failures came before it.
  fileprivate init(_ record: HistoryRecord, _ outcome: Outcome) {
    self.init(scheduledAt: record.scheduledAt, firstAttempt: record.attempt, attempts: record.attempt, phase: .ended(outcome))
    if outcome.state.name == .retrying || outcome.state.name == .inDoubt { lastIntent = record.intent }
  }
}
