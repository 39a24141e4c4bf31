import Git
import Schedule
import Synchronization

/// The posts of one commit, read against its settings and accounts. A value, so that all cores can read some.
struct CommitPosts: Sendable {
  let folder: String
  let tip: ObjectID
  /// What was known before.
  let base: Desired
  let catalog: Catalog
  private let budget = Budget()

  /// Of one file.
  static let largest = 1 << 20
  /// What a file that has more is taken for: just enough for the reader to refuse it by its own rule.
  static let tooLarge = [UInt8](repeating: 0x20, count: largest + 1)

  init(folder: String, tip: ObjectID, base: Desired, catalog: Catalog) {
    (self.folder, self.tip, self.base, self.catalog) = (folder, tip, base, catalog)
  }

  /// One post; `nil` where a file does not say who it is.
  ///
  /// - Parameter bytes: reads a file, of up to ``largest`` bytes.
  func post(
    at path: String, _ file: FolderChanges.PostFile, with reader: inout ContentReader, _ diagnostics: inout [Diagnostic],
    bytes: (ObjectID) throws -> [UInt8]
  ) throws -> DesiredPost? {
    switch file {
    case .unsound(let blob, let found):
      // Of two files that some systems take for one, each is there to be read, and is held by its own time.
      if case .collides = found.problem, var post = try post(at: path, .sound(blob), with: &reader, &diagnostics, bytes: bytes) {
        post.problem = found.reason
        return post
      }
      guard let id = base[path]?.id ?? PostID(ContentFile.stem(of: path)) else { return nil }
      return DesiredPost(path: path, id: id, blob: blob, source: tip, deliveries: [], blocked: [], problem: found.reason)
    case .sound(let blob):
      let reading = catalog.read(try bounded(blob, bytes), at: path, with: &reader)
      diagnostics += reading.diagnostics
      guard let id = identity(of: reading, before: base[path]) else { return nil }
      // One that was valid before is held as it was then; see ``Adoption``.
      let held = reading.post == nil && !base.posts(of: id).isEmpty ? [] : reading.held
      return DesiredPost(
        path: path, id: id, blob: blob, source: source(of: path, blob),
        deliveries: (reading.deliveries + held).map { delivery($0, of: reading.post) },
        blocked: reading.post == nil ? reading.accounts : reading.blocked,
        problem: reading.post == nil ? reading.diagnostics.first { $0.severity == .error }.map(reason(of:)) : nil,
        repeats: reading.post?.repeats)
    }
  }

  /// Many posts on all cores.
  func read(_ files: [String: FolderChanges.PostFile?], in path: String, into adoption: inout Adoption) async throws {
    let files = Array(files)
    let gathered = Gathered(capacity: files.count)
    try await ManyFiles(files.map { $0.value?.blob }, in: path).read { next, blobs in
      var reader = ContentReader()
      while let numbers = try next() {
        var (found, diagnostics): ([(path: String, post: DesiredPost?)], [Diagnostic]) = ([], [])
        for number in numbers {
          let (path, file) = files[number]
          let post = try file.flatMap { file in
            try self.post(at: path, file, with: &reader, &diagnostics) { try blobs.read($0, limit: Self.largest) { Array($0) } }
          }
          found.append((path, post))
        }
        gathered.add(found, diagnostics)
      }
    }
    gathered.move(into: &adoption)
  }

  /// What all cores have found so far, packed: as values of their own a million posts would take ten times as much.
  private final class Gathered: Sendable {
    private let found: Mutex<(posts: PostChanges, diagnostics: [Diagnostic])>

    init(capacity: Int) { found = Mutex((PostChanges(capacity: capacity), [])) }

    func add(_ posts: [(path: String, post: DesiredPost?)], _ diagnostics: [Diagnostic]) {
      found.withLock { found in
        for (path, post) in posts { found.posts.add(path, post) }
        found.diagnostics += diagnostics
      }
    }

    func move(into adoption: inout Adoption) {
      found.withLock { found in
        adoption.diagnostics += found.diagnostics
        adoption.posts = found.posts
      }
    }
  }

  private func bounded(_ blob: ObjectID, _ bytes: (ObjectID) throws -> [UInt8]) throws -> [UInt8] {
    let found: [UInt8]
    do { found = try bytes(blob) } catch let error as GitError {
      guard error.reason == .tooLarge else { throw error }
      return Self.tooLarge
    }
    guard budget.take(found.count) else {
      throw GitError(
        step: "read the posts of \(folder)", reason: .tooLarge,
        detail: "what changed has more than \(Budget.most >> 20) MiB; push it in smaller parts, and keep media out of posts")
    }
    return found
  }

  /// What one pass reads at most: two million posts of a kilobyte. They are read one after another, and never kept.
  private final class Budget: Sendable {
    static let most = 2 << 30
    private let taken = Atomic<Int>(0)

    func take(_ bytes: Int) -> Bool { taken.add(bytes, ordering: .relaxed).newValue <= Self.most }
  }

  /// A post that did not change keeps the commit that it was first seen at.
  private func source(of path: String, _ blob: ObjectID) -> ObjectID { base[path].flatMap { $0.blob == blob ? $0.source : nil } ?? tip }

  /// A file that cannot be read any more and does not say who it is keeps the identity that it had: its deliveries are held, not cancelled.
  private func identity(of reading: PostReading, before: DesiredPost?) -> PostID? {
    guard reading.post == nil, let before, reading.id == nil || !reading.namesItself else { return reading.id }
    return before.id
  }

  private func delivery(_ planned: PlannedDelivery, of post: Post?) -> DesiredDelivery {
    var suspension: Suspended?
    if case .suspended(let reason, let until) = planned.hold { suspension = Suspended(reason: reason, until: until) }
    return DesiredDelivery(
      account: planned.id.account, platform: catalog.platform(of: planned.id.account) ?? "", scheduledAt: planned.scheduledAt,
      timezone: planned.timezone, grace: planned.grace, suspension: suspension,
      said: post.map { Said($0, for: planned.id.account) } ?? .nothing)
  }

  private func reason(of diagnostic: Diagnostic) -> String {
    "\(diagnostic.path):\(diagnostic.line):\(diagnostic.column): \(diagnostic.message) [\(diagnostic.rule.rawValue)]"
  }
}
