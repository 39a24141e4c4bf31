import Git
import Schedule
import Synchronization

/// Which posts the head of a work tree's branch has already; read when the first is asked for.
///
/// A post counts as known by its path, and by the name of a file elsewhere: moving an old post does not make it new.
final class KnownPosts: Sendable {
  private let tree: WorkTree
  private let known = Mutex<Known?>(nil)

  private enum Known {
    /// Outside git, or where git cannot be read, nobody can say what is new.
    case everything
    case posts(stems: Set<String>)
  }

  init(in tree: WorkTree) { self.tree = tree }

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
      let repository = try Repository(at: tree.root)
      guard let head = try repository.reference("HEAD") else { return .posts(stems: []) }
      try repository.walk(repository.tree(of: head), under: "\(tree.folder)/posts") { path, _ in stems.insert(ContentFile.stem(of: path)) }
    } catch { return .everything }
    return .posts(stems: stems)
  }
}
