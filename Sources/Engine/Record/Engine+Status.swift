import Git
import Schedule

extension Engine {
  /// What the status file of a post says now; `nil` for a post that nothing is known of.
  func status(of id: PostID, now: Instant) -> StatusRecord? {
    let post = desired.posts(of: id).first
    let accounts = accounts(of: id, post)
    guard let path = post?.path ?? lastPath(of: id) else { return nil }
    var status = StatusRecord(post: id, path: path, scheduledAt: nil, deliveries: [], reason: accounts.isEmpty ? post?.problem : nil)
    for account in accounts {
      let id = DeliveryID(post: id, account: account)
      let delivery = post?.deliveries.first { $0.account == account }
      let observation = observed[id]
      status.deliveries.append(self.status(of: id, observation, post: post, delivery: delivery, now: now))
      status.take(scheduledAt: delivery?.scheduledAt ?? observation?.scheduledAt)
      if let outcome = observation?.outcome, outcome.state.name.isOut { status.take(publishedAt: outcome.finishedAt) }
    }
    return status
  }

  /// In order: those that a post went to, and those that it is to go to.
  private func accounts(of id: PostID, _ post: DesiredPost?) -> [AccountName] {
    let known = observed.accounts(of: id)
    guard let asked = post?.accounts, !asked.allSatisfy(known.contains) else { return known }
    return Set(known).union(asked).sorted()
  }

  private func status(of id: DeliveryID, _ observation: Observation?, post: DesiredPost?, delivery: DesiredDelivery?, now: Instant)
    -> StatusRecord.Delivery
  {
    let state = state(of: id, observation, post: post, delivery: delivery, now: now)
    var next: Instant?
    if case .retrying(let instant) = state { next = instant }
    return StatusRecord.Delivery(
      account: id.account, platform: delivery?.platform ?? desired.account(id.account)?.platform ?? "", state: state.name,
      reason: state.reason(of: delivery), attempts: observation?.attempts ?? 0, nextAttemptAt: next, remote: observation?.remote,
      error: observation?.outcome?.error)
  }

  /// The state with everything taken together: what happened, and what holds it.
  private func state(of id: DeliveryID, _ observation: Observation?, post: DesiredPost?, delivery: DesiredDelivery?, now: Instant)
    -> DeliveryState
  {
    let state = observation?.state ?? .scheduled
    guard let post, state.name == .scheduled || state.name == .retrying else { return state }
    if let delivery { return hold(post, delivery, now: now).map(DeliveryState.held) ?? state }
    guard post.accounts.contains(id.account) else { return state }
    return .held(.invalid(post.problem(for: id.account) ?? "", commit: post.source.hex))
  }

  /// Where the file of a post was when it was last attempted; for a post that is gone.
  private func lastPath(of id: PostID) -> String? {
    observed.unrecorded.values.filter { $0.id.post == id }.max { $0.outcome.finishedAt < $1.outcome.finishedAt }?.intent.path
  }
}

extension StatusRecord {
  /// A post is due when the first of its deliveries is.
  fileprivate mutating func take(scheduledAt instant: Instant?) {
    if let instant { scheduledAt = scheduledAt.map { min($0, instant) } ?? instant }
  }

  fileprivate mutating func take(publishedAt instant: Instant) { publishedAt = publishedAt.map { max($0, instant) } ?? instant }
}

extension DeliveryState {
  /// Why it is held, in words.
  fileprivate func reason(of delivery: DesiredDelivery?) -> String? {
    guard case .held(let reason) = self else { return nil }
    return delivery.map { reason.text(before: $0.scheduledAt + $0.grace) } ?? reason.text
  }
}
