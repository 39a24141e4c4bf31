/// What has happened to every delivery so far: the journal's events, replayed in order.
///
/// What has come to its end is packed from time to time, so that years of it take little room; all the rest is at hand.
public struct Observed: Equatable, Sendable {
  /// Deliveries that are under way, and what happened since the last packing.
  public private(set) var live: [DeliveryID: Observation]
  private var settled = Settled()
  private var liveAccounts: [PostID: Set<AccountName>] = [:]
  /// When the newest attempt of our own ended.
  public internal(set) var newestEnd = Instant.distantPast
  /// Attempts that ended and whose history file is not upstream yet.
  public var unrecorded: [AttemptID: Attempt]
  /// Which of them, or of those that are about to end, are a person's word, and whose.
  public internal(set) var words: [AttemptID: String] = [:]
  /// Where posts lay that lie elsewhere now, or nowhere, and may have a status file there.
  public internal(set) var statusesLeft: [PostID: Set<String>] = [:]
  /// Posts whose status file upstream says that they are held, and the reason it gives.
  public var recordedHolds: [PostID: String]
  /// Accounts whose credential was refused, and which version of it; `nil` where there was none.
  public var loginsNeeded: [AccountName: String?]
  /// Whether what upstream's history told is in here; before that, nothing may go out.
  public var hasLearned = false
  /// The commit as far as whose history is known, in hexadecimal.
  public var historyKnown: String?
  /// When it was found that the state directory is an older copy of itself, if it was.
  public var restoredAt: Instant?
  /// Deliveries of whose hold somebody was told, and for which instant; forgotten once an attempt begins.
  public var toldHolds: [DeliveryID: Instant] = [:]
  /// What trust stands on.
  public internal(set) var anchors = Anchors()
  /// Commits whose burst a person let go.
  public var acknowledgedBursts: Set<String>

  public init() {
    live = [:]
    unrecorded = [:]
    recordedHolds = [:]
    loginsNeeded = [:]
    acknowledgedBursts = []
  }

  public subscript(id: DeliveryID) -> Observation? {
    get { live[id] ?? settled[id] }
    set {
      guard let newValue else { return forget(id) }
      hold(id, newValue)
      if let outcome = newValue.outcome { note(outcome) }
    }
  }

  /// Deliveries that are in doubt.
  public private(set) var doubts: Set<DeliveryID> = []

  private mutating func noteDoubt(_ id: DeliveryID, _ observation: Observation?) {
    if observation?.state == .inDoubt { doubts.insert(id) } else if !doubts.isEmpty { doubts.remove(id) }
  }

  private mutating func hold(_ id: DeliveryID, _ observation: Observation) {
    noteDoubt(id, observation)
    if live.updateValue(observation, forKey: id) == nil { liveAccounts[id.post, default: []].insert(id.account) }
  }

  private mutating func forget(_ id: DeliveryID) {
    noteDoubt(id, nil)
    guard live.removeValue(forKey: id) != nil, var accounts = liveAccounts.removeValue(forKey: id.post) else { return }
    accounts.remove(id.account)
    if !accounts.isEmpty { liveAccounts[id.post] = accounts }
  }

  /// Whether a delivery has come to an end for `instant` that nothing follows. Where it says no, look closer: it costs a part of that.
  public func isOver(_ id: DeliveryID, at instant: Instant) -> Bool { live[id] == nil && settled.isOver(id, at: instant) }

  public var count: Int { settled.count + live.keys.count { settled[$0] == nil } }

  /// Every account that a post has gone to or was to go to, removed ones included, in order.
  public func accounts(of post: PostID) -> [AccountName] { Set(settled.accounts(of: post)).union(liveAccounts[post] ?? []).sorted() }

  /// Every delivery whose last commit point was written at `instant` or later; it costs a look at each that is stored.
  public func forEach(committedSince instant: Instant, _ body: (DeliveryID, Observation) -> Void) {
    settled.forEach(committedSince: instant) { id, observation in if live[id] == nil { body(id, observation) } }
    for (id, observation) in live where observation.committedAt.map({ $0 >= instant }) ?? false { body(id, observation) }
  }

  public mutating func apply(_ event: Event) throws(EventOutOfOrder) {
    switch event {
    case .delivery(let id, let event): try apply(event, to: id)
    case .holdRecorded(let post, let reason): recordedHolds[post] = reason
    case .loginNeeded(let account, let credential): loginsNeeded.updateValue(credential, forKey: account)
    case .loginSeen(let account): loginsNeeded.removeValue(forKey: account)
    case .historyKnown(let commit): historyKnown = commit
    case .restored(let instant): (hasLearned, historyKnown, restoredAt) = (false, nil, instant)
    case .holdTold(let id, let instant): toldHolds[id] = instant
    case .adopted(let adopted): anchors.note(adopted)
    case .recordBranch(let branch): anchors.note(branch)
    case .rewriteAllowed(let commit): anchors.allow(rewritten: commit)
    case .said(let attempt, let person): words[attempt] = person
    case .statusLeft(let post, let path): statusesLeft[post, default: []].insert(path)
    case .statusGone(let post, let path):
      statusesLeft[post]?.remove(path)
      if statusesLeft[post]?.isEmpty ?? false { statusesLeft[post] = nil }
    case .burstAcknowledged(let commit): acknowledgedBursts.insert(commit)
    }
  }

