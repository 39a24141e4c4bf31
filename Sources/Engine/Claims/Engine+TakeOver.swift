import Logging
import Schedule

extension Engine {
  /// Follows what other daemons do: accounts that become ours, and claims that dead ones left.
  func claimLoop() async {
    for await _ in claims.news {
      guard !isStopping else { return }
      await takeOver()
      shareOut()
    }
  }

  /// Brings to its end what dead daemons have left: what may have been sent is settled, never sent again blindly.
  func takeOver() async {
    guard claims.terms.areShared, !isStopping, observed.hasLearned, desired.catalog != nil else { return }
    do {
      let busy = Set(inFlight.keys)
      for abandoned in try await claims.takeOver(except: { busy.contains($0) }) { adopt(abandoned) }
    } catch {
      noteClaims(failing: error)
    }
  }

  /// Sets a reminder for everything: what another daemon was to do may be ours now.
  private func shareOut() {
    for post in desired.posts.values {
      for delivery in post.deliveries { remind(DeliveryID(post: post.id, account: delivery.account), delivery) }
    }
    pump()
  }

  private func adopt(_ abandoned: AbandonedClaim) {
    let id = abandoned.id
    logger.notice(
      "took over what a dead daemon left",
      metadata: ["post": "\(id.post)", "account": "\(id.account)", "attempt": "\(abandoned.intent.attempt)", "from": "\(abandoned.holder)"])
    guard inFlight[id] == nil else { return }
    launch(id) { engine in
      try await engine.append(.intended(abandoned.intent), for: id)
      guard let committedAt = abandoned.committedAt else { return try await engine.giveUp(id) }
      for step in abandoned.remembered { try await engine.append(.remembered(name: step.name, value: step.value), for: id) }
      try await engine.append(.committed(at: committedAt), for: id)
      try await engine.settleOrDoubt(id, abandoned.intent, remote: abandoned.remote)
    }
  }
}
