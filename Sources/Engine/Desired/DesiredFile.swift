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
  /// The commit of the large file, if that is the one that this process has read or written.
  private var base: ObjectID?

  init(in folder: Folder) { self.folder = folder }

  /// What was saved last; `nil` where there is nothing. The zone data that its times were computed with may be another one's by now.
  ///
  /// - Throws: ``StateError/Reason/damaged(offset:why:setAside:)`` after setting the file aside: start from the repository then.
  func load() throws -> Saved? {
    guard let large = try Checkpoint.recover(Self.large, in: folder) else { return nil }
    var saved = try decode(Self.large) { () throws(MalformedBytes) in try Saved(base: large.content) }
    base = saved.commit
    if let small = try Checkpoint.recover(Self.small, in: folder) {
      let delta = try decode(Self.small) { () throws(MalformedBytes) in try Delta(bytes: small.content) }
      if delta.base == saved.commit { (saved.commit, saved.zones, saved.changes) = (delta.commit, delta.zones, delta.posts) }
    }
    return saved
  }

  /// Forgets what the files hold: the schedule is read anew, and the next save writes all of it.
  func reset() { base = nil }

  package struct Saved: Equatable, Sendable {
    /// The commit of the schedule, and that of its table.
    var commit: ObjectID
    var baseCommit: ObjectID
    var tzdata: String
    var zones = ZoneStamps()
    var base: PostTable
    var changes = PostChanges()
  }

  /// Saves a schedule that has adopted a commit. It costs what is beside its table, unless that is another one than was saved last.
  func save(_ desired: Desired) throws {
    guard let commit = desired.commit, let baseCommit = desired.baseCommit else { return }
    if base != baseCommit {
      base = nil
      // What the small one says holds for the old table alone; whoever finds neither it nor the new one reads on from the old one.
      try folder.remove(Self.small)
      try write(
        Saved(commit: baseCommit, baseCommit: baseCommit, tzdata: desired.tzdata, zones: desired.zones, base: desired.base).bytes,
        to: Self.large)
      base = baseCommit
    }
    let delta = Delta(base: baseCommit, commit: commit, zones: desired.zones, posts: PostChanges(desired.changes))
    try write(delta.bytes, to: Self.small)
  }

  /// Adopts on this actor's thread, which nobody waits for who publishes.
  func adopting(_ adoption: Adoption, in desired: Desired, at now: ClosedRange<Instant>) -> (desired: Desired, effects: AdoptionEffects) {
    var desired = desired
    let effects = desired.adopt(adoption, at: now)
    return (desired, effects)
  }

  /// Packs what has happened and makes that the engine's checkpoint, on this actor's thread.
  func checkpoint(_ observed: Observed, covering covered: UInt64, in log: EventLog) throws -> Observed {
    let packed = observed.packed()
    try log.checkpoint(packed, covering: covered)
    return packed
  }

  private func write(_ bytes: [UInt8], to name: String) throws(StateError) {
    try Checkpoint(covered: 0, content: bytes).replace(name, in: folder, passing: (.desiredTemp, .desiredRenamed))
  }

  private static let small = "desired"
  private static let large = "desired.base"

  /// Bytes with a right checksum and an unknown form are another version's: read the repository instead.
  private func decode<Value>(_ name: String, _ body: () throws(MalformedBytes) -> Value) throws -> Value {
    do { return try body() } catch {
      let aside = try folder.setAside(name)
      throw StateError(
        "read", folder.path(of: name), .damaged(offset: error.offset, why: "it has another form", setAside: folder.path(of: aside)))
    }
  }
}
