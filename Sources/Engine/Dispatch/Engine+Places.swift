import Platforms
import Schedule

/// How many deliveries are between claim and outcome at the same time.
extension Engine {
  /// Whether another one of the account may be begun, so far as room goes. Those that are prepared on this host alone take no place before
  /// their call, and who only asks takes none at all.
  func hasPlace(_ account: AccountName) -> Bool {
    inFlight.places.allows(account) || inFlight.prepared.allows(account) && preparesHere(desired.account(account)?.platform)
  }

  private func preparesHere(_ platform: String?) -> Bool {
    platform.flatMap { platforms($0) }.map { type(of: $0).preparesHere } ?? false
  }

  /// Whether one is prepared before it takes a place, as far as that is possible.
  ///
  /// - Returns: `nil` where it has to wait: for its instant, or for a place.
  func goesAhead(_ account: AccountName, _ platform: String, isDue: Bool) -> Bool? {
    let preparesHere = preparesHere(platform)
    if preparesHere, inFlight.prepared.allows(account) { return true }
    return (isDue || !preparesHere) && inFlight.places.allows(account) ? false : nil
  }

  /// Has it looked at again when its account has room.
  func waitForPlace(_ id: DeliveryID, due: Instant) {
    if waitingForPlace[id.account] == nil { placeTurns.append(id.account) }
    waitingForPlace[id.account, default: DueQueue()].push(id, at: due)
  }

  /// Looks at those that wait for a place, one of each account in turn, as long as there is room.
  func considerWaiting(_ answer: ClockGate.Answer) {
    guard !placeTurns.isEmpty else { return }
    var (passed, looks) = (0, waitingForPlace.values.reduce(0) { $0 + $1.count } + placeTurns.count)
    while passed < placeTurns.count, looks > 0, let account = placeTurns.popFirst() {
      looks -= 1
      guard hasPlace(account) else {
        placeTurns.append(account)
        passed += 1
        continue
      }
      guard let entry = waitingForPlace[account]?.pop(through: .distantFuture) else {
        waitingForPlace[account] = nil
        continue
      }
      placeTurns.append(account)
      passed = 0
      consider(entry.id, answer)
    }
  }

  /// Returns when there is room for the call of one whose instant has come.
  func beginCall(_ id: DeliveryID) async {
    inFlight.call(id)
    if !calls.take(id.account) {
      await withCheckedContinuation { calls.wait(id.account, $0) }
    }
    inFlight.take(id)
  }

  func endCall(_ id: DeliveryID) { calls.giveBack(id.account) }
}
