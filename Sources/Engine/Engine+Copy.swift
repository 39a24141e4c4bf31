import Git
import Logging
import Schedule
import StateDirectory

extension Engine {
  /// Recognizes a state directory that was restored from a copy (P7): upstream has attempts under its own incarnation that it does not know.
  /// What was due until now may have gone out then, so nothing is begun before it has learned again.
  ///
  /// Asked once, at the first fetch; it costs what the history gained since this directory last wrote to it.
  func askHistory() async throws {
    guard !hasAskedHistory else { return }
    guard observed.hasLearned else { return hasAskedHistory = true }
    let gained = try await repository.history(branch: desired.settings.record.branch, since: observed.historyKnown, now: now())
    let own = gained.records.filter { $0.record.incarnation == incarnation.id && $0.record.attempt > observed[$0.id]?.attempts ?? 0 }
    let doubts = try await repository.doubts(of: own, at: gained.tip)
    var forgotten: [HistoryRecord] = []
    for (found, doubt) in zip(own, doubts) {
      if let doubt { try doubtRecord(found, because: doubt) } else { forgotten.append(found.record) }
    }
    if let newest = forgotten.max(by: { $0.finishedAt < $1.finishedAt }) {
      logger.error(
        "the state directory is an older copy: upstream has records of its own that it does not know; what was due since is asked about",
        metadata: ["records": "\(forgotten.count)", "newest": "\(newest.post) to \(newest.account) at \(newest.finishedAt)"])
      try await append([.restored(at: now())])
      // Too late to look at everything anew: the next start does.
      if hasBegun { throw StateError("go on with", log.folder.path, .refused("it is an older copy of itself; start again")) }
    } else if let tip = gained.tip, observed.historyKnown != tip.hex {
      try await append([.historyKnown(commit: tip.hex)])
    }
    hasAskedHistory = true
  }
}
