import Git
import Schedule

/// What lies on the two sides of a range of commits, as far as the plan needs it: it costs what changed and what stands beside that.
///
/// Only a change of an account or of the settings concerns every post, and has all of them read.
struct PlannedRange {
  let base: PlanSide
  let head: PlanSide
  /// The posts of the head that changes stand beside; `isEverything` where that is all of them.
  let context: PlanSide
  let isEverything: Bool
  /// What the changes lead to, for the words of posts.
  let content: ContentState
  /// Posts whose records matter, by their paths on either side; `nil` where all do.
  let recorded: Set<String>?

  init(from base: ObjectID, to head: ObjectID, in path: String, folder: String, zones: Zones) throws(Failure) {
    try Self.requireFolder(folder, on: base, head, in: path)
    let changes = try Self.changes(from: base, to: head, in: path, folder: folder)
    guard let changes else {
      let before = try ContentState(Self.everything(base, in: path, folder: folder), zones: zones)
      content = try ContentState(Self.everything(head, in: path, folder: folder), zones: zones)
      (self.base, self.head, context, isEverything, recorded) = (before.side, content.side, content.side, true, nil)
      return
    }
    let before = try ContentState(CommitContent(base, in: path, folder: folder, only: changes), zones: zones)
    let nearby = try NearbyPosts(around: changes, in: head, of: path, folder: folder)
    content = try ContentState(CommitContent(head, in: path, folder: folder, only: nearby.paths), zones: zones, knowing: before.catalog)
    (self.base, context, isEverything, recorded) = (before.side, content.side, nearby.isEverything, nearby.paths)
    let ids = content.ids
    self.head = content.side.only(Set(changes.compactMap { ids[$0] }))
  }

  /// The posts that differ; `nil` where something differs that all posts depend on.
  private static func changes(from base: ObjectID, to head: ObjectID, in path: String, folder: String) throws(Failure) -> Set<String>? {
    var posts: Set<String> = []
    do {
      let repository = try Repository(screened: path)
      for place in ["posthorn.yaml", "posthorn.yml", "accounts"] {
        var isSame = true
        try repository.changes(from: base, to: head, under: "\(folder)/\(place)") { _ in isSame = false }
        guard isSame else { return nil }
      }
      try repository.changes(from: base, to: head, under: "\(folder)/posts") { change in
        if case .post = ContentPath.kind(of: ContentPath.inside(folder, change.path)) { posts.insert(change.path) }
      }
    } catch { throw .couldNot("\(error)") }
    return posts
  }

  /// A commit without the folder, such as the one before a repository got it, has no content.
  private static func everything(_ commit: ObjectID, in path: String, folder: String) throws(Failure) -> CommitContent {
    try holds(folder, commit, in: path)
      ? CommitContent(commit.hex, in: path, folder: folder) : CommitContent(commit, in: path, folder: folder, only: [])
  }

  private static func requireFolder(_ folder: String, on base: ObjectID, _ head: ObjectID, in path: String) throws(Failure) {
    guard try !holds(folder, head, in: path), try !holds(folder, base, in: path) else { return }
    throw .couldNot("neither end of the range has a folder \(folder); name another with --folder")
  }

  private static func holds(_ folder: String, _ commit: ObjectID, in path: String) throws(Failure) -> Bool {
    do throws(GitError) {
      let repository = try Repository(screened: path)
      return try repository.entry(at: folder, in: repository.tree(of: commit))?.kind == .folder
    } catch { throw .couldNot(error.description) }
  }
}
