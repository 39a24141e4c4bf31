import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Recognizes a state directory that was restored from a copy (P7): upstream has attempts under its own incarnation that it does not know.
  /// What was due until now may have gone out then, so nothing is begun before it has learned again.
  ///
  /// Asked once, at the first fetch; it costs what the history gained since this directory last wrote to it.
  func askHistory(at tip: ObjectID) async throws {
    guard !hasAskedHistory else { return }
    guard observed.hasLearned else { return hasAskedHistory = true }
    let branch = desired.settings.record.branch
    let gained = try await repository.history(branch: branch, since: observed.historyKnown, now: now())
    let others = try await otherRecordBranches(than: branch, upTo: tip, hasNewSettings: true)
    let own = gained.records.filter(isForgotten)
    var judged = Array(zip(own, try await repository.doubts(of: own, at: gained.tip)))
    var known: [String: ObjectID] = [:]
    for other in others {
      let gained = try await repository.otherHistory(of: other, since: branchKnown(other), now: now())
      let own = gained.records.filter(isForgotten)
      judged += zip(own, try await repository.otherDoubts(of: own, on: other, at: gained.tip))
      known[other] = gained.tip
    }
    var forgotten: [HistoryRecord] = []
    for (found, doubt) in judged {
      if let doubt { try doubtRecord(found, because: doubt) } else { forgotten.append(found.record) }
    }
    if let newest = forgotten.max(by: { $0.finishedAt < $1.finishedAt }) {
      logger.error(
        "the state directory is an older copy: upstream has records of its own that it does not know; what was due since is asked about",
        metadata: ["records": "\(forgotten.count)", "newest": "\(newest.post) to \(newest.account) at \(newest.finishedAt)"])
      try await append([.restored(at: pastEnd(now()))])
      // Too late to look at everything anew: the next start does.
      if hasBegun { throw StateError("go on with", log.folder.path, .refused("it is an older copy of itself; start again")) }
    } else {
      if let tip = gained.tip, observed.historyKnown != tip.hex { try await append([.historyKnown(commit: tip.hex)]) }
      try await note(otherBranches: others, known: known)
      await repository.know(others: others)
      try await anchorRestored()
    }
    hasAskedHistory = true
  }

  /// Until when something may have gone out that this directory does not know of. By a clock in doubt, which may be behind what was sent,
  /// nobody can say so: then until the past is learned, which waits for a clock that is believed (N3).
  func pastEnd(_ end: Instant) -> Instant { observeClock().isInDoubt ? .distantFuture : end }

  /// Whether a record is of this directory, which does not know the attempt.
  private func isForgotten(_ found: FoundRecord) -> Bool {
    found.record.incarnation == incarnation.id && found.record.attempt > observed[found.id]?.attempts ?? 0
  }
}
