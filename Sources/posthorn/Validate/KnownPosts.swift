import Git
import Schedule
import Synchronization

/// Which posts a commit has already, the head of a work tree's branch unless told otherwise; read when the first is asked for.
///
/// A post counts as known by its path, and by the name of a file elsewhere: moving an old post does not make it new.
final class KnownPosts: Sendable {
  private let path: String
  private let folder: String
  private let commit: ObjectID?
  private let known = Mutex<Known?>(nil)

  private enum Known {
    /// Outside git, or where git cannot be read, nobody can say what is new.
    case everything
    case posts(stems: Set<String>)
  }

  /// - Parameters:
  ///   - path: of the repository.
  ///   - commit: `nil` is the head, when it is asked for.
  init(in path: String, folder: String, at commit: ObjectID? = nil) {
    (self.path, self.folder, self.commit) = (path, folder, commit)
  }

  func contains(_ id: PostID, at path: String) -> Bool {
    known.withLock { known in
      let found = known ?? read()
      known = found
      switch found {
      case .everything: return true
      case .posts(let stems): return stems.contains(id.text) || stems.contains(ContentFile.stem(of: path))
      }
    }
  }

  private func read() -> Known {
    var stems: Set<String> = []
    do {
      let repository = try Repository(screened: path, content: folder)
      guard let head = try commit ?? repository.reference("HEAD") else { return .posts(stems: []) }
      try repository.walk(repository.tree(of: head), under: "\(folder)/posts") { path, _ in stems.insert(ContentFile.stem(of: path)) }
    } catch { return .everything }
    return .posts(stems: stems)
  }
}
