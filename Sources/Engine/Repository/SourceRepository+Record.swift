import Failpoints
import Git
import Logging
import Schedule
import StateDirectory

// Writing outcomes back, and reading what was written before.
extension SourceRepository {
  /// Commits a batch on top of the newest tip and makes it upstream's, again and again until nobody came between; never by force.
  ///
  /// - Returns: the new tip of the branch that posts are read from, where the records went to that branch.
  func record(_ batch: RecordBatch, branch: String?, now: Instant) async throws -> ObjectID? {
    let branch = branch ?? location.recordBranch
    var tries = 0
    while true {
      switch try recordOnce(batch, branch: branch, now: now) {
      case .done(let tip): return branch == location.branch ? tip : nil
      case .lostRace:
        tries += 1
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * min(tries, 20)))
      }
    }
  }

  private enum Try {
    case done(ObjectID?)
    case lostRace
  }

  private func recordOnce(_ batch: RecordBatch, branch: String, now: Instant) throws -> Try {
    let handle = try opened()
    if let remote { try remote.fetchIfPresent(branch, into: Self.upstream(branch), handle.repository) }
    let name = remote == nil ? "refs/heads/\(branch)" : Self.upstream(branch)
    let tip = try handle.repository.reference(name)
    let edits = try edits(batch, onto: tip, in: handle.repository)
    let signature = Signature(name: "Posthorn", email: "posthorn@\(batch.host)", time: now.seconds)
    guard let commit = try handle.repository.write(edits, onto: tip, message: batch.message, author: signature, committer: signature) else {
      return .done(tip)
    }
    if let remote {
      guard try remote.push(commit, to: branch, expecting: tip, noting: name, handle.repository) else { return .lostRace }
    } else {
      let swap = try handle.repository.compareAndSwap(reference: name, from: tip, to: commit, message: "posthorn: record")
      guard swap == .moved else { return .lostRace }
    }
    try pass(.recordRef)
    return .done(commit)
  }

  /// The batch as edits of the newest tip. A history file that is there already is never changed: whoever wrote it was first.
  private func edits(_ batch: RecordBatch, onto tip: ObjectID?, in repository: borrowing Repository) throws -> [FileEdit] {
    let tree = try tip.map { try repository.tree(of: $0) }
    let present = try tree.map { try repository.entries(at: batch.history.keys.map { "\(folder)/\($0)" }, in: $0) } ?? [:]
    var edits: [FileEdit] = []
    for (file, content) in batch.history.sorted(by: { $0.key < $1.key }) {
      let path = "\(folder)/\(file)"
      if let entry = present[path] {
        if try repository.blob(entry.id, limit: 1 << 20) != content {
          logger.error("a history file of another daemon is in the way; it is kept", metadata: ["path": "\(path)"])
        }
        continue
      }
      edits.append(FileEdit(path: path, content: content))
    }
    edits += batch.statuses.sorted { $0.key < $1.key }.map { FileEdit(path: "\(folder)/\($0.key)", content: $0.value) }
    edits += batch.removed.sorted().map { FileEdit(path: "\(folder)/\($0)", content: nil) }
    return edits
  }

  /// Every history file of the branch that records go to, for a state directory that has none of its own.
  func history(branch: String?) throws -> [HistoryRecord] {
    let handle = try opened()
    let branch = branch ?? location.recordBranch
    if let remote, branch != location.branch { try remote.fetchIfPresent(branch, into: Self.upstream(branch), handle.repository) }
    guard let tip = try handle.repository.reference(remote == nil ? "refs/heads/\(branch)" : Self.upstream(branch)) else { return [] }
    var records: [HistoryRecord] = []
    let tree = try handle.repository.tree(of: tip)
    guard try handle.repository.entry(at: "\(folder)/history", in: tree) != nil else { return [] }
    try handle.repository.walk(tree, under: "\(folder)/history") { path, entry in
      guard entry.problem == nil, path.hasSuffix(".json") else { return }
      do {
        records.append(try HistoryRecord(json: try JSON.parse(try handle.repository.blob(entry.id, limit: 1 << 20))))
      } catch let error as GitError {
        throw error
      } catch {
        logger.error("a history file cannot be read and is passed over", metadata: ["path": "\(path)", "error": "\(error)"])
      }
    }
    return records
  }
}
