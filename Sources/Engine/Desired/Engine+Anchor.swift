import Git
import Logging
import Schedule
import StateDirectory

// What was adopted last is an anchor: it is in the journal, because whoever may push could otherwise have it forgotten with a cache (N2).
extension Engine {
  /// The commit that was adopted last, as far as it changed content.
  var anchor: ObjectID? { (observed.anchors.adopted?.commit).flatMap(ObjectID.init(hex:)) }

  /// Notes what is being adopted. It is on its way to disk before anything that follows from it is, and costs no flush of its own: whoever
  /// saves the schedule afterwards waits for it.
  ///
  /// - Parameter isRewritten: it takes the place of another history by a person's word, which ends with it.
  func anchor(_ adoption: Adoption, isRewritten: Bool) -> Task<Void, any Error>? {
    guard isRewritten || anchor == nil || adoption.catalog != nil || !adoption.posts.isEmpty else { return nil }
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
