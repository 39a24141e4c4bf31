/// Tells one waiting loop that there is something to do; signals that come while it works are one.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func raise() { continuation.yield() }

  /// Returns at the next signal, or at once if one has come since the last call; `false` when the task is cancelled.
  @discardableResult
  func wait() async -> Bool {
    for await _ in stream { return true }
    return false
  }
}
