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
      try self.init(
        since: try head.flatMap { head throws(GitError) in try repository.mergeBases(of: named, and: head).first } ?? named, in: tree)
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
    do throws(GitError) {
      let repository = try Repository(screened: path, content: folder)
      let (named, tip) = (try repository.revision(rev), try repository.revision(new))
      try self.init(from: try repository.mergeBases(of: named, and: tip).first ?? named, to: tip, in: repository, folder: folder)
    } catch { throw Self.failure(error, rev) }
  }

  /// From one commit to another.
  init(from old: ObjectID, to new: ObjectID, in repository: borrowing Repository, folder: String) throws(GitError) {
    base = old
    var changes: [Change] = []
    do { try repository.changes(from: old, to: new, under: folder) { changes.append($0) } } catch let error as GitError {
      throw error
    } catch {
      preconditionFailure("comparing throws only errors of git: \(error)")
    }
    for change in changes { add(change.path, old: change.old?.id, isRemoved: change.new == nil, folder: folder) }
  }

  /// The posts that are there now and differ.
  func posts(in folder: String) -> Set<String> {
    Set(files.keys.filter { if case .post = ContentPath.kind(of: ContentPath.inside(folder, $0)) { true } else { false } })
  }

  func touches(_ path: String) -> Bool { touched.contains(path) }

  /// The content folder, and those in it on the way to what differs.
  func folders(in folder: String) -> [String] { touched.filter { $0 == folder || ContentPath.isBelow(folder, $0) } }

  private mutating func add(_ path: String, old: ObjectID?, isRemoved: Bool, folder: String) {
    // What Posthorn writes itself is nobody's mistake.
    guard !["history", "status"].contains(where: { ContentPath.isBelow("\(folder)/\($0)", path) }) else { return }
    if isRemoved { removed[path] = old } else { files[path] = .some(old) }
    var place = path[...]
    while touched.insert(String(place)).inserted, let slash = place.lastIndex(of: "/") { place = place[..<slash] }
    switch ContentPath.kind(of: ContentPath.inside(folder, path)) {
    case .post, .stray: break
    case .account, .settings: reachesFurther = true
    // What was not there before is nothing that others could depend on.
    case .other: if isRemoved || old != nil && ContentPath.isBelow("\(folder)/media", path) { reachesFurther = true }
    }
  }

  private static func failure(_ error: GitError, _ rev: String) -> Failure {
    guard error.reason == .notFound, error.step.hasPrefix("find the commit") else { return .couldNot(error.description) }
    return .couldNot(
      "there is no commit \(rev) here for --since; fetch it, with its history: git fetch --unshallow, or name one of: git log --oneline")
  }
}
