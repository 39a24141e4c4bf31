import Git
import Logging
import Schedule

extension Engine {
  /// Takes in the content at `tip`. What a crash in the middle forgets is found again: the desired state is moved on only after
  /// everything that follows from it is in the journal.
  func adopt(_ tip: ObjectID) async throws {
    guard tip != desired.commit else { return }
    let base = desired
    let adoption = try await content.adoption(from: base, to: tip)
    guard desired.commit == base.commit else { return }  // another adoption came first, and it saw no less
    let effects = desired.adopt(adoption, now: now())
    logAdoption(adoption)
    for (id, from) in effects.moved where observedAccounts[id] != nil || observed.recordedHolds[id] != nil {
      if let file = statusFile(ofPost: from) { strayStatuses.insert(file) }
      markDirty(id)
    }
    for post in Set(effects.touched.map(\.post)).union(adoption.posts.values.compactMap { $0?.id }) { refreshHold(post) }
    cancel(effects.removed)
    let now = now()
    for id in effects.touched { consider(id, now: now) }
    reconsiderHeld()
    pump()
    try await save(adoption)
  }

  private func save(_ adoption: Adoption) async throws {
    let entries = Dictionary(uniqueKeysWithValues: adoption.posts.keys.map { ($0, desired[$0]) })
    if try await desiredFile.save(entries, at: adoption.commit) { return }
    try await desiredFile.replace(DesiredFile.Saved(commit: adoption.commit, tzdata: desired.tzdata, posts: desired.posts))
  }

  /// The status file of a post's file, both below the content folder's parent.
  private func statusFile(ofPost path: String) -> String? {
    StatusRecord.file(ofPost: String(path.dropFirst(options.folder.utf8.count + 1)))
  }

  /// Has the status file of a post written again where it should say that the post is held, and does not, or the other way round.
  private func refreshHold(_ id: PostID) {
    let now = now()
    let posts = desired.paths(of: id).compactMap { desired[$0] }
    let holds = posts.contains { post in
      post.problem != nil || post.deliveries.contains { desired.hold(post, $0, acknowledged: observed.acknowledgedBursts, now: now) != nil }
    }
    if holds || observed.recordedHolds[id] != nil { markDirty(id) }
  }

  private func logAdoption(_ adoption: Adoption) {
    logger.info(
      "adopted", metadata: ["commit": "\(adoption.commit.hex.prefix(12))", "posts": "\(adoption.posts.count)"])
    for diagnostic in adoption.diagnostics where diagnostic.severity == .error {
      logger.warning(
        "held: invalid", metadata: ["path": "\(diagnostic.path):\(diagnostic.line)", "rule": "\(diagnostic.rule.rawValue)", "error": "\(diagnostic.message)"])
    }
  }
}
