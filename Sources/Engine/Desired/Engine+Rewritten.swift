import Git
import Logging
import Schedule
import StateDirectory

// A branch that was rewritten is not followed until a person names the commit that it goes on from (guarantee 15).
extension Engine {
  /// What was adopted and a tip does not contain, if a person has not said that it may take its place; how far the word reaches is that
  /// commit and what is pushed on top of it.
  func lost(at tip: ObjectID) async throws -> ObjectID? {
    guard let commit = try await missing(at: tip) else { return nil }
    if let allowed = observed.anchors.rewritten.flatMap(ObjectID.init(hex:)), try await content.isAncestor(allowed, of: tip) { return nil }
    return commit
  }

  /// What was adopted and a tip does not contain.
  func missing(at tip: ObjectID) async throws -> ObjectID? {
    for commit in [desired.commit, anchor].compactMap(\.self) where try await !content.isAncestor(commit, of: tip) { return commit }
    return nil
  }

  /// Refuses a tip whose history does not contain what was adopted before.
  ///
  /// - Throws: ``GitError/Reason/notFastForward``: the last good schedule stays, and nothing is armed.
  func refuseRewritten(_ tip: ObjectID) async throws {
    guard let commit = try await lost(at: tip) else { return }
    let kept = try await keep(lost: commit) ? "is kept as \(SourceRepository.keptReference(commit))" : "is not here any more"
    try await standStill(RewrittenBranch(branch: repository.location.branch, adopted: commit.hex, tip: tip.hex))
    throw GitError(
      step: "adopt \(tip.hex.prefix(12))", reason: .notFastForward,
      detail: "the branch was rewritten: it no longer contains \(commit.hex.prefix(12)), which is scheduled and \(kept); "
        + "push a branch that contains it, or, to go on from the new history, run: \(RewrittenBranch.command(tip.hex))")
  }

  /// - Returns: whether there was something to keep.
  private func keep(lost commit: ObjectID) async throws -> Bool {
    let isHere = try await content.holds(commit)
    if isHere { try await repository.keep(commit) }
    return isHere
  }

  /// The new history is on disk, and the word that let it take the other's place is used up.
  func replace(by adoption: Adoption, cancelled: Int) async throws {
    try await anchor(adoption, isRewritten: true)?.value
    logger.notice(
      "the branch was rewritten, as a person says; what it no longer has is cancelled",
      metadata: ["commit": "\(adoption.commit.hex)", "cancelled": "\(cancelled)"])
  }

  /// Notes it for whoever asks, and tells of it once.
  private func standStill(_ branch: RewrittenBranch) async throws {
    guard branch != rewritten else { return }
    var isNews = true
    // Our own records on top of it are no news.
    if let before = rewritten.flatMap({ ObjectID(hex: $0.tip) }), let tip = ObjectID(hex: branch.tip) {
      isNews = try await !content.isAncestor(before, of: tip)
    }
    rewritten = branch
    do throws(StateError) { try branch.save(in: state) } catch {
      guard error.isLackOfSpace else { throw error }
      logger.error("there is no room to note that the branch was rewritten", metadata: ["error": "\(error)"])
    }
    if isNews { notify(branch) }
  }

  /// The branch is followed again.
  func goOn() {
    guard rewritten != nil else { return }
    rewritten = nil
    // What is left of it is a message; the next look at upstream takes it away.
    do { try state.remove(RewrittenBranch.name) } catch { logger.warning("a note could not be removed", metadata: ["error": "\(error)"]) }
  }

  /// What comes of a person's word that a branch was rewritten on purpose.
  public enum RewrittenWord: Equatable, Sendable {
    /// It goes on from this commit.
    case goesOn(from: String)
    /// The branch contains what was adopted from it.
    case notNeeded
    /// The branch is at another commit.
    case isElsewhere(tip: String)
  }

  /// A person says that the branch was rewritten on purpose, and that its new history up to one commit takes the place of the one that was
  /// adopted. Everything that a push has to pass is still asked of it.
  ///
  /// - Parameter beginning: of the id of the commit that the branch is at; our own records on top of it count for nothing.
  public func acceptRewritten(_ beginning: String, by person: String) async throws -> RewrittenWord {
    let tip = try await repository.fetch(now: now())
    guard let commit = try await lost(at: tip) else { return .notNeeded }
    guard let named = try await content.commit(beginningWith: beginning.lowercased(), belowRecordsOf: tip) else {
      return .isElsewhere(tip: tip.hex)
    }
    _ = try await keep(lost: commit)
    try await append([.rewriteAllowed(commit: named.hex)])
    logger.notice(
      "a person lets a rewritten branch go on", metadata: ["commit": "\(named.hex)", "instead_of": "\(commit.hex)", "by": "\(person)"])
    fetchSignal.raise()
    return .goesOn(from: named.hex)
  }
}

extension ContentSource {
  /// The commit whose id begins so, if it is the tip or nothing but records came after it.
  func commit(beginningWith beginning: String, belowRecordsOf tip: ObjectID) throws -> ObjectID? {
    try withRepository { repository in
      var next = tip
      for _ in 0..<Self.mostRecords {
        if next.hex.hasPrefix(beginning) { return next }
        guard let parent = try repository.commit(next).parents.first else { return nil }
        var isRecord = true
        try repository.changes(from: parent, to: next, passing: ["\(folder)/history", "\(folder)/status"]) { _ in isRecord = false }
        guard isRecord else { return nil }
        next = parent
      }
      return nil
    }
  }

  /// Records that one daemon makes while it stands still.
  private static let mostRecords = 100_000
}
