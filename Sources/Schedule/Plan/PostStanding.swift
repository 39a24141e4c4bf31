/// A post with where it stands: what the content asks for, joined with what was recorded.
public struct PostStanding: Sendable {
  public var status: StatusRecord
  /// The zone of its time; `nil` where its file is gone or cannot be read.
  public var timezone: String?
  /// As its file has it; `nil` where its file is gone or cannot be read.
  public var scheduledTime: String?
  public var grace: Duration
  /// When each delivery is due: accounts may have zones of their own.
  private var dues: [AccountName: Instant] = [:]

  /// All posts of `side`, and those that only have a record, by time. A post that nothing has happened to has no record yet.
  public static func all(of side: PlanSide, recorded: [StatusRecord], now: Instant) -> [PostStanding] {
    var records = Dictionary(recorded.map { ($0.post, $0) }) { first, second in
      // A file that was moved may have left its old record behind for a moment.
      side.posts[first.post]?.path == first.path ? first : second
    }
    var standings = side.posts.values.map { PostStanding($0, side, recorded: records.removeValue(forKey: $0.id), now: now) }
    standings += records.values.map { PostStanding(status: $0, timezone: nil, grace: Settings().grace) }
    return standings.sorted { $0.order < $1.order }
  }

  private init(_ post: PlannedPost, _ side: PlanSide, recorded: StatusRecord?, now: Instant) {
    let accounts = Set(post.accounts).union(recorded?.deliveries.map(\.account) ?? [])
    let deliveries = accounts.sorted().map { account in
      Self.delivery(to: account, post, side, recorded: recorded, now: now)
    }
    let first = post.deliveries.min { $0.scheduledAt < $1.scheduledAt }
    self.init(
      status: StatusRecord(
        post: post.id, path: post.path, scheduledAt: first?.scheduledAt ?? recorded?.scheduledAt, publishedAt: recorded?.publishedAt,
        deliveries: deliveries, reason: deliveries.isEmpty ? post.problem : nil), timezone: first?.timezone,
      scheduledTime: post.scheduledTime, grace: first?.grace ?? Settings().grace)
    for delivery in post.deliveries { dues[delivery.id.account] = delivery.scheduledAt }
  }

  private init(status: StatusRecord, timezone: String?, scheduledTime: String? = nil, grace: Duration) {
    (self.status, self.timezone, self.scheduledTime, self.grace) = (status, timezone, scheduledTime, grace)
  }

  /// What was recorded, as long as it is true: a hold is asked of the content, and a changed time arms again what had failed.
  private static func delivery(
    to account: AccountName, _ post: PlannedPost, _ side: PlanSide, recorded: StatusRecord?, now: Instant
  ) -> StatusRecord.Delivery {
    let before = recorded?.deliveries.first { $0.account == account }
    var delivery = before ?? .init(account: account, platform: side.platforms[account] ?? "", state: .scheduled)
    guard post.accounts.contains(account) else { return delivery }
    let planned = post.delivery(to: account)
    let isMoved = planned.map { recorded?.scheduledAt != nil && recorded?.scheduledAt != $0.scheduledAt } ?? false
    let isBack = planned.map { delivery.state == .cancelled && now <= $0.scheduledAt + $0.grace } ?? false
    switch delivery.state {
    case .cancelled where isBack: delivery = .init(account: account, platform: delivery.platform, state: .scheduled)
    case .failed, .missed, .cancelled: if isMoved { delivery = .init(account: account, platform: delivery.platform, state: .scheduled) }
    case .held where planned != nil && Self.isOfContent(delivery.reason):
      delivery.state = .scheduled
      delivery.reason = nil
    default: break
    }
    if [.scheduled, .retrying, .held].contains(delivery.state), let hold = post.hold(of: account, now: now) {
      delivery.state = .held
      delivery.reason = delivery.reason ?? hold
    }
    return delivery
  }

  /// A hold that the content alone decides; the others (a login, the clock) only the daemon knows of.
  private static func isOfContent(_ reason: String?) -> Bool {
    reason.map { $0.hasPrefix("suspended") || $0.hasPrefix("invalid") } ?? true
  }

  private var order: (Instant, PostID) { (status.scheduledAt ?? .distantFuture, status.post) }
}

extension PostStanding {
  /// Deliveries that are past their deadline at `now`: somebody, or the daemon, should have moved them on.
  public func stuck(at now: Instant) -> [StatusRecord.Delivery] { status.deliveries.filter { isStuck($0, at: now) } }

  private func isStuck(_ delivery: StatusRecord.Delivery, at now: Instant) -> Bool {
    guard let due = dues[delivery.account] ?? status.scheduledAt else { return delivery.state == .inDoubt }
    switch delivery.state {
    case .inDoubt: return true
    case .scheduled, .publishing: return now > due + grace
    // A pass, and the push of its record, may take a minute.
    case .retrying: return now > (delivery.nextAttemptAt ?? due + grace) + .seconds(60)
    // The longest that a platform takes to look at a post.
    case .submitted: return now > due + grace + .seconds(86_400)
    case .held: return now > due
    case .published, .delivered, .failed, .missed, .cancelled: return false
    }
  }
}
