/// What has happened to every delivery so far: the journal's events, replayed in order.
public struct Observed: Equatable, Sendable {
  public var deliveries: [DeliveryID: Observation]
  /// Attempts that ended and whose history file is not upstream yet.
  public var unrecorded: [AttemptID: Attempt]
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
  /// Commits whose burst a person let go.
  public var acknowledgedBursts: Set<String>

  public init() {
    deliveries = [:]
    unrecorded = [:]
    recordedHolds = [:]
    loginsNeeded = [:]
    acknowledgedBursts = []
  }

  public subscript(id: DeliveryID) -> Observation? { deliveries[id] }

  public mutating func apply(_ event: Event) throws(EventOutOfOrder) {
    switch event {
    case .delivery(let id, let event): try apply(event, to: id)
    case .holdRecorded(let post, let reason): recordedHolds[post] = reason
    case .loginNeeded(let account, let credential): loginsNeeded.updateValue(credential, forKey: account)
    case .loginSeen(let account): loginsNeeded.removeValue(forKey: account)
    case .historyKnown(let commit): historyKnown = commit
    case .restored(let instant): (hasLearned, historyKnown, restoredAt) = (false, nil, instant)
    case .holdTold(let id, let instant): toldHolds[id] = instant
    case .burstAcknowledged(let commit): acknowledgedBursts.insert(commit)
    }
  }

  private mutating func apply(_ event: DeliveryEvent, to id: DeliveryID) throws(EventOutOfOrder) {
    if case .recorded(let attempt) = event {
      unrecorded[AttemptID(delivery: id, number: attempt)] = nil
      return
    }
    if case .intended = event { toldHolds[id] = nil }
    guard var observation = deliveries[id] ?? Observation(first: event) else { throw EventOutOfOrder(id: id, event: event) }
    if let attempt = try observation.apply(event, id: id) { unrecorded[attempt.attemptID] = attempt }
    deliveries[id] = observation
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
