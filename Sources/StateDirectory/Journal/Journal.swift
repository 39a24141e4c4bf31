public import Failpoints
import Synchronization

/// What happened, in order, and durable: checksummed entries in append-only segment files, flushed in groups by one thread.
///
/// Bodies are opaque. Call ``close()`` before the lock is given up. Only the holder of the state directory's ``Lock`` may open it. Rules F3 to F7 of the project's reliability rules.
public final class Journal: Sendable {
  /// What an entry is for, as far as space is concerned.
  public enum Kind: Sendable {
    /// It begins something, like an intent or a commit point: refused where too little space is left to finish what it begins.
    case claim
    /// It ends or follows up something that was begun: accepted as long as there is any space at all.
    case outcome
  }

  /// What has happened to an entry when `append` returns.
  public enum Durability: Sendable {
    /// It is on the disk.
    case flushed
    /// It survives the process but not a power cut; the next flush takes it along.
    case written
  }

  /// Sizes in bytes.
  public struct Limits: Sendable {
    /// A segment that reaches this is followed by a new one.
    public var segment = 16 << 20
    /// Room that is kept allocated in the segment for outcomes, beyond what a claim takes itself.
    public var reserve = 1 << 20
    /// With less free space than this on the file system there are no new claims.
    public var floor = 64 << 20
    /// A file that only takes up space; it is given up for outcomes.
    public var ballast = 16 << 20

    public init() {}
  }

  public struct Statistics: Equatable, Sendable {
    public var entries = 0
    public var groups = 0
    public var flushes = 0
    /// The last entry that is on the disk.
    public var flushed: UInt64 = 0
  }

  /// What opening found.
  public struct Recovery: Equatable, Sendable {
    /// How many entries were replayed.
    public var entries = 0
    /// The number of the last entry there is, covered by the checkpoint or in the journal.
    public var last: UInt64 = 0
    /// The file with the bytes that a crash tore off the journal's end, if it did.
    public var tornTail: String?
  }

  public let recovery: Recovery
  /// Of the files with torn tails the newest so many are kept.
  public static let mostTornTails = 8
  private let folder: Folder
  private let queue: JournalQueue

  /// Opens the journal in the folder `journal` of `state`, or makes it, and hands every entry after `covered` to `replay`, in order.
  ///
  /// A torn tail is saved aside and cut; what remains is written into a new file and flushed before this returns. It may be killed at any
  /// point and run again.
  ///
  /// - Parameter covered: the last entry that the checkpoint covers, 0 without one.
  /// - Throws: ``StateError/Reason/damaged(offset:why:setAside:)`` for everything that no crash explains. What was replayed until then must
  ///   be thrown away, and nothing published.
  public static func open(
    in state: Folder, after covered: UInt64 = 0, limits: Limits = Limits(), replay: (JournalEntry) -> Void
  ) throws(StateError) -> Journal {
    let (folder, found, start, entries) = try mended(in: state, after: covered, replay: replay)
    let queue = try JournalQueue(path: folder.path, segments: start.segments)
    let recovery = Recovery(entries: entries, last: found.last, tornTail: start.tornTail)
    let writer = try JournalWriter(
      folder: folder, queue: queue, segment: start.newest, next: found.last + 1, limits: limits)
    try startThread(named: "journal") { writer.run() }
    return Journal(recovery: recovery, folder: folder, queue: queue)
  }

  /// As opening, but nothing is appended: what a start makes of the journal, without its thread and its ballast.
  package static func repair(
    in state: Folder, after covered: UInt64 = 0, replay: (JournalEntry) -> Void
  ) throws(StateError) -> Recovery {
    let (_, found, start, entries) = try mended(in: state, after: covered, replay: replay)
    return Recovery(entries: entries, last: found.last, tornTail: start.tornTail)
  }

  private static func mended(
    in state: Folder, after covered: UInt64, replay: (JournalEntry) -> Void
  ) throws(StateError) -> (Folder, JournalReader.Result, JournalRepair.Start, entries: Int) {
    let folder = try state.folder("journal")
    try folder.sweep()
    var entries = 0
    let found = try JournalReader(folder: folder, covered: covered).read {
      replay($0)
      entries += 1
    }
    return (folder, found, try JournalRepair(folder: folder, covered: covered).mend(found), entries)
  }

