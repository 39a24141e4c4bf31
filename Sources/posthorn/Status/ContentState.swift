import Platforms
import Schedule

/// The posts of one state of the content, all of them read.
struct ContentState {
  let side: PlanSide
  let catalog: Catalog
  /// Post files without an id to be held under, by path, and what is wrong with them.
  let nameless: [(path: String, problem: String)]
  /// Of each file that has one.
  let ids: [String: PostID]
  private let files: ContentFiles

  /// - Parameters:
  ///   - listing: of a work tree or a commit, whose files `files` reads.
  ///   - known: settings and accounts, where they are those of another state.
  init(_ listing: ContentListing, in files: ContentFiles, zones: Zones, knowing known: Catalog? = nil) throws(Failure) {
    let host = ValidationHost(zones: zones, platforms: Shipped.schemas, now: .now, cores: 1)
    // What is wrong in accounts and settings holds the posts concerned; the sentences are for validate.
    var ignored: [Diagnostic] = []
    let catalog = if let known { known.looking(in: files.media) } else { try Validation.catalog(listing, in: files, host, &ignored) }
    let read = try files.openReader()
    var reader = ContentReader()
    var posts: [PlannedPost] = []
    var nameless: [(path: String, problem: String)] = []
    var ids: [String: PostID] = [:]
    // Which of two files with one name is meant, nobody can say: both are held.
    let twins = listing.index.diagnostics().filter { $0.rule == .fileCollision }
    for number in files.order(listing.posts) {
      let path = listing.posts[number]
      try read(path) { bytes in
        let digest = ContentDigest.sha256(Array(bytes))
        let reading = catalog.read(bytes, at: path, with: &reader)
        if var post = PlannedPost(reading, digest: digest) {
          post.problem = post.problem ?? twins.first { $0.path == path || ContentPath.isBelow($0.path, path) }?.message
          posts.append(post)
          ids[path] = post.id
        } else {
          let error = reading.diagnostics.first { $0.severity == .error }
          nameless.append((path, error.map { "\($0.line):\($0.column): \($0.message)" } ?? "it has no id"))
        }
      }
    }
    self.catalog = catalog
    (self.nameless, self.ids) = (nameless, ids)
    self.files = files
    side = PlanSide(posts, catalog: catalog)
  }

  /// The words of one post, read again; `nil` where it has errors.
  func post(at path: String) throws(Failure) -> Post? { try openPosts()(path) }

  /// Reads the words of many posts, one after another, in the same buffers.
  func openPosts() throws(Failure) -> (_ path: String) throws(Failure) -> Post? {
    let (read, catalog) = (try files.openReader(), catalog)
    var reader = ContentReader()
    return { path throws(Failure) in
      var post: Post?
      try read(path) { bytes in post = catalog.read(bytes, at: path, with: &reader).post }
      return post
    }
  }

  init(_ content: CommitContent, zones: Zones, knowing known: Catalog? = nil) throws(Failure) {
    try self.init(content.listing, in: content.files, zones: zones, knowing: known)
  }

  init(at rev: String, in repo: String, folder: String, zones: Zones) throws(Failure) {
    try self.init(CommitContent(rev, in: repo, folder: folder), zones: zones)
  }
}
