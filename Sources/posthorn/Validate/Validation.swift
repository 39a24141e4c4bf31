import Git
import Schedule
import YAML

/// Calls a closure with the bytes of the file at a path from the repository's root; they live for the call only.
typealias ReadFile = (_ path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(Failure) -> Void

/// Where the files of a listing come from: a work tree or a commit.
struct ContentFiles: Sendable {
  /// Makes a reader for one thread.
  let openReader: @Sendable () throws(Failure) -> ReadFile
  /// The numbers of paths in the order in which reading them costs least.
  var order: @Sendable ([String]) -> [Int] = { Array($0.indices) }
  let media: MediaFolder
  /// The bytes of what the last sync of an account wrote; `nil` where there is nothing.
  let record: @Sendable (AccountName) -> [UInt8]?
  /// Whether the post at a path was not there before, asked where its time is past: that is an error then.
  let isNew: @Sendable (String, PostID) -> Bool
}

extension ContentFiles {
  /// The ids of some posts.
  func ids(of posts: [String]) throws(Failure) -> Set<PostID> {
    let read = try openReader()
    var reader = ContentReader()
    var ids: Set<PostID> = []
    for path in posts { try read(path) { bytes in if let id = reader.id(bytes, at: path) { ids.insert(id) } } }
    return ids
  }
}

/// What `validate` found in one state of the content.
struct Validation {
  /// Sorted by place.
  private(set) var diagnostics: [Diagnostic]
  let catalog: Catalog
  /// Paths of posts that are still to come.
  private(set) var pending: [String] = []

  /// Reads all posts of a listing on all cores; each file is read, checked and dropped.
  ///
  /// - Parameter isChosen: whether a path is reported about; of two posts that clash it says where.
  init(
    _ listing: ContentListing, in files: ContentFiles, host: ValidationHost, isChosen: (String) -> Bool = { _ in true },
    progress: Progress? = nil
  ) async throws {
    defer { progress?.finish() }
    diagnostics = listing.diagnostics + (try Self.misplaced(listing, in: files))
    catalog = try Self.catalog(listing, in: files, host, &diagnostics)
    var index = listing.index
    index.reserveCapacity(listing.posts.count)
    var diary = Diary()
    for share in try await Self.read(listing.posts, in: files, catalog, host, progress) {
      diagnostics += share.diagnostics
      diary.merge(share.diary)
      pending += share.pending.map { listing.posts[$0] }
      for post in share.posts { index.add(post.id, at: listing.posts[post.number], span: post.span) }
    }
    let collisions = index.diagnostics()
    diagnostics += collisions
    // Files with one id are told so: that they also say the same is no news.
    let twins = Set(collisions.lazy.filter { $0.rule == .idDuplicate }.map(\.path))
    let clashes = diary.clashes(in: catalog, paths: listing.posts, now: host.now) { isChosen(listing.posts[$0]) }
    try report(clashes.filter { !twins.contains(listing.posts[$0.post]) }, of: listing.posts, in: files)
    diagnostics.sort()
  }

  /// Posts and accounts where nobody looks for them.
  private static func misplaced(_ listing: ContentListing, in files: ContentFiles) throws(Failure) -> [Diagnostic] {
    guard !listing.loose.isEmpty else { return [] }
    let read = try files.openReader()
    var found: [Diagnostic] = []
    for path in listing.loose {
      // What nobody can read is nobody's post, and need not be read here.
      try? read(path) { if let diagnostic = EntryCheck.misplaced(path, $0) { found.append(diagnostic) } }
    }
    return found
  }

  /// Each post is read where its file lies next to the one before it, checked, and dropped.
  private static func read(
    _ posts: [String], in files: ContentFiles, _ catalog: Catalog, _ host: ValidationHost, _ progress: Progress?
  ) async throws -> [Share] {
    let order = files.order(posts)
    return try await SharedWork(count: order.count, cores: host.cores).shares { next in
      let read = try files.openReader()
      var reader = ContentReader()
      var share = Share()
      while let range = next() {
        for number in order[range] {
          try read(posts[number]) { bytes in
            share.add(catalog.read(bytes, at: posts[number], with: &reader, newAt: host.now, ifNew: files.isNew), number, host.now)
          }
        }
        progress?.advance(by: range.count)
      }
      return share
    }
  }

  /// Reads the posts that clash once more, for their places: few do.
  private mutating func report(_ clashes: [Clash], of posts: [String], in files: ContentFiles) throws(Failure) {
    guard !clashes.isEmpty else { return }
    let read = try files.openReader()
    var reader = ContentReader()
    for (post, clashes) in Dictionary(grouping: clashes, by: \.post) {
      var reading: PostReading?
      try read(posts[post]) { reading = catalog.read($0, at: posts[post], with: &reader) }
      guard let reading else { continue }
      diagnostics += clashes.map { $0.diagnostic(of: reading, beside: $0.other.map { posts[$0] }, in: catalog) }
    }
  }

  /// Settings and accounts alone: what a post from standard input is read against.
  static func catalog(
    _ listing: ContentListing, in files: ContentFiles, _ host: ValidationHost, _ diagnostics: inout [Diagnostic]
  ) throws(Failure) -> Catalog {
    let read = try files.openReader()
    func file(_ path: String) throws(Failure) -> ContentFile {
      var file = ContentFile(path: path, bytes: [])
      try read(path) { file.bytes = Array($0) }
      return file
    }
    var accounts: [ContentFile] = []
    for path in listing.accounts { accounts.append(try file(path)) }
    var settings: ContentFile?
    if let path = listing.settings { settings = try file(path) }
    return Catalog(
      settings: settings, accounts: accounts, zones: host.zones, platforms: host.platforms,
      branches: host.branches.sorted(), media: files.media,
      record: { name in
        // A record that cannot be read forbids nothing.
        files.record(name).flatMap { bytes in try? AccountRecord(json: JSON.parse(bytes)) }
      }, diagnostics: &diagnostics)
  }
}

/// What the host knows: handed in, so that a validation depends on nothing else.
struct ValidationHost: Sendable {
  let zones: Zones
  let platforms: [PlatformSchema]
  let now: Instant
  let cores: Int
  /// What the repository has; git keeps no branch below another.
  var branches: Set<String> = []

  /// Those of the repository that `repo` names; none where it is none, or cannot be read.
  static func branches(of repo: String) -> Set<String> {
    (try? Repository(screened: Repository.discover(from: repo)).branchNames) ?? []
  }
}

/// What one thread found.
private struct Share: Sendable {
  var diagnostics: [Diagnostic] = []
  var posts: [(number: Int, id: PostID, span: Span)] = []
  var diary = Diary()
  var pending: [Int] = []

  mutating func add(_ reading: PostReading, _ number: Int, _ now: Instant) {
    if let id = reading.id { posts.append((number, id, reading.idSpan)) }
    diary.add(reading, number: number)
    if reading.deliveries.contains(where: { $0.scheduledAt > now }) { pending.append(number) }
    if !reading.diagnostics.isEmpty { diagnostics += reading.diagnostics }
  }
}
