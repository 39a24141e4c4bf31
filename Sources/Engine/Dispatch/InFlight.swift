import Schedule

/// Deliveries that something is being done for; nothing else touches them until it has ended.
struct InFlight {
  /// What is being done for one.
  struct Work {
    var task: Task<Void, Never>
    /// Whether it counts among the departures of its account, which may be limited.
    var isDeparture = false
    /// Whether it is prepared, or about to be, and waits for its instant or its call.
    var isAhead = false
    /// Whether it only asks or notes, so that nothing that is to be sent waits for it.
    var isAsking = false
    /// Whether it is about to end one way or another, and no longer waits for its instant.
    var isLanding = false
  }

  private var works: [DeliveryID: Work] = [:]
  /// What is to be sent, from its claim to its answer, but for what is ahead.
  private(set) var places: Shares
  /// What is ahead. With fewer, many that are due at one instant wait for what comes before their calls; more of them keep memory that the next
  /// ones could have, warm in a cache.
  private(set) var prepared = Shares(limit: 683)
  private(set) var ahead = 0
  private(set) var landing = 0

  init(limit: Int) { places = Shares(limit: limit) }

  var count: Int { works.count }
  var isEmpty: Bool { works.isEmpty }
  var ids: Set<DeliveryID> { Set(works.keys) }
  var tasks: [Task<Void, Never>] { works.values.map(\.task) }

  subscript(id: DeliveryID) -> Task<Void, Never>? { works[id]?.task }

  mutating func begin(_ id: DeliveryID, _ work: Work) {
    if let old = works.updateValue(work, forKey: id) { count(old, of: id.account, -1) }
    count(work, of: id.account, 1)
  }

  /// Its instant has come.
  mutating func call(_ id: DeliveryID) {
    change(id) { $0.isLanding = true }
  }

  /// It has a place of its own.
  mutating func take(_ id: DeliveryID) {
    change(id) { $0.isAhead = false }
  }

  /// It needs its account's place no longer, although it may still be at work.
  ///
  /// - Returns: what it was until now.
  mutating func arrive(_ id: DeliveryID) -> Work? {
    let work = works[id]
    change(id) { ($0.isDeparture, $0.isLanding, $0.isAsking) = (false, false, true) }
    return work
  }

  /// From now on it only asks.
  mutating func ask(_ id: DeliveryID) {
    change(id) { $0.isAsking = true }
  }

  /// It has ended.
  ///
  /// - Returns: what it was until now.
  mutating func end(_ id: DeliveryID) -> Work? {
    let work = works.removeValue(forKey: id)
    if let work { count(work, of: id.account, -1) }
    return work
  }

  private mutating func change(_ id: DeliveryID, _ body: (inout Work) -> Void) {
    guard let place = works.index(forKey: id) else { return }
    let old = works.values[place]
    body(&works.values[place])
    count(old, of: id.account, -1)
    count(works.values[place], of: id.account, 1)
  }

  private mutating func count(_ work: Work, of account: AccountName, _ change: Int) {
    if work.isLanding { landing += change }
    if work.isAhead {
      ahead += change
      if change > 0 { prepared.take(account) } else { prepared.giveBack(account) }
    } else if !work.isAsking {
      if change > 0 { places.take(account) } else { places.giveBack(account) }
    }
  }
}
