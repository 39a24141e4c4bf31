import Git
import Logging
import Schedule
import Synchronization

// Which daemon publishes, where claims are local.
extension SourceRepository {
  /// Who publishes, as of the newest commit of the records' branch that is known here; of another branch than that of the posts, upstream is
  /// asked. A record that says nothing is passed over.
  func daemonRecord(branch: String?, asking isAsking: Bool, now: Instant) throws -> DaemonRecord? {
    choose(branch)
    return try tended(now: now) { handle in
      let isOwnBranch = recordBranch != location.branch
      let tip =
        isAsking && isOwnBranch
        ? try newest(recordBranch, in: handle.repository) : try handle.repository.reference(reference(of: recordBranch))
      return try daemonRecord(at: tip, in: handle.repository)
    }
  }

  /// Who publishes, after asking upstream on whichever branch records go to.
  func newestDaemonRecord(branch: String?, now: Instant) throws -> DaemonRecord? {
    choose(branch)
    return try tended(now: now) { handle in
      try daemonRecord(at: try newest(recordBranch, in: handle.repository), in: handle.repository)
    }
  }

  /// What the branch has said of who publishes, the newest first, each daemon's word once: a record can be pushed away, and its commit cannot.
  /// A look at each of the last commits, whoever merged them; somebody who has to look further has lost sight of it by thousands of commits.
  func formerDaemonRecords(branch: String?, now: Instant) throws -> [DaemonRecord] {
    choose(branch)
    return try tended(now: now) { handle in
      guard let tip = try handle.repository.reference(reference(of: recordBranch)) else { return [] }
      var (seen, records) = (Set<ObjectID>(), [DaemonRecord]())
      for commit in try handle.repository.commits(in: tip, notIn: nil, limit: .max).suffix(Self.mostFormer).reversed() {
        let blob = try handle.repository.objects(at: ["\(folder)/\(DaemonRecord.file)"], in: handle.repository.tree(of: commit))[0]
        guard let blob, seen.insert(blob).inserted else { continue }
        if case .record(let record) = try ownFile(DaemonRecord.file, at: commit, in: handle.repository, { try DaemonRecord(json: $0) }) {
          records.append(record)
        }
      }
      return records
    }
  }

  private static let mostFormer = 10_000

  /// Puts `record` in the place of `seen`.
  ///
  /// - Returns: `false` where somebody else was first: what is there now has to be read.
  func write(_ record: DaemonRecord, over seen: DaemonRecord?, as act: DaemonRecord.Act, by host: String, now: Instant) async throws -> Bool
  {
    let edit = FileEdit(path: "\(folder)/\(DaemonRecord.file)", content: Array(record.json.text().utf8))
    let message = "\(act.rawValue)\n\nPosthorn-Host: \(host.filter { $0.isASCII && !$0.isWhitespace })\n"
    var tries = 0
    while true {
      let outcome = try tended(now: now) { (handle) -> Advance? in
        if remote == nil { try handle.repository.waitForLock(of: reference(of: recordBranch)) }
        let tip = try newest(recordBranch, in: handle.repository)
        // A branch with posts that somebody deleted does not come back as one with records alone.
        guard tip != nil || recordBranch != location.branch else {
          throw GitError(
            step: "say on branch \(recordBranch) of \(location) who publishes", reason: .notFound,
            detail: "it is not there any more; push it again")
        }
        guard try daemonRecord(at: tip, in: handle.repository) == seen else { return nil }
        return try advance(recordBranch, from: tip, by: [edit], message: message, host: host, now: now, in: handle.repository)
      }
      switch outcome {
      case nil: return false
      case .done: return true
      case .lostRace: try await pauseAfterLostRace(&tries)
      }
    }
  }

  /// What a commit says never changes: it is read once.
  private func daemonRecord(at tip: ObjectID?, in repository: borrowing Repository) throws -> DaemonRecord? {
    guard let tip else { return nil }
    if let seen = daemonSeen.withLock({ $0 }), seen.tip == tip, seen.branch == recordBranch { return seen.record }
    let seen = SeenDaemon(branch: recordBranch, tip: tip, record: try readDaemonRecord(at: tip, in: repository))
    daemonSeen.withLock { $0 = seen }
    return seen.record
  }

  /// Who publishes, where that was read already at `tip`, the newest commit of the branch of the posts: it spares the way to this actor's
  /// thread. `nil` where it was not, or records go to another branch.
  nonisolated func seenDaemon(at tip: ObjectID, branch: String?) -> SeenDaemon? {
    let branch = branch ?? location.recordBranch
    guard branch == location.branch, let seen = daemonSeen.withLock({ $0 }), seen.tip == tip, seen.branch == branch else { return nil }
    return seen
  }

  private func readDaemonRecord(at tip: ObjectID, in repository: borrowing Repository) throws -> DaemonRecord? {
    switch try ownFile(DaemonRecord.file, at: tip, in: repository, { try DaemonRecord(json: $0) }) {
    case .absent: return nil
    case .record(let record): return record
    case .unreadable(let why):
      logger.error("the record of the daemon that publishes cannot be read and is passed over", metadata: ["error": "\(why)"])
      return nil
    }
  }
}

/// What a commit of the records' branch says of who publishes.
struct SeenDaemon: Sendable {
  let branch: String
  let tip: ObjectID
  let record: DaemonRecord?
}

extension DaemonRecord {
  /// Why the record changes: the subject of the commit.
  enum Act: String {
    case keep = "publish from here on"
    case ask = "ask whether another daemon publishes"
    case answer = "answer another daemon"
    case take = "take over from another daemon"
  }
}
