import Failpoints
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Takes an event in and writes it down. It is in memory at once, so that nobody begins the same thing twice, and on disk when this
  /// returns, so that the next step may rely on it.
  func append(_ event: DeliveryEvent, for id: DeliveryID) async throws {
    let last = try await append([.delivery(id, event)], as: event.isClaim ? .claim : .outcome, written: event.failpoints?.written)
    if case .committed = event { memory?.reached(last) }
    if let flushed = event.failpoints?.flushed { try pass(flushed) }
    if !seals.records.isEmpty { try settleSeals(event, of: id) }
    try await claims.note(event, of: id)
  }

  /// The same for several events, all of them or none.
  ///
  /// - Returns: the number of the last entry.
  /// - Throws: ``StateError/Reason/noRoom(free:floor:)`` where a claim finds too little space; then it is as if it had never been tried.
  @discardableResult
  func append(_ events: [Event], as kind: Journal.Kind = .outcome, written: Failpoint? = nil) async throws -> UInt64 {
    let before = kind == .claim ? events.compactMap(\.delivery).map { ($0, observed[$0]) } : []
    for event in events { try observed.apply(event) }
    do {
      return try await log.append(events, as: kind, written: written)
    } catch let error as StateError where error.isNoRoom {
      guard kind == .claim else { return try await appendOnceThereIsRoom(events, error) }
      for (id, observation) in before { observed[id] = observation }
      throw error
    }
  }

  /// The reserve and the ballast are used up too. What has happened is not dropped: it waits for room, a daemon as long as it takes.
  private func appendOnceThereIsRoom(_ events: [Event], _ refusal: StateError) async throws -> UInt64 {
    logger.critical("what has happened waits for room on disk", metadata: ["error": "\(refusal)"])
    let ids = events.compactMap(\.delivery)
    unwritten.formUnion(ids)
    defer { unwritten.subtract(ids) }
    var patience = Self.patienceForRoom
    while patience > 0 {
      if isStopping || confirmLimit != nil { patience -= 1 }
      await clock.pause(for: .seconds(1))
      do { return try await log.append(events, as: .outcome) } catch let error as StateError where error.isNoRoom {}
    }
    throw StateError("write down what has happened in", log.folder.path, .stopped(by: refusal.description))
  }

  /// How often a single pass, or a daemon that is to stop, asks once more.
  private static let patienceForRoom = 3
}

extension Event {
  fileprivate var delivery: DeliveryID? {
    guard case .delivery(let id, _) = self else { return nil }
    return id
  }
}

extension StateError {
  var isNoRoom: Bool {
    guard case .noRoom = reason else { return false }
    return true
  }
}

extension DeliveryEvent {
  /// It begins something that needs room on disk to be ended.
  fileprivate var isClaim: Bool {
    switch self {
    case .intended, .committed: true
    default: false
    }
  }

  /// Where a test may break the program around its flush.
  fileprivate var failpoints: (written: Failpoint, flushed: Failpoint)? {
    switch self {
    case .intended: (.intentAppended, .intentFlushed)
    case .committed: (.commitAppended, .commitFlushed)
    case .ended: (.outcomeAppended, .outcomeFlushed)
    default: nil
    }
  }
}
