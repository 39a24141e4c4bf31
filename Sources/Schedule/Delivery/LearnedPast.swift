/// What history files tell of the past, taken in one by one and in any order: of each delivery its last attempt, and how often that arming
/// has failed. It never holds all records at once, and holds packed what one record says all of.
public struct LearnedPast: Sendable {
  public private(set) var attempts = 0
  /// When the newest attempt ended of which a record is ahead that is vouched for: what others write says nothing about the clock.
  public private(set) var newestVouchedEnd = Instant.distantPast
  /// Records of a time that is still to come: how many, and one of them.
  public private(set) var ahead = 0
  public private(set) var oneAhead: HistoryRecord?
  /// Attempts of the last day, which count against the limits of their accounts.
  public private(set) var recent: [HistoryRecord] = []
  /// Posts of which a person said something in the last week: their status may not say it yet.
  public private(set) var spokenOf: Set<PostID> = []
  private let now: Instant
  /// When a person had a delivery tried again, by the number of the first attempt after that: its grace counts from then.
  private var words: [AttemptID: Instant] = [:]

  /// Deliveries whose first record said that they have come to an end: each as ``SettledRecord`` has it, and the key of its arming.
  private var ended = PackedRecords()
  private var index = PlaceIndex()
  /// All others, and those of which there was more to be said.
  private var armings: [DeliveryID: Arming] = [:]

  public init(now: Instant) { self.now = now }

  /// - Parameter isVouchedFor: whether a key of ours has sealed it; it is asked of what is ahead alone.
  public mutating func take(_ written: HistoryRecord, isVouchedFor: Bool = false) {
    let record = written.heard(at: now)
    guard let outcome = record.pastOutcome else { return }
    attempts += 1
    if isVouchedFor, written.mayDoubtClock(at: now) { newestVouchedEnd = max(newestVouchedEnd, written.finishedAt) }
    if written.isAhead(of: now) {
      (ahead, oneAhead) = (ahead + 1, written)
    } else if record.saidBy == nil, record.finishedAt > now - .seconds(86_400) {
      recent.append(record)
    }
    if record.saidBy != nil, record.finishedAt > now - .seconds(7 * 86_400) { spokenOf.insert(record.post) }
    let id = DeliveryID(post: record.post, account: record.account)
    if record.isRetryWord { words[AttemptID(delivery: id, number: record.attempt + 1)] = record.finishedAt }
    let known = armings[id] ?? endedArming(of: id)
    let arming = Arming(known, record, outcome)
    if known == nil, arming.observation.isSettled { pack(id, arming) } else { armings[id] = arming }
  }

  /// The deliveries of which something is told, as far as they are asked for.
  public func deliveries(where isWanted: (DeliveryID) -> Bool) -> Set<DeliveryID> {
    var found: Set<DeliveryID> = []
    forEach { id, _ in if isWanted(id) { found.insert(id) } }
    return found
  }

  func forEach(_ body: (DeliveryID, Observation) -> Void) {
    ended.forEach { _, record in
      let id = SettledRecord.id(in: record)
      if armings[id] == nil { body(id, SettledRecord.observation(in: record)) }
    }
    for (id, arming) in armings {
      var observation = arming.observation
      observation.armedByPersonAt = words[AttemptID(delivery: id, number: observation.firstAttempt)]
      body(id, observation)
    }
  }

  /// Of each delivery the number of its last attempt.
  public var lastAttempts: [DeliveryID: Int] {
    var last: [DeliveryID: Int] = [:]
    forEach { last[$0] = $1.attempts }
    return last
  }

  /// Deliveries that a person is said to have tried again.
  public var deliveriesWithWord: Set<DeliveryID> { Set(words.keys.map(\.delivery)) }

  private mutating func pack(_ id: DeliveryID, _ arming: Arming) {
    var writer = ByteWriter()
    SettledRecord.write(id, arming.observation, to: &writer)
    writer.write(arming.key)
    index.insert(ended.append(writer), of: Array(id.post.text.utf8)[...]) { [ended] in SettledRecord.post(in: ended.reader(at: $0)) }
  }

  private func endedArming(of id: DeliveryID) -> Arming? {
    var found: Arming?
    index.search(Array(id.post.text.utf8)[...]) { place in
      let record = ended.reader(at: place)
      guard SettledRecord.id(in: record) == id else { return false }
      let key = SettledRecord.textBehind(record)
      found = Arming(key: String(decoding: key, as: UTF8.self), observation: SettledRecord.observation(in: record))
      return true
    }
    return found
  }
}

/// The attempts under one key.
private struct Arming {
  var key: String
  var observation: Observation
}

extension Arming {
  /// - Parameter known: what other records of the delivery have told.
  fileprivate init(_ known: Arming?, _ record: HistoryRecord, _ outcome: Outcome) {
    let isOld = known.map { $0.observation.attempts > record.attempt } ?? false
    if let known, isOld, known.key != record.key {
      self = known
      return
    }
    key = record.key
    observation = isOld ? known?.observation ?? Observation(record, outcome) : Observation(record, outcome)
    if let known, known.key == record.key {
      observation.firstAttempt = min(known.observation.firstAttempt, record.attempt)
      observation.failures = known.observation.failures
    }
    if let error = record.error, error.class != .quota { observation.failures += 1 }
  }
}

extension Observation {
  /// What one record tells, but for how many failures came before it.
  fileprivate init(_ record: HistoryRecord, _ outcome: Outcome) {
    self.init(scheduledAt: record.scheduledAt, firstAttempt: record.attempt, attempts: record.attempt, phase: .ended(outcome))
    // A person's word is no attempt: another arming begins with it.
    guard !record.isRetryWord else {
      (firstAttempt, phase) = (record.attempt + 1, .idle)
      return
    }
    if outcome.state.name == .retrying || outcome.state.name == .inDoubt { lastIntent = record.intent }
  }
}

extension HistoryRecord {
  /// How the attempt ended; `nil` for what is no end.
  public var pastOutcome: Outcome? {
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

  /// The intent that the attempt began with.
  public var intent: Intent {
    Intent(
      attempt: attempt, key: key, path: path, platform: platform, scheduledAt: scheduledAt, scheduledTime: scheduledTime, offset: offset,
      timezone: timezone, tzdata: tzdata, contentSHA256: contentSHA256, media: media, source: source, startedAt: startedAt ?? finishedAt)
  }
}
