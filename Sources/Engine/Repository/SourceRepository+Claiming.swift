import Git
import Schedule
import Synchronization

// Whether deliveries are claimed in the repository, for daemons that do not do that.
extension SourceRepository {
  /// What says that claims are made here, on the branch of the records.
  ///
  /// - Parameter isAsking: whether upstream is asked, where that is another branch than the one that was just fetched.
  func claiming(branch: String?, asking isAsking: Bool) throws -> ClaimingFile {
    choose(branch)
    let handle = try opened()
    let isOwn = recordBranch != location.branch
    let tip =
      isAsking && isOwn ? try newest(recordBranch, in: handle.repository) : try handle.repository.reference(reference(of: recordBranch))
    let found = try claimingFile(at: tip, in: handle.repository)
    if !isOwn { unclaimedTip.withLock { $0 = found == .none ? tip : nil } }
    return found
  }

  /// Whether no claims are made here as of `tip`, which was looked at before: it spares the way to this actor's thread.
  nonisolated func isKnownUnclaimed(at tip: ObjectID, branch: String?) -> Bool {
    (branch ?? location.recordBranch) == location.branch && unclaimedTip.withLock { $0 == tip }
  }

  /// A person says that no claims are made here any more: takes away the file that says so.
  ///
  /// - Returns: who said it first; `nil` where there was none.
  func endClaiming(branch: String?, by host: String, now: Instant) async throws -> DaemonRecord.Party? {
    choose(branch)
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      let first: DaemonRecord.Party
      switch try claimingFile(at: tip, in: handle.repository) {
      case .none: return nil
      case .since(let record): first = DaemonRecord.Party(host: record.host, incarnation: record.incarnation, place: "")
      case .unreadable: first = DaemonRecord.Party(host: "whoever claims here", incarnation: "", place: "")
      }
      let edit = FileEdit(path: "\(folder)/\(ClaimingRecord.file)", content: nil)
      let message = "claim no more in the repository\n\nPosthorn-Host: \(host.filter { $0.isASCII && !$0.isWhitespace })\n"
      let advance = try advance(recordBranch, from: tip, by: [edit], message: message, host: host, now: now, in: handle.repository)
      if case .done = advance { return first }
      try await pauseAfterLostRace(&tries)
    }
  }
}
