import Failpoints
import Logging
import Schedule
import StateDirectory

/// The journal in the engine's words, and the checkpoint that keeps it short.
struct EventLog: Sendable {
  let folder: Folder
  let journal: Journal

  /// What opening a state directory found.
  struct Opened {
    var log: EventLog
    var observed: Observed
    var incarnation: Incarnation
    /// Part of the past is known to nobody but upstream's history: whatever was due and has no record there is asked about, never sent.
    var hasLostPast = false
  }

  /// What has happened, from the checkpoint and the journal after it.
  ///
  /// A damaged checkpoint is set aside. The journal, if it still begins with its first entry, says everything that the checkpoint did; otherwise
  /// this becomes another incarnation, which takes what the journal still says and learns the rest from upstream (P7).
  ///
  /// - Throws: ``StateError``: damage that no crash explains. Nothing is published then.
  static func open(in folder: Folder, now: Instant, logger: Logger) throws -> Opened {
    let checkpoint = try recoverCheckpoint(in: folder, logger)
    if checkpoint == nil, let oldest = try Journal.oldestEntry(in: folder), oldest > 1, try hasDamagedCheckpoint(in: folder) {
      return try reopen(in: folder, from: oldest, now: now, logger)
    }
    var observed = try checkpoint.map { try decoded($0.content, in: folder) } ?? Observed()
    var failure: (any Error)?
    let journal = try Journal.open(in: folder, after: checkpoint?.covered ?? 0) { entry in
      guard failure == nil else { return }
      do { try observed.apply(try Event(bytes: entry.body)) } catch { failure = error }
    }
    if let failure { throw StateError("replay", folder.path(of: "journal"), .damaged(offset: 0, why: "\(failure)")) }
    sayTornTail(of: journal, logger)
    return Opened(log: EventLog(folder: folder, journal: journal), observed: observed, incarnation: try .of(folder, now: now))
  }

  /// Starts over with what the journal still says. It is done again at each start until the next checkpoint is in place.
  private static func reopen(in folder: Folder, from oldest: UInt64, now: Instant, _ logger: Logger) throws -> Opened {
    try folder.remove(Incarnation.name)
    var observed = Observed()
    let journal = try Journal.open(in: folder, after: oldest - 1) { entry in
      // What does not fit has its beginning in the checkpoint that is lost.
      if let event = try? Event(bytes: entry.body) { try? observed.apply(event) }
    }
    sayTornTail(of: journal, logger)
    let incarnation = try Incarnation.of(folder, now: now)
    logger.error(
      "the past before the journal is lost; it is learned from the history upstream, and what has no record there is asked about",
      metadata: ["incarnation": "\(incarnation.id)"])
    return Opened(log: EventLog(folder: folder, journal: journal), observed: observed, incarnation: incarnation, hasLostPast: true)
  }

  private static func recoverCheckpoint(in folder: Folder, _ logger: Logger) throws -> Checkpoint? {
    do {
      return try Checkpoint.recover(name, in: folder)
    } catch {
      guard error.isDamage else { throw error }
      logger.error("the checkpoint is damaged, and what it said is read from the journal", metadata: ["error": "\(error)"])
      return nil
    }
  }

  private static func sayTornTail(of journal: Journal, _ logger: Logger) {
    guard let file = journal.recovery.tornTail else { return }
    logger.notice(
      "a crash tore off the end of the journal, which nothing relied on; it is kept aside",
      metadata: ["file": "\(file)", "kept": "the newest \(Journal.mostTornTails)"])
  }

  private static func hasDamagedCheckpoint(in folder: Folder) throws -> Bool {
    try folder.list().contains { $0.hasPrefix("\(name).damaged-") }
  }

  /// Writes events down and returns once they are on disk. It is enqueued before the first suspension, so the journal's order is the
  /// order of the calls.
  ///
  /// - Returns: the number of the last one.
  nonisolated(nonsending) func append(_ events: [Event], as kind: Journal.Kind, written: Failpoint? = nil) async throws -> UInt64 {
    try await journal.append(events.map(\.bytes), as: kind, written: written).upperBound - 1
  }

  /// Replaces the checkpoint by `observed`, and lets go of the segments that it covers.
  ///
  /// - Parameter covered: the number of the last event in `observed`.
  func checkpoint(_ observed: Observed, covering covered: UInt64) throws {
    try Checkpoint(covered: covered, content: observed.bytes).replace(Self.name, in: folder)
    try journal.removeSegments(coveredThrough: covered)
  }

  private static func decoded(_ bytes: [UInt8], in folder: Folder) throws -> Observed {
    do { return try Observed(bytes: bytes) } catch {
      throw StateError("read", folder.path(of: name), .damaged(offset: error.offset, why: "its form is not of this version"))
    }
  }

  private static let name = "observed"
}
