import Git
import Schedule

extension Engine {
  /// What the status file of a post says now; `nil` for a post that nothing is known of.
  func status(of id: PostID, now: Instant) -> StatusRecord? {
    let post = desired.posts(of: id).first
    let accounts = Set(observed.accounts(of: id)).union(post?.accounts ?? [])
    guard let path = post?.path ?? lastPath(of: id, accounts) else { return nil }
    let deliveries = accounts.sorted().map { status(of: DeliveryID(post: id, account: $0), post: post, now: now) }
    return StatusRecord(
      post: id, path: path, scheduledAt: accounts.compactMap { scheduledAt(DeliveryID(post: id, account: $0), post) }.min(),
      publishedAt: accounts.compactMap { publishedAt(DeliveryID(post: id, account: $0)) }.max(), deliveries: deliveries,
      reason: deliveries.isEmpty ? post?.problem : nil)
  }

  private func status(of id: DeliveryID, post: DesiredPost?, now: Instant) -> StatusRecord.Delivery {
    let observation = observed[id]
    let delivery = post?.deliveries.first { $0.account == id.account }
    let state = state(of: id, post: post, delivery: delivery, now: now)
    var next: Instant?
    if case .retrying(let instant) = state { next = instant }
    return StatusRecord.Delivery(
      account: id.account, platform: delivery?.platform ?? desired.account(id.account)?.platform ?? "", state: state.name,
      reason: state.reason, attempts: observation?.attempts ?? 0, nextAttemptAt: next, remote: observation?.remote,
      error: observation?.outcome?.error)
  }

  /// The state with everything taken together: what happened, and what holds it.
  private func state(of id: DeliveryID, post: DesiredPost?, delivery: DesiredDelivery?, now: Instant) -> DeliveryState {
    let state = observed[id]?.state ?? .scheduled
    guard let post, state.name == .scheduled || state.name == .retrying else { return state }
    if let delivery { return hold(post, delivery, now: now).map(DeliveryState.held) ?? state }
    guard post.accounts.contains(id.account) else { return state }
    let reason = post.problem ?? "the file of account \(id.account) has errors"
    return .held(.invalid(reason, commit: post.source.hex))
  }

  private func scheduledAt(_ id: DeliveryID, _ post: DesiredPost?) -> Instant? {
    post?.deliveries.first { $0.account == id.account }?.scheduledAt ?? observed[id]?.scheduledAt
  }

  private func publishedAt(_ id: DeliveryID) -> Instant? {
    guard let outcome = observed[id]?.outcome, outcome.state.name.isOut else { return nil }
    return outcome.finishedAt
  }

  /// Where the file of a post was when it was last attempted; for a post that is gone.
  private func lastPath(of id: PostID, _ accounts: Set<AccountName>) -> String? {
    observed.unrecorded.values.filter { $0.id.post == id }.max { $0.outcome.finishedAt < $1.outcome.finishedAt }?.intent.path
  }
}

extension DeliveryState {
  /// Why it is held, in words.
  fileprivate var reason: String? {
    guard case .held(let reason) = self else { return nil }
    return reason.text
  }
}
