import Git
import Schedule
import StateDirectory

/// The schedule at a commit, on disk: a large file that is written rarely, and a small one with what changed since.
///
/// It is a cache. What it says can be read again from the repository, so a damaged one is set aside and the schedule is read anew.
actor DesiredFile {
  private let executor = ThreadExecutor(name: "desired")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let folder: Folder
  private var base: ObjectID?
  /// Posts that are not as the large file has them.
  private var changes: [String: DesiredPost?] = [:]

  init(in folder: Folder) { self.folder = folder }

  /// What was saved last; `nil` where there is nothing, or where it was computed with other zone data.
  ///
  /// - Throws: ``StateError/Reason/damaged(offset:why:setAside:)`` after setting the file aside: start from the repository then.
  func load(tzdata: String) throws -> Saved? {
    guard let large = try Checkpoint.recover(Self.large, in: folder) else { return nil }
    var saved = try decode { try Saved(base: large.content) }
    base = saved.commit
    countAtBase = saved.posts.count
    if let small = try Checkpoint.recover(Self.small, in: folder) {
      let delta = try decode { try Delta(bytes: small.content) }
      if delta.base == saved.commit {
        saved.commit = delta.commit
        for (path, post) in delta.posts { saved.posts[path] = post }
        changes = delta.posts
      }
    }
    guard saved.tzdata == tzdata else {
      reset()
      return nil
    }
    return saved
  }

  /// Forgets what the files hold: the schedule is read anew, and the next save writes all of it.
  func reset() {
    base = nil
    changes = [:]
  }

  struct Saved: Sendable {
    var commit: ObjectID
    var tzdata: String
    var posts: [String: DesiredPost]
  }

  /// Saves an adoption.
  ///
  /// - Returns: `false` where so much has changed that the large file has to be written: call ``replace(_:)``.
  func save(_ posts: [String: DesiredPost?], at commit: ObjectID) throws -> Bool {
    changes.merge(posts) { $1 }
    guard let base, changes.count <= max(1000, countAtBase / 8) else { return false }
    try Checkpoint(covered: 0, content: Delta(base: base, commit: commit, posts: changes).bytes).replace(Self.small, in: folder)
    return true
  }

  /// Writes everything.
  func replace(_ saved: Saved) throws {
    try Checkpoint(covered: 0, content: saved.bytes).replace(Self.large, in: folder)
    base = saved.commit
    countAtBase = saved.posts.count
    changes = [:]
    try Checkpoint(covered: 0, content: Delta(base: saved.commit, commit: saved.commit, posts: [:]).bytes).replace(Self.small, in: folder)
  }

  /// Writes the engine's checkpoint, on this actor's thread.
  func checkpoint(_ observed: Observed, covering covered: UInt64, in log: EventLog) throws {
    try log.checkpoint(observed, covering: covered)
  }

  private var countAtBase = 0
  private static let small = "desired"
  private static let large = "desired.base"

  /// Bytes with a right checksum and an unknown form are another version's: read the repository instead.
  private func decode<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as MalformedBytes {
      let aside = try folder.setAside(Self.large)
      throw StateError(
        "read", folder.path(of: Self.large), .damaged(offset: error.offset, why: "it has another form", setAside: folder.path(of: aside)))
    }
  }
}

private struct Delta {
  var base: ObjectID
  var commit: ObjectID
  var posts: [String: DesiredPost?]

  init(base: ObjectID, commit: ObjectID, posts: [String: DesiredPost?]) { (self.base, self.commit, self.posts) = (base, commit, posts) }

  init(bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    base = try reader.objectID()
    commit = try reader.objectID()
    posts = [:]
    for _ in 0..<(try reader.count()) {
      let path = try reader.string()
      posts[path] = .some(try reader.bool() ? try reader.post(path) : nil)
    }
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(base.hex)
    writer.write(commit.hex)
    writer.write(all: posts) {
      $0.write($1.key)
      $0.write($1.value) { $0.write($1) }
    }
    return writer.bytes
  }
}

extension DesiredFile.Saved {
  fileprivate init(base bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    commit = try reader.objectID()
    tzdata = try reader.string()
    posts = [:]
    for _ in 0..<(try reader.count()) {
      let path = try reader.string()
      posts[path] = try reader.post(path)
    }
    guard reader.isAtEnd else { throw reader.malformed() }
  }

  fileprivate var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(commit.hex)
    writer.write(tzdata)
    writer.write(all: posts) {
      $0.write($1.key)
      $0.write($1.value)
    }
    return writer.bytes
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ post: DesiredPost) {
    write(post.id.text)
    write(post.blob.hex)
    write(post.source.hex)
    write(all: post.deliveries) { $0.write($1) }
    write(all: post.blocked) { $0.write($1.text) }
    write(post.problem) { $0.write($1) }
  }

  private mutating func write(_ delivery: DesiredDelivery) {
    write(delivery.account.text)
    write(delivery.platform)
    write(delivery.scheduledAt)
    write(delivery.timezone)
    write(delivery.grace)
    write(delivery.suspension != nil)
    if let suspension = delivery.suspension {
      write(suspension.reason) { $0.write($1) }
      write(suspension.until) { $0.write($1) }
    }
    write(delivery.burst) { $0.write($1) }
  }
}

extension ByteReader {
  fileprivate mutating func objectID() throws(MalformedBytes) -> ObjectID {
    guard let id = ObjectID(hex: try string()) else { throw malformed() }
    return id
  }

  fileprivate mutating func post(_ path: String) throws(MalformedBytes) -> DesiredPost {
    guard let id = PostID(try string()) else { throw malformed() }
    return DesiredPost(
      path: path, id: id, blob: try objectID(), source: try objectID(),
      deliveries: try array { reader throws(MalformedBytes) in try reader.delivery() },
      blocked: try array { reader throws(MalformedBytes) in try reader.account() },
      problem: try optional { reader throws(MalformedBytes) in try reader.string() })
  }

  private mutating func delivery() throws(MalformedBytes) -> DesiredDelivery {
    DesiredDelivery(
      account: try account(), platform: try string(), scheduledAt: try instant(), timezone: try string(), grace: try duration(),
      suspension: try optional { reader throws(MalformedBytes) in
        Suspended(
          reason: try reader.optional { reader throws(MalformedBytes) in try reader.string() },
          until: try reader.optional { reader throws(MalformedBytes) in try reader.instant() })
      },
      burst: try optional { reader throws(MalformedBytes) in try reader.string() })
  }
}