  /// Replays a journal without changing it, beside a running daemon or for a look at a damaged one.
  ///
  /// A journal that is being written may end in a torn tail, and its oldest segments may vanish under a new checkpoint: read that again.
  public static func read(
    in state: Folder, after covered: UInt64 = 0, replay: (JournalEntry) -> Void
  ) throws(StateError) -> Recovery {
    guard try state.exists("journal") else { return Recovery(last: covered) }
    var entries = 0
    let found = try JournalReader(folder: try state.folder("journal"), covered: covered).read {
      replay($0)
      entries += 1
    }
    return Recovery(entries: entries, last: found.last)
  }

  /// The number of the oldest entry that is kept in the folder `journal` of `state`; nil where there is no segment that can be read.
  public static func oldestEntry(in state: Folder) throws(StateError) -> UInt64? {
    guard try state.exists("journal") else { return nil }
    return try JournalReader.oldestEntry(in: try state.folder("journal"))
  }

  private init(recovery: Recovery, folder: Folder, queue: JournalQueue) {
    (self.recovery, self.folder, self.queue) = (recovery, folder, queue)
  }

  deinit { queue.close() }

  /// Appends entries, all of them or none, next to each other. Everyone who waits at the same moment shares one write and one flush.
  ///
  /// It is queued on the caller's actor before the first suspension: one actor's entries keep the order of its calls.
  ///
  /// - Parameter written: the failpoint to pass when the entries are in the file and not yet flushed.
  /// - Returns: the numbers they got. Callers resume in no particular order; the numbers say which entry came first.
  /// - Throws: ``StateError/Reason/noRoom(free:floor:)`` for claims, and then nothing was written;
  ///   ``StateError/Reason/tooLarge(_:limit:)`` for a body over 1 MiB; after a failed write or flush
  ///   ``StateError/Reason/stopped(by:)``, for ever: whether that entry is on the disk is unknown, and only a new start finds out (F3).
  @discardableResult
  public nonisolated(nonsending) func append(
    _ bodies: [[UInt8]], as kind: Kind, durability: Durability = .flushed, written: Failpoint? = nil
  ) async throws(StateError) -> Range<UInt64> {
    if let body = bodies.first(where: { $0.count > Frame.largestBody }) {
      throw StateError("append to", folder.path, .tooLarge(body.count, limit: Frame.largestBody))
    }
    let answer = await withCheckedContinuation { waiter in
      queue.add(.init(bodies: bodies, kind: kind, durability: durability, written: written, waiter: waiter))
    }
    return try answer.get()
  }

  /// Waits until everything that was appended so far is on the disk.
  ///
  /// - Returns: the number of the last entry.
  @discardableResult
  public nonisolated(nonsending) func flush() async throws(StateError) -> UInt64 { try await append([], as: .outcome).upperBound - 1 }

  /// Removes the segments that hold nothing newer than `covered`. Only once a checkpoint that covers it is durable (F6).
  public func removeSegments(coveredThrough covered: UInt64) throws(StateError) {
    let old = queue.state.withLock { state in
      let kept = state.segments.lastIndex { $0.first <= covered + 1 } ?? 0
      defer { state.segments.removeFirst(kept) }
      return state.segments.prefix(kept)
    }
    guard !old.isEmpty else { return }
    for segment in old {
      try folder.unlink(segment.name)
      try pass(.segmentRemoved)
    }
    try folder.flush()
  }

  /// The first failure of a write or flush, after which nothing is accepted any more; nil while all is well.
  public var failure: StateError? { queue.state.withLock { $0.failure } }

  public var statistics: Statistics { queue.state.withLock { $0.statistics } }

  /// Writes and flushes what waits, then lets go of the files. Appending after it throws ``StateError/Reason/closed``.
  public func close() async {
    queue.close()
    await queue.ended()
  }
}