  private mutating func apply(_ event: DeliveryEvent, to id: DeliveryID) throws(EventOutOfOrder) {
    if case .recorded(let attempt) = event {
      unrecorded[AttemptID(delivery: id, number: attempt)] = nil
      if !words.isEmpty { words[AttemptID(delivery: id, number: attempt)] = nil }
      return
    }
    // A crash came before the word was complete, and the number goes to another attempt.
    if case .abandoned = event, !words.isEmpty, let flight = self[id]?.flight {
      words[AttemptID(delivery: id, number: flight.intent.attempt)] = nil
    }
    if case .intended = event, !toldHolds.isEmpty { toldHolds[id] = nil }
    if let attempt = try attempt(ending: id, through: event) {
      unrecorded[attempt.attemptID] = attempt
      note(attempt.outcome)
    }
  }

  /// Takes the event in where the delivery's observation lies.
  ///
  /// - Returns: the attempt that has just ended.
  private mutating func attempt(ending id: DeliveryID, through event: DeliveryEvent) throws(EventOutOfOrder) -> Attempt? {
    if let place = live.index(forKey: id) {
      defer { noteDoubt(id, live.values[place]) }
      return try live.values[place].apply(event, id: id)
    }
    guard var observation = settled[id] ?? Observation(first: event) else { throw EventOutOfOrder(id: id, event: event) }
    let attempt = try observation.apply(event, id: id)
    hold(id, observation)
    return attempt
  }

  private mutating func note(_ outcome: Outcome) { newestEnd = max(newestEnd, outcome.finishedAt) }
}

extension Observed {
  /// Takes in what other state directories, or a lost life of this one, wrote; what is known here wins over it.
  ///
  /// - Parameter others: deliveries of which nothing is taken in.
  public mutating func take(_ past: LearnedPast, except others: Set<DeliveryID> = []) {
    past.forEach { id, observation in
      guard others.isEmpty || !others.contains(id) else { return }
      let known = self[id]
      guard observation.attempts > known?.attempts ?? 0 else { return }
      guard known == nil, observation.isSettled else { return hold(id, observation) }
      settled.add(id, observation)
    }
  }

  /// The same, with everything packed that has come to its end.
  public func packed() -> Observed {
    let (ended, rest) = (live.filter { $0.value.isSettled }, live.filter { !$0.value.isSettled })
    guard !ended.isEmpty else { return self }
    var packed = self
    packed.settled = settled.adding(ended)
    packed.hold(rest)
    return packed
  }

  /// Goes on from what was packed: `packed` comes from `snapshot`, which is what this one was, and everything since stays as it is.
  public mutating func goOn(from packed: Observed, of snapshot: Observed) {
    // Somebody else may have packed meanwhile; what is at hand then merely stays there.
    guard settled.generation == snapshot.settled.generation, packed.settled.generation != settled.generation else { return }
    settled = packed.settled
    hold(live.filter { id, observation in packed.live[id] != nil || snapshot.live[id] != observation })
  }

  private mutating func hold(_ live: [DeliveryID: Observation]) {
    self.live = live
    doubts = Set(live.lazy.filter { $0.value.state == .inDoubt }.map(\.key))
    liveAccounts = Dictionary(grouping: live.keys, by: \.post).mapValues { Set($0.map(\.account)) }
  }

  /// Takes up what was written down.
  init(settled: Settled, live: [DeliveryID: Observation]) {
    self.init()
    self.settled = settled
    hold(live)
  }

  func writeDeliveries(to writer: inout ByteWriter) {
    settled.write(to: &writer)
    writer.write(all: live) {
      $0.write($1.key)
      $0.write($1.value)
    }
  }
}

extension Observation {
  /// The observation that a delivery's first event begins.
  fileprivate init?(first event: DeliveryEvent) {
    switch event {
    case .intended(let intent), .told(let intent, _, _): self.init(scheduledAt: intent.scheduledAt)
    case .armed(let instant, _): self.init(scheduledAt: instant)
    default: return nil
    }
  }
}

/// One try of one delivery.
public struct AttemptID: Hashable, Sendable {
  public let delivery: DeliveryID
  public let number: Int

  public init(delivery: DeliveryID, number: Int) {
    self.delivery = delivery
    self.number = number
  }
}

extension Attempt {
  public var attemptID: AttemptID { AttemptID(delivery: id, number: intent.attempt) }
}
