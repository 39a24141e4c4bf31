import Synchronization

/// Lets one at a time through for each thing, in the order in which they came: what is read before an await is what is written after it.
final class Turns<Thing: Hashable & Sendable>: Sendable {
  /// Who waits for what somebody has.
  private let waiting = Mutex<[Thing: [CheckedContinuation<Void, Never>]]>([:])

  /// Returns once it is the caller's turn, who ends it with ``end(_:)``.
  func take(_ thing: Thing) async {
    await withCheckedContinuation { turn in
      let isFree = waiting.withLock { waiting in
        guard waiting[thing] != nil else {
          waiting[thing] = []
          return true
        }
        waiting[thing]?.append(turn)
        return false
      }
      if isFree { turn.resume() }
    }
  }

  func end(_ thing: Thing) {
    let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      guard waiting[thing]?.isEmpty == false else {
        waiting[thing] = nil
        return nil
      }
      return waiting[thing]?.removeFirst()
    }
    next?.resume()
  }
}
