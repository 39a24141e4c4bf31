import Git
import Schedule

/// Which files of the content folder are not as a commit has them.
struct ContentChanges {
  /// The commit that is compared with.
  let base: ObjectID
  /// By path from the repository's root: what the base has there, where it has something.
  private(set) var files: [String: ObjectID?] = [:]
  private(set) var removed: [String: ObjectID] = [:]
  /// Every file that differs, and the folders above it.
  private var touched: Set<String> = []
  /// Something differs that other files depend on: an account, the settings, a media file.
  private(set) var reachesFurther = false

  /// From where the histories part to the work tree, whatever of it is committed.
  ///
  /// - Parameter rev: in git's notation.
  init(since rev: String, in tree: WorkTree) throws(Failure) {
    do throws(GitError) {
      let repository = try Repository(screened: tree.root)
      let named = try repository.revision(rev)
      let head = try repository.reference("HEAD")
      try self.init(since: try head.flatMap { head throws(GitError) in try repository.mergeBase(of: named, and: head) } ?? named, in: tree)
    } catch { throw Self.failure(error, rev) }
  }

  init(since commit: ObjectID, in tree: WorkTree) throws(GitError) {
    base = commit
    for change in try Repository(screened: tree.root).workTreeChanges(since: commit, under: tree.folder) {
      add(change.path, old: change.old, isRemoved: change.isRemoved, folder: tree.folder)
    }
  }

  /// From where the histories part to a commit.
  init(since rev: String, to new: String, in path: String, folder: String) throws(Failure) {
    do {
      let repository = try Repository(screened: path)
      let (named, tip) = (try repository.revision(rev), try repository.revision(new))
      base = try repository.mergeBase(of: named, and: tip) ?? named
      var changes: [Change] = []
      try repository.changes(from: base, to: tip, under: folder) { changes.append($0) }
      for change in changes { add(change.path, old: change.old?.id, isRemoved: change.new == nil, folder: folder) }
    } catch let error as GitError {
      throw Self.failure(error, rev)
    } catch { throw .couldNot("\(error)") }
  }

  func touches(_ path: String) -> Bool { touched.contains(path) }

  private mutating func add(_ path: String, old: ObjectID?, isRemoved: Bool, folder: String) {
    if isRemoved { removed[path] = old } else { files[path] = .some(old) }
    var place = path[...]
    while touched.insert(String(place)).inserted, let slash = place.lastIndex(of: "/") { place = place[..<slash] }
    switch ContentPath.kind(of: ContentPath.inside(folder, path)) {
    case .post, .stray: break
    case .account, .settings: reachesFurther = true
    case .other: if ContentPath.isBelow("\(folder)/media", path) || isRemoved { reachesFurther = true }
    }
  }

  private static func failure(_ error: GitError, _ rev: String) -> Failure {
    guard error.reason == .notFound, error.step.hasPrefix("find the commit") else { return .couldNot(error.description) }
    return .couldNot(
      "there is no commit \(rev) here for --since; fetch it, with its history: git fetch --unshallow, or name one of: git log --oneline")
  }
}
