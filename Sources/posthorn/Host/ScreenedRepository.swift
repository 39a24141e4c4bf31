import Git
import Synchronization

extension Repository {
  /// Opens the repository at `path`, a work tree or a git directory, after a look at its loose objects: a power cut leaves truncated ones,
  /// and libgit2 reads those for ever (G4). The daemon looks at every byte; a command reads no larger blob than this, and does not unpack
  /// one.
  ///
  /// - Throws: ``GitError``; `.corrupt`, with the path of the first broken object.
  init(screened path: String) throws(GitError) {
    if !whole.withLock({ $0.contains(path) }) {
      try Repository.screenLooseObjects(gitDirectory: Repository.discover(from: path), largestBlob: 1 << 20).requireWhole(toOpen: path)
      _ = whole.withLock { $0.insert(path) }
    }
    try self.init(at: path)
  }
}

/// Git directories that this process has looked at.
private let whole = Mutex<Set<String>>([])
