import Git
import Schedule

/// What a look at some changes reads: the posts that changed, those nearby, and those that may have an id of theirs.
///
/// It costs what changed and what stands beside that, however much else there is; ``words`` says how far it went.
struct ChangeReach {
  let listing: ContentListing
  /// `nil` where files are read from a work tree.
  private(set) var commit: CommitContent?
  /// For people; `nil` where everything was compared.
  let words: String?

  /// What a commit brings; `nil` where it has no content folder.
  init?(_ changes: ContentChanges, to tip: ObjectID, in path: String, folder: String) throws(Failure) {
    do throws(GitError) {
      let repository = try Repository(screened: path, content: folder)
      guard try repository.entry(at: folder, in: repository.tree(of: tip))?.kind == .folder else { return nil }
    } catch { throw .couldNot(error.description) }
    let changed = try CommitContent(tip, in: path, folder: folder, only: changes.files.keys)
    let ids = try changed.files.ids(of: changed.listing.posts)
    let nearby = try NearbyPosts(around: Set(changed.listing.posts), named: ids, in: tip, of: path, folder: folder)
    let places = nearby.paths.union(nearby.namesakes).union(changes.files.keys)
    let content = try CommitContent(tip, in: path, folder: folder, only: places, entering: changes.folders(in: folder))
    (listing, commit, words) = (content.listing, content, nearby.words)
  }

  /// What a work tree brings: what did not change there is as the base has it.
  init(_ changes: ContentChanges, in tree: WorkTree, _ files: ContentFiles) throws(Failure) {
    let folders = changes.folders(in: tree.folder)
    let changed = try tree.listing(only: Set(changes.files.keys), entering: []).posts
    let ids = try files.ids(of: changed)
    let nearby = try NearbyPosts(around: Set(changed), named: ids, in: changes.base, of: tree.root, folder: tree.folder)
    let places = nearby.paths.union(nearby.namesakes).subtracting(changes.removed.keys).union(changes.files.keys)
    (listing, words) = (try tree.listing(only: places, entering: folders), nearby.words)
  }
}
