import Git
import Schedule

extension SourceRepository {
  /// What one try to move the branch of the records came to.
  enum Advance: Equatable {
    /// The branch is at this commit; `nil` where there was nothing to change and it has none.
    case done(ObjectID?)
    case lostRace
  }

  /// The branch that records go to, claims included.
  var recordBranch: String { chosenRecordBranch ?? location.recordBranch }

  /// Asks upstream, where there is one, and returns the newest commit of the branch.
  ///
  /// - Throws: ``GitError``; `.notFound` where it was there before: what was claimed on it is not known any more.
  func newest(_ branch: String, in repository: borrowing Repository) throws -> ObjectID? {
    let isPresent = try remote?.fetchIfPresent(branch, into: reference(of: branch), repository) ?? true
    let tip = try repository.reference(reference(of: branch))
    guard isPresent || tip == nil else {
      throw GitError(
        step: "read branch \(branch) of \(location)", reason: .notFound, detail: "it is not there any more; push it again, or name another")
    }
    return tip
  }

  /// Commits `edits` on top of `tip` and moves the branch there, unless somebody else was first.
  func advance(
    _ branch: String, from tip: ObjectID?, by edits: [FileEdit], message: String, host: String, now: Instant,
    in repository: borrowing Repository
  ) throws -> Advance {
    let signature = Signature(name: "Posthorn", email: "posthorn@\(host)", time: now.seconds)
    guard let commit = try repository.write(edits, onto: tip, message: message, author: signature, committer: signature) else {
      return .done(tip)
    }
    if let remote {
      return try remote.push(commit, to: branch, expecting: tip, noting: reference(of: branch), repository) ? .done(commit) : .lostRace
    }
    let swap = try repository.compareAndSwap(reference: reference(of: branch), from: tip, to: commit, message: "posthorn: record")
    return swap == .moved ? .done(commit) : .lostRace
  }

  /// Waits a moment before the next try, longer after each.
  func pauseAfterLostRace(_ tries: inout Int) async throws {
    tries += 1
    try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * min(tries, 20)))
  }
}
