import Git
import Logging
import Schedule

extension Engine {
  /// Fetches, and adopts what is new. The answer is the tip; a failure leaves the last good schedule standing.
  func fetch() async throws {
    try await adopt(try await upstream.fetch())
  }

  /// Takes in the content at `tip`. What a crash in the middle forgets is found again: the desired state is moved on only after
  /// everything that follows from it is in the journal.
  func adopt(_ tip: ObjectID) async throws {
    guard tip != desired.commit else { return }
    let base = desired
    let adoption = try await content.adoption(from: base, to: tip)
    guard desired.commit == base.commit else { return }  // another adoption came first, and it saw no less
    let effects = desired.adopt(adoption, now: now())
    logAdoption(adoption)
    strayStatuses.formUnion(effects.moved.map { statusFile(ofPost: $0.from) })
    for post in Set(effects.touched.map(\.post)).union(adoption.posts.values.compactMap { $0?.id }) { refreshHold(post) }
    for (_, from) in effects.moved { for id in desired.idsOnce(at: from) { markDirty(id) } }
    cancel(effects.removed)
    let now = now()
    for id in effects.touched { consider(id, now: now) }
    reconsiderHeld()
    pump()
    pumpSignal.raise()
    try await desiredFile.save(desired, changed: Array(adoption.posts.keys))
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
        "held: invalid", metadata: ["path": "\(diagnostic.path):\(diagnostic.line)", "rule": "\(diagnostic.rule)", "error": "\(diagnostic.message)"])
    }
  }
}
