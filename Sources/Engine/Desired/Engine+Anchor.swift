import Git
import Logging
import Schedule
import StateDirectory

// What was adopted last is an anchor: it is in the journal, because whoever may push could otherwise have it forgotten with a cache (N2).
extension Engine {
  /// The commit that was adopted last, as far as it changed content.
  var anchor: ObjectID? { (observed.anchors.adopted?.commit).flatMap(ObjectID.init(hex:)) }

  /// Refuses a tip whose history does not contain what was adopted before, unless a person has said that it may take its place.
  ///
  /// - Throws: ``GitError/Reason/notFastForward``: the last good schedule stays, and nothing is armed.
  func refuseRewritten(_ tip: ObjectID) async throws {
    for commit in Set([desired.commit, anchor].compactMap(\.self)) where try await !content.isAncestor(commit, of: tip) {
      if let allowed = observed.anchors.rewritten.flatMap(ObjectID.init(hex:)), try await content.isAncestor(allowed, of: tip) { return }
      let isHere = try await content.holds(commit)
      if isHere { try await repository.keep(commit) }
      let kept = isHere ? "is kept as \(SourceRepository.keptReference(commit))" : "is not here any more"
      throw GitError(
        step: "adopt \(tip.hex.prefix(12))", reason: .notFastForward,
        detail: "the branch was rewritten: it no longer contains \(commit.hex.prefix(12)), which is scheduled and \(kept); "
          + "push a branch that contains it, or, to start from the new history, run: posthorn resume --rewritten")
    }
  }

  /// A person says that the branch was rewritten on purpose.
  ///
  /// - Returns: the commit that may be adopted now; `nil` where the branch contains what was adopted before.
  public func acceptRewritten() async throws -> String? {
    let tip = try await repository.fetch(now: now())
    do { try await refuseRewritten(tip) } catch let error as GitError where error.reason == .notFastForward {
      try await append([.rewriteAllowed(commit: tip.hex)])
      fetchSignal.raise()
      return tip.hex
    }
    return nil
  }

  /// Notes what is being adopted. It is on its way to disk before anything that follows from it is, and costs no flush of its own: whoever
  /// saves the schedule afterwards waits for it.
  func anchor(_ adoption: Adoption) -> Task<Void, any Error>? {
    guard anchor == nil || adoption.catalog != nil || !adoption.posts.isEmpty else { return nil }
    let adopted = self.adopted(adoption.commit, adoption.catalog ?? desired.catalog)
    return Task.immediate { try await append([.adopted(adopted)]) }
  }

  /// A state directory of an earlier version has a schedule and no anchor.
  func anchorRestored() async throws {
    guard observed.anchors.adopted == nil, let commit = desired.commit else { return }
    try await append([.adopted(adopted(commit, desired.catalog))])
  }

  private func adopted(_ commit: ObjectID, _ catalog: Catalog?) -> Anchors.Adopted {
    let settings = catalog?.settings ?? Settings()
    let isSound = catalog.map { $0.settingsStanding == .sound } ?? false
    return Anchors.Adopted(
      commit: commit.hex, requiresSigned: settings.policy.requireSigned,
      settings: isSound ? commit.hex : observed.anchors.adopted?.settings,
      branch: settings.record.branch ?? repository.location.recordBranch)
  }

  /// Has content read with the last good settings where a commit's own have an error.
  func relyOnSettings() async {
    await content.rely(onSettingsAt: (observed.anchors.adopted?.settings).flatMap(ObjectID.init(hex:)))
  }
}
