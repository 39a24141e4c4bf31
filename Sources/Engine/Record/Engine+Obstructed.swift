import Git
import Logging
import Schedule

/// Records that somebody's files are in the way of. They wait until that may have changed, and hold up no others.
struct Obstructed {
  /// Attempts that ended and that the repository does not say everything of.
  fileprivate(set) var attempts: Set<AttemptID> = []
  fileprivate(set) var posts: Set<PostID> = []
  /// The files that were named aloud.
  fileprivate var named: Set<String> = []

  var isEmpty: Bool { attempts.isEmpty && posts.isEmpty }
}

extension Engine {
  /// Sets aside what could not be written.
  ///
  /// - Returns: the batch without it.
  func setAside(_ obstacles: Obstacles, of batch: RecordBatch) -> RecordBatch {
    guard !obstacles.isEmpty else { return batch }
    for file in obstacles.files where obstructed.named.insert(file.path).inserted {
      logger.error(
        "a record cannot be written, and waits; all others are: rename or remove what is in the way",
        metadata: ["path": "\(file.path)", "error": "\(file.problem)"])
    }
    let (attempts, posts) = batch.obstructed { obstacles.isInTheWay(of: $0) }
    obstructed.attempts.formUnion(attempts)
    obstructed.posts.formUnion(posts)
    report.unwritable = obstructed.named.count
    return batch.without(attempts, posts)
  }

  /// Has what is set aside tried once more: somebody may have made way.
  func retryObstructed() {
    guard !obstructed.isEmpty else { return }
    dirtyPosts.formUnion(obstructed.posts)
    (obstructed.attempts, obstructed.posts) = ([], [])
    recordSignal.raise()
  }
}
