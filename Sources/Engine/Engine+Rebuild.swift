import Git
import Logging
import Platforms
import Schedule
import StateDirectory

extension Engine {
  /// Fills the memory of a state directory that is new, or an older copy, from the history upstream, and settles everything that was due before
  /// and has no record: a life that was lost may have sent it before it could say so (P7). A repository without records has no past.
  func learn(_ told: SourceRepository.ToldPast) async throws {
    if let restoredAt = observed.restoredAt.map({ min($0, now()) }), incarnation.made < restoredAt {
      incarnation = try Incarnation.renewed(log.folder, now: restoredAt)
      await claims.rename(incarnation.id)
      memory?.update { [incarnation] in $0.incarnation = incarnation.id }
    }
    let past = told.past
    let doubted = try await judge(told)
    observed.take(past, except: doubted.deliveries)
    for past in doubted.pasts { observed.take(past) }
    past.spokenOf.forEach(markDirty)
    gate.note(record: past.newestVouchedEnd)
    if let record = past.oneAhead { say(ahead: record, of: past.ahead) }
    if let tip = told.tip { try await learnPlaces(at: tip) }
    if past.attempts > 0 {
      try await findRenamed(nil)
      if let tip = desired.commit { try await findMoved(upTo: tip) }
    }
    if past.attempts > 0 || hasLostPast || !told.lost.isEmpty {
      logger.notice(
        "learned from the history upstream", metadata: ["attempts": "\(past.attempts)", "deliveries": "\(observed.count)"])
      // What is journaled from here on follows from what was just taken in, over what an older copy knew.
      if observed.restoredAt != nil { try await checkpoint() }
      try await doubtUnaccounted()
    }
    // What they have said of the clock a server may know better, at once.
    if past.newestVouchedEnd > .distantPast { try await corroborateClock() }
    // What was learned and the word that it was come to disk together: with the word alone, a crash would have the past published again.
    observed.hasLearned = true
    try await checkpoint()
  }

  /// Writes down what a lost daemon may have done, as if it had stopped in the middle of the call: recovery settles it.
  private func doubtUnaccounted() async throws {
    // Somebody may have sent before what has no record: until this directory was made, or until claims began to prove that nobody did.
    // Nothing that is still to come was sent, whatever was written down about it by another clock.
    let since = min(await claims.inForceSince() ?? incarnation.made, now())
    var doubts: [(claim: Claim, due: Instant)] = []
    var posts: [DesiredPost] = []
    desired.forEach(through: since) { post in
      if post.deliveries.contains(where: { unaccounted(post, $0, before: since) != nil }) { posts.append(post) }
    }
    for post in posts {
      for delivery in post.deliveries {
        guard let catalog = desired.catalog, let due = unaccounted(post, delivery, before: since) else { continue }
        let id = DeliveryID(post: post.id, account: delivery.account)
        let account = desired.account(id.account)
        let material = try await reading { try await content.material(post, delivery: delivery, account: account, catalog: catalog) }
        if let observation = observed[id], observation.scheduledAt != delivery.scheduledAt {
          try await append(.armed(scheduledAt: delivery.scheduledAt), for: id)
        }
        let intent = intent(id, post: post, delivery: delivery, material: material)
        doubts.append((Claim(id: id, intent: intent, committedAt: due), due))
      }
    }
    guard !doubts.isEmpty else { return }
    let answers = try await claims.claim(doubts.map(\.claim))
    for (claim, due) in doubts where answers[claim.id]?.isHeld ?? false {
      try await append(.intended(claim.intent), for: claim.id)
      try await append(.committed(at: due), for: claim.id)
      hasFlightsToRecover = true
    }
  }

  /// When a delivery was due that may have gone out before `since`, or until this directory was found to be a copy, and has no record of how
  /// it ended; `nil` where there is nothing to doubt.
  private func unaccounted(_ post: DesiredPost, _ delivery: DesiredDelivery, before since: Instant) -> Instant? {
    let id = DeliveryID(post: post.id, account: delivery.account)
    // A record of it that nobody vouches for may be true: then to ask in a way that sends would send it again.
    guard unsealedHold(id) == nil, renamedHold(post, delivery) == nil, !observed.isOver(id, at: delivery.scheduledAt),
      post.problem(for: id.account) == nil,
      desired.post(post.id) != nil
    else {
      return nil
    }
    let timing = Timing(scheduledAt: delivery.scheduledAt, grace: delivery.grace)
    return timing.missingAttempt(after: observed[id], before: since)
  }
}
