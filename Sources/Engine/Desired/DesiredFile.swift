import Failpoints
import Git
import Schedule
import StateDirectory

/// The schedule at a commit, on disk: a large file that is written rarely, and a small one with what changed since.
///
/// It is a cache. What it says can be read again from the repository, so a damaged one is set aside and the schedule is read anew.
package actor DesiredFile {
  private let executor = ThreadExecutor(name: "desired")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

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

  package struct Saved: Equatable, Sendable {
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
    try write(Delta(base: base, commit: commit, posts: changes).bytes, to: Self.small)
    return true
  }

  /// Writes everything.
  func replace(_ saved: Saved) throws {
    try write(saved.bytes, to: Self.large)
    base = saved.commit
    countAtBase = saved.posts.count
    changes = [:]
    try write(Delta(base: saved.commit, commit: saved.commit, posts: [:]).bytes, to: Self.small)
  }

  private func write(_ bytes: [UInt8], to name: String) throws(StateError) {
    try Checkpoint(covered: 0, content: bytes).replace(name, in: folder, passing: (.desiredTemp, .desiredRenamed))
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
