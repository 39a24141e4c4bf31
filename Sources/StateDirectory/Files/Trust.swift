import Synchronization

/// Whether what was flushed in a folder and below it can be relied on: until the first flush that fails, and never again in this process.
///
/// The kernel may have dropped what it could not write, and calls it clean afterwards: a second flush would succeed and prove nothing (F3).
final class Trust: Sendable {
  private let first = Mutex<StateError?>(nil)

  /// The first flush that failed; nil while all is well.
  var failure: StateError? { first.withLock { $0 } }

  /// Runs one flush, and remembers if it fails.
  func flush(_ path: String, step: String, _ call: () -> Int32) throws(StateError) {
    do { try check(step, path, call) } catch {
      first.withLock { $0 = $0 ?? error }
      throw error
    }
  }

  /// - Throws: ``StateError/Reason/stopped(by:)`` after the first failure.
  func require(_ step: String, _ path: String) throws(StateError) {
    if let failure { throw StateError(step, path, .stopped(by: failure.description)) }
  }
}
