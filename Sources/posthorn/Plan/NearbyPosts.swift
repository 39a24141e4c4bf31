import Git
import Schedule

/// Posts that lie near some others in the folders of a commit: those of the same folders, then of the folders beside these, and so on outwards.
///
/// Only reading every post would say for certain what leaves next on an account, and a plan must not cost what the repository holds. People
/// keep together what goes out at about the same time (`posts/2026/11/`), so the nearest by folder are the nearest in time.
struct NearbyPosts {
  /// From the repository's root.
  private(set) var paths: Set<String>
  /// No post of the commit is missing.
  private(set) var isEverything = false

  private let root: String
  private let tree: ObjectID
  private let limit: Int
  private var visited: Set<String> = []

  /// So many are read in some hundredths of a second.
  static let limit = 1000

  /// - Parameters:
  ///   - posts: paths from the repository's root; they are among the nearby ones where the commit has them.
  ///   - limit: of posts beside these.
  init(around posts: Set<String>, in commit: ObjectID, of path: String, folder: String, limit: Int = Self.limit) throws(Failure) {
    (paths, root, self.limit) = (posts, "\(folder)/posts", limit + posts.count)
    do throws(GitError) {
      let repository = try Repository(screened: path)
      tree = try repository.tree(of: commit)
      for (folder, group) in Dictionary(grouping: posts, by: Self.parent).sorted(by: { $0.key < $1.key }) {
        try take(folder, beside: group.min() ?? folder, in: repository) { _ in false }
      }
      for folder in Set(posts.map(Self.parent)).sorted() where !isEverything { isEverything = try spread(from: folder, in: repository) }
    } catch { throw .couldNot(error.description) }
  }

  private var isFull: Bool { paths.count >= limit }

  /// Takes what is around a folder; whether that was everything.
  private mutating func spread(from folder: String, in repository: borrowing Repository) throws(GitError) -> Bool {
    var (place, name) = (folder, folder)
    while ContentPath.isBelow(root, place) || place == root {
      try take(place, beside: name, in: repository) { _ in true }
      (name, place) = (place, Self.parent(place))
    }
    return !isFull
  }

  /// Takes the posts of a folder, those first whose names are nearest to the path `other`, and then of the folders in it that are wanted.
  private mutating func take(
    _ folder: String, beside other: String, in repository: borrowing Repository, _ wanted: (String) -> Bool
  ) throws(GitError) {
    guard !isFull, let found = try repository.entry(at: folder, in: tree), found.isSound(.folder) else { return }
    let entries = try repository.entries(of: found.id, at: folder).map { (path: "\(folder)/\($0.name)", entry: $0) }
    let middle = entries.firstIndex { $0.path >= other } ?? entries.count
    let nearest = entries.indices.sorted { abs($0 - middle) < abs($1 - middle) }.map { entries[$0] }
    if visited.insert(folder).inserted {
      for (path, entry) in nearest where !isFull && entry.isSound(.file) {
        if case .post = ContentPath.kind(of: ContentPath.inside(Self.parent(root), path)) { paths.insert(path) }
      }
    }
    for (path, entry) in nearest where !isFull && entry.kind == .folder && wanted(path) && !visited.contains(path) {
      try take(path, beside: path, in: repository, wanted)
    }
  }

  private static func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }
}

extension TreeEntry {
  fileprivate func isSound(_ kind: Kind) -> Bool { self.kind == kind && problem == nil }
}
