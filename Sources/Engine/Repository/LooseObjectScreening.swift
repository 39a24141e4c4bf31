import Git
import Synchronization

/// The look at the loose objects of a repository on this disk that comes before anything in it is read: a power cut leaves truncated ones,
/// and libgit2 reads those for ever (G4).
///
/// Once a process is enough: what cuts a file short is a crash of the machine, which ends the process too.
final class LooseObjectScreening: Sendable {
  private let path: String
  private let isPassed = Mutex(false)

  init(of path: String) { self.path = path }

  /// - Throws: ``GitError``; `.corrupt`, with the path of the first broken object. Mended, it passes the next time.
  func pass() throws(GitError) {
    guard !isPassed.withLock({ $0 }) else { return }
    try Repository.screenLooseObjects(gitDirectory: path).requireWhole(toOpen: path)
    isPassed.withLock { $0 = true }
  }
}
