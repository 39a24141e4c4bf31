import Git
import Schedule
import Synchronization

extension Repository {
  /// Opens the repository at `path`, a work tree or a git directory, after a look at its loose objects: a power cut leaves truncated ones,
  /// and libgit2 reads those for ever (G4). What is larger than media may be is never read, so it is not unpacked either.
  ///
  /// - Parameter content: the folder whose content is read, where one is.
  /// - Throws: ``GitError``; `.corrupt`, with the path of the first broken object.
  init(screened path: String, content: String = "") throws(GitError) {
    let directory = try Repository.discover(from: path)
    if !whole.withLock({ $0.contains(directory) }) {
      try Repository.screenLooseObjects(gitDirectory: directory, largestBlob: MediaFile.blobLimit).requireWhole(toOpen: path)
      _ = whole.withLock { $0.insert(directory) }
    }
    try self.init(at: path, content: content)
  }
}

/// Git directories that this process has looked at.
private let whole = Mutex<Set<String>>([])
