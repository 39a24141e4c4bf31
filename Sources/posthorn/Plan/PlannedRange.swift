import Git
import Schedule

/// What merging one commit into another would do to the content, as far as the plan needs it: it costs what changed and what stands beside that.
///
/// Only a change of an account or of the settings concerns every post, and has all of them read.
struct PlannedRange {
  /// What is merged into, and what comes of it.
  let base: PlanSide
  let head: PlanSide
  /// The posts of the head that changes stand beside; `isEverything` where that is all of them.
  let context: PlanSide
  let isEverything: Bool
  /// What the changes lead to, for the words of posts.
  let content: ContentState
  /// Posts whose records matter, by their paths on either side; `nil` where all do.
  let recorded: Set<String>?

  init(_ merge: MergedChanges, in path: String, folder: String, zones: Zones) throws(Failure) {
    try Self.requireFolder(folder, on: merge.onto, merge.head, in: path)
    guard !merge.reachesFurther(in: folder) else {
      let before = try ContentState(Self.everything(merge.onto, [:], in: path, folder: folder), zones: zones)
      content = try ContentState(Self.everything(merge.onto, merge.files, in: path, folder: folder), zones: zones)
      (base, head, context, isEverything, recorded) = (before.side, content.side, content.side, true, nil)
      return
    }
    let changed = merge.posts(in: folder)
    let brought = try CommitContent(merge.head, in: path, folder: folder, only: changed)
    let nearby = try NearbyPosts(
      around: changed, named: brought.files.ids(of: brought.listing.posts), in: merge.onto, of: path, folder: folder)
    let places = nearby.paths.union(nearby.namesakes)
    let before = try ContentState(CommitContent(merge.onto, in: path, folder: folder, only: places), zones: zones)
    // What was moved meanwhile is edited where it lies by now.
    let moved = merge.edited.filter { changed.contains($0) && before.ids[$0] == nil && brought.listing.posts.contains($0) }
    let ids = try brought.files.ids(of: moved.sorted())
    var files = merge.files
    for (place, id) in before.ids where ids.contains(id) && !changed.contains(place) { files[place] = .some(nil) }
    let after = try ContentState(
      CommitContent(merge.onto, in: path, folder: folder, only: places, overlaid: files), zones: zones, knowing: before.catalog)
    let touched = Set(changed.flatMap { [after.ids[$0], before.ids[$0]].compactMap(\.self) })
    (content, base, head) = (after, before.side.only(touched), after.side.only(touched))
    (context, isEverything, recorded) = (after.side, nearby.isEverything, places)
  }

  /// A commit without the folder, such as the one before a repository got it, has no content.
  private static func everything(
    _ commit: ObjectID, _ files: [String: TreeEntry?], in path: String, folder: String
  ) throws(Failure) -> CommitContent {
    guard try holds(folder, commit, in: path) else {
      return try CommitContent(commit, in: path, folder: folder, only: files.keys, overlaid: files)
    }
    return try CommitContent(commit.hex, in: path, folder: folder, overlaid: files)
  }

  private static func requireFolder(_ folder: String, on base: ObjectID, _ head: ObjectID, in path: String) throws(Failure) {
    guard try !holds(folder, head, in: path), try !holds(folder, base, in: path) else { return }
    throw .couldNot("neither end of the range has a folder \(folder); name another with --folder")
  }

  private static func holds(_ folder: String, _ commit: ObjectID, in path: String) throws(Failure) -> Bool {
    do throws(GitError) {
      let repository = try Repository(screened: path, content: folder)
      return try repository.entry(at: folder, in: repository.tree(of: commit))?.kind == .folder
    } catch { throw .couldNot(error.description) }
  }
}
