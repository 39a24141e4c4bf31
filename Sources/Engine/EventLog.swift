import Failpoints
import Schedule
import StateDirectory

/// The journal in the engine's words, and the checkpoint that keeps it short.
struct EventLog: Sendable {
  let folder: Folder
  let journal: Journal

  /// What has happened, from the checkpoint and the journal after it.
  ///
  /// - Throws: ``StateError``: damage that no crash explains. Nothing is published then.
  static func open(in folder: Folder) throws -> (log: EventLog, observed: Observed) {
    let checkpoint = try Checkpoint.recover(name, in: folder)
    var observed = try checkpoint.map { try decoded($0.content, in: folder) } ?? Observed()
    var failure: (any Error)?
    let journal = try Journal.open(in: folder, after: checkpoint?.covered ?? 0) { entry in
      guard failure == nil else { return }
      do { try observed.apply(try Event(bytes: entry.body)) } catch { failure = error }
    }
    if let failure { throw StateError("replay", folder.path(of: "journal"), .damaged(offset: 0, why: "\(failure)")) }
    return (EventLog(folder: folder, journal: journal), observed)
  }

  /// Writes events down and returns once they are on disk. It is enqueued before the first suspension, so the journal's order is the
  /// order of the calls.
  nonisolated(nonsending) func append(_ events: [Event], as kind: Journal.Kind, written: Failpoint? = nil) async throws {
    try await journal.append(events.map(\.bytes), as: kind, written: written)
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
