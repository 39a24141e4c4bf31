import Git
import Schedule

/// All posts of a commit or an index, to find those that have an id of some others: by the names of their files, or because a file says so.
///
/// A file may name any id, so all are read; what cannot name one is told by a look at its bytes, and only few are taken apart.
struct IDClaims: Sendable {
  private let blobs: [ObjectID]
  private let path: @Sendable (Int) -> String
  private let isNamed: @Sendable (Int, WantedIDs) -> Bool

  /// The posts of a commit; none where it has no folder for them.
  init(in commit: ObjectID, of repository: borrowing Repository, folder: String) throws(GitError) {
    let root = "\(folder)/posts"
    var walk = try OutwardWalk(below: root, in: commit, of: repository)
    var folders: [(path: String, names: FolderNames)] = []
    _ = try walk.run(around: ["\(root)/"], in: repository) { path, names, _ in
      folders.append((path, names))
      return true
    }
    var files: [(folder: Int32, number: Int32)] = []
    for (folder, content) in folders.enumerated() {
      for number in 0..<content.names.count where content.names.isPost(number) {
        files.append((Int32(truncatingIfNeeded: folder), Int32(truncatingIfNeeded: number)))
      }
    }
    let (list, places) = (folders, files)
    blobs = files.map { list[Int($0.folder)].names.id(Int($0.number)) }
    path = { "\(list[Int(places[$0].folder)].path)/\(list[Int(places[$0].folder)].names.name(Int(places[$0].number)))" }
    isNamed = { list[Int(places[$0].folder)].names.withName(Int(places[$0].number), $1.contains) }
  }

  /// The posts of an index.
  init(in content: CommitContent) {
    let posts = content.listing.posts.filter { content.blobs[$0] != nil }
    blobs = posts.compactMap { content.blobs[$0] }
    path = { posts[$0] }
    isNamed = { number, names in PostID(ContentFile.stem(of: posts[number])).map(names.contains) ?? false }
  }

  /// The posts that have one of `ids`, and some that look as though they had.
  ///
  /// - Parameters:
  ///   - changed: posts that are not asked about.
  ///   - openReader: makes a reader for one thread.
  func claimants(
    of ids: Set<PostID>, besides changed: Set<String>, packs: Packs, cores: Int, openReader: @escaping @Sendable () -> BlobReader
  ) async throws -> Set<String> {
    guard !ids.isEmpty else { return [] }
    let names = WantedIDs(ids)
    let order = packs.order(of: blobs)
    let shares = try await SharedWork(count: order.count, cores: cores).shares { next in
      let reader = openReader()
      var posts = ContentReader()
      var found: [String] = []
      while let range = next() {
        for number in order[range] where try isNamed(number, names) || says(number, names, reader, &posts) { found.append(path(number)) }
      }
      return found
    }
    return Set(shares.joined()).subtracting(changed)
  }

  /// Whether a post names one of the ids itself.
  private func says(_ number: Int, _ names: WantedIDs, _ reader: BlobReader, _ posts: inout ContentReader) throws -> Bool {
    do throws(GitError) {
      return try reader.read(blobs[number], limit: Limit.postBytes) { bytes in
        PostID.mayBeNamed(in: bytes) && posts.namedID(bytes).map(names.contains) ?? false
      }
    } catch {
      // One that is too long is no post; nor does it count as one where it is checked.
      guard error.reason == .tooLarge else { throw Failure.couldNot(error.description) }
      return false
    }
  }

  private enum Limit { static let postBytes = 1 << 20 }
}
