import Foundation

/// Somebody waited for something that did not come.
public struct Overdue: Error, CustomStringConvertible {
  public let description: String

  public init(description: String) { self.description = description }
}

/// Returns what `condition` finds, as soon as it finds something; asks again every few milliseconds.
///
/// - Parameter clue: what the failure shows besides: the log of the program that was waited for.
/// - Throws: ``Overdue`` after `limit`, which is long because machines are slow, not because anything may take that long.
public func eventually<Value>(
  _ what: String, within limit: Duration = .seconds(180), clue: () -> String = { "" }, _ condition: () async throws -> Value?
) async throws -> Value {
  let end = ContinuousClock.now + limit
  var pause = Duration.milliseconds(5)
  while true {
    if let value = try await condition() { return value }
    guard ContinuousClock.now < end else { throw Overdue(description: "waited \(limit) for: \(what)\n\(clue())") }
    try await Task.sleep(for: pause)
    pause = min(pause * 2, .milliseconds(50))
  }
}

/// The same for what is only true or false.
public func eventually(
  _ what: String, within limit: Duration = .seconds(180), clue: () -> String = { "" }, is condition: () async throws -> Bool
) async throws {
  _ = try await eventually(what, within: limit, clue: clue) { try await condition() ? true : nil }
}

/// Does what blocks on a thread of its own: the tests' threads are as few as the machine's cores.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
