import Platforms
import Schedule

/// How many deliveries are between claim and outcome at the same time.
extension Engine {
  /// Whether another one may be begun. Those that are prepared on this host alone take no place before their call.
  var hasPlace: Bool { inFlight.count - inFlight.ahead < options.inFlightLimit }

  /// Whether one is prepared before it takes a place, as far as that is possible.
  ///
  /// - Returns: `nil` where it has to wait for its instant first, because many are ahead already.
  func goesAhead(_ platform: String, isDue: Bool) -> Bool? {
    guard platforms(platform).map({ type(of: $0).preparesHere }) ?? false else { return false }
    guard inFlight.ahead < Self.mostAhead else { return isDue ? false : nil }
    return true
  }

  /// Returns when there is room for the call of one whose instant has come. They go in order, as places become free.
  func beginCall(_ id: DeliveryID) async {
    inFlight.call(id)
    if calls < options.inFlightLimit {
      calls += 1
    } else {
      await withCheckedContinuation { waitingToCall.append($0) }  // and is handed a place
    }
    inFlight.take(id)
  }

  func endCall() {
    guard let next = waitingToCall.popFirst() else { return calls -= 1 }
    next.resume()
  }

  /// With fewer, many that are due at one instant wait for what comes before their calls; more of them keep memory that the next ones could
  /// have, warm in a cache.
  private static let mostAhead = 512
}
