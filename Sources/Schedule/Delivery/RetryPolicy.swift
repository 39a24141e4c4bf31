/// When a delivery that failed is tried again. Pure: the engine only carries the answer out.
public struct RetryPolicy: Equatable, Sendable {
  /// The wait after the first failure, after the second, and so on; the failure after the last is final.
  public let delays: [Duration]

  public init(delays: [Duration]) { self.delays = delays }

  /// Five, fifteen and thirty minutes.
  public static let standard = RetryPolicy(delays: [.seconds(300), .seconds(900), .seconds(1800)])

  /// The state after failure `number`, counted from 1. A longer wait that the platform asked for wins.
  public func state(afterFailure number: Int, retryAfter: Duration? = nil, now: Instant) -> DeliveryState {
    guard number >= 1, let delay = delays.dropFirst(number - 1).first else { return .failed }
    return .retrying(at: now + max(delay, retryAfter ?? .zero))
  }
}
