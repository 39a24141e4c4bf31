/// What leaves on some accounts, in order of time: which deliveries stand next to each other.
struct Timetable {
  private var entries: [AccountName: [Entry]] = [:]

  private struct Entry {
    var instant: Instant
    var post: PostID
  }

  /// - Parameter observed: what ended without going out stands next to nothing.
  init(of side: PlanSide, accounts: Set<AccountName>, observed: [DeliveryID: DeliveryState.Name]) {
    for post in side.posts.values {
      for delivery in post.deliveries where accounts.contains(delivery.id.account) {
        let state = observed[delivery.id] ?? .scheduled
        guard !state.isFinal || state.isOut else { continue }
        entries[delivery.id.account, default: []].append(Entry(instant: delivery.scheduledAt, post: post.id))
      }
    }
    for account in entries.keys { entries[account]?.sort { ($0.instant, $0.post) < ($1.instant, $1.post) } }
  }

  /// The nearest before and after, and what leaves at the same instant.
  func neighbours(of post: PostID, on account: AccountName, at instant: Instant) -> Plan.Neighbours {
    let entries = entries[account] ?? []
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].instant < instant { low = middle + 1 } else { high = middle }
    }
    let others = entries[low...].prefix { $0.instant == instant }
    let after = entries.dropFirst(low + others.count).first { $0.post != post }
    let before = entries.prefix(low).last { $0.post != post }
    return Plan.Neighbours(
      before: before.map { .init(post: $0.post, distance: instant - $0.instant) },
      after: after.map { .init(post: $0.post, distance: $0.instant - instant) },
      simultaneous: others.map(\.post).filter { $0 != post })
  }
}

extension Plan {
  /// What else leaves on a delivery's account.
  public struct Neighbours: Equatable, Sendable {
    public var before: Neighbour?
    public var after: Neighbour?
    /// Posts that leave at the same instant: a conflict.
    public var simultaneous: [PostID] = []

    public struct Neighbour: Equatable, Sendable {
      public var post: PostID
      /// How far away it is, never negative.
      public var distance: Duration
    }
  }
}
