import Git
import Synchronization

/// Notes that a call to upstream ignores its deadline, from whatever thread that is seen on.
final class Overrun: Sendable {
  let signal = Signal()
  private let first = Mutex<GitError?>(nil)

  /// What hangs, if anything does.
  var error: GitError? { first.withLock { $0 } }

  func note(_ error: GitError) {
    first.withLock { $0 = $0 ?? error }
    signal.raise()
  }
}
