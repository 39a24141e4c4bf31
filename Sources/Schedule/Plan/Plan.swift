/// What going from one state of the content to another does to deliveries. Pure: both sides and what has happened are handed in.
public struct Plan: Equatable, Sendable {
  public var changes: [Change]

  public struct Change: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
      case add, reschedule, edit, cancel, hold
      /// It went out already: the change comes too late.
      case drift
    }

    public var kind: Kind
    public var post: PostID
    /// Where the file is, or was.
    public var path: String
    /// `nil` where the file is so broken that its accounts are not known.
    public var account: AccountName?
    public var from: Point?
    public var to: Point?
    /// Why it is held.
    public var reason: String?
    /// What else leaves on its account; nothing for what does not leave.
    public var neighbours = Neighbours()
  }

  /// A delivery on one side of a plan.
  public struct Point: Equatable, Sendable {
    /// As written; `nil`, as the rest, where the file has errors.
    public var scheduledTime: String?
    public var timezone: String?
    public var scheduledAt: Instant?
    public var state: DeliveryState.Name
  }

  /// What differs between two sides.
  ///
  /// - Parameters:
  ///   - observed: how deliveries have ended, or stand, so far; what is missing has not begun.
  ///   - outAt: when posts went out, for the words of what is asked for again under a new name.
  ///   - context: what stands beside the changes at the head, where `head` has only what may have changed.
  public init(
    from base: PlanSide, to head: PlanSide, observed: [DeliveryID: DeliveryState.Name], outAt: [PostID: Instant] = [:],
    beside context: PlanSide? = nil, now: Instant
  ) {
    var changes: [Change] = []
    let renames = Self.renames(from: base, to: head, observed, outAt)
    for id in Set(base.posts.keys).union(head.posts.keys) {
      let (old, new) = (base.posts[id], head.posts[id])
      guard let path = new?.path ?? old?.path else { continue }
      for account in Self.accounts(old, new) {
        let pair = Pair(id: id, account: account, old: old, new: new, observed: observed, now: now)
        guard let kind = pair.kind else { continue }
        var change = Change(
          kind: kind, post: id, path: path, account: account, from: pair.from, to: pair.to, reason: kind == .hold ? pair.reason : nil)
        if let new, let account, old?.said[account] != new.said[account], [.add, .reschedule, .edit].contains(kind),
          let renamed = Self.renamed(new, on: account, among: renames)
        {
          (change.kind, change.reason) = (.hold, HoldReason.renamed(renamed).text)
          change.to?.state = .held
        }
        changes.append(change)
      }
    }
    Self.holdBurst(in: &changes, from: base, to: head, now: now)
    let timetable = Timetable(of: context ?? head, accounts: Set(changes.compactMap(\.account)), observed: observed)
    for (index, change) in changes.enumerated() {
      guard let account = change.account, let instant = change.to?.scheduledAt, change.to?.state.isStillToGo == true else { continue }
      changes[index].neighbours = timetable.neighbours(of: change.post, on: account, at: instant)
    }
    self.changes = changes.sorted { Self.order($0) < Self.order($1) }
  }

  /// Everything that is still to go out.
  public init(pending side: PlanSide, observed: [DeliveryID: DeliveryState.Name], now: Instant) {
    self.init(from: PlanSide([]), to: side, observed: observed, now: now)
    changes = changes.compactMap { change in
      guard let account = change.account else { return change }
      let delivery = side.posts[change.post]?.delivery(to: account)
      // Too late to go out, recorded or not.
      if let delivery, now > delivery.scheduledAt + delivery.grace, change.kind == .add, change.to?.state == .scheduled { return nil }
      guard change.kind != .drift, change.to?.state.isStillToGo == true else { return nil }
      var change = change
      change.kind = .add
      return change
    }
  }

  /// What went out, or may have, and is no longer asked for under its name, or with its words.
  private static func renames(
    from base: PlanSide, to head: PlanSide, _ observed: [DeliveryID: DeliveryState.Name], _ outAt: [PostID: Instant]
  ) -> RenameSearch {
    let earlierNames = base.catalog.flatMap { head.catalog?.earlierNames(since: $0) } ?? [:]
    var search = RenameSearch(earlierNames: earlierNames)
    for (id, post) in base.posts {
      for delivery in post.deliveries {
        guard let said = post.said[delivery.id.account], head.posts[id]?.said[delivery.id.account] != said,
          let standing = observed[delivery.id].flatMap({ Renamed.Standing($0, at: outAt[id]) })
        else { continue }
        search.add(.init(id: delivery.id, said: said, scheduledAt: delivery.scheduledAt, standing: standing, isMove: true))
      }
    }
    return search
  }

  private static func renamed(_ post: PlannedPost, on account: AccountName, among renames: RenameSearch) -> Renamed? {
    guard !renames.isEmpty, let delivery = post.delivery(to: account), let said = post.said[account] else { return nil }
    return renames.renamed(delivery.id, said, at: delivery.scheduledAt, repeats: post.repeats)
  }

  /// Holds what one push makes due within an hour where that is more than the policy lets through: what allowed more must not come with it.
  private static func holdBurst(in changes: inout [Change], from base: PlanSide, to head: PlanSide, now: Instant) {
    guard let before = base.catalog, let after = head.catalog else { return }
    let limit = min(before.settings.policy.burst, after.settings.policy.burst)
    let sudden = changes.indices.filter { index in
      let change = changes[index]
      guard [.add, .reschedule].contains(change.kind), change.to?.state == .scheduled, let account = change.account,
        let delivery = head.posts[change.post]?.delivery(to: account)
      else { return false }
      return delivery.scheduledAt <= now + .seconds(3600) && delivery.deadline >= now
    }
    guard sudden.count > limit else { return }
    for index in sudden {
      changes[index].kind = .hold
      changes[index].to?.state = .held
      changes[index].reason =
        "\(sudden.count) deliveries become due within an hour, and policy.burst lets \(limit) through at once; once it is pushed, posthorn status "
        + "names the commit to let go: posthorn resume --burst COMMIT"
    }
  }

  /// A file without readable accounts is one thing that is held.
  private static func accounts(_ old: PlannedPost?, _ new: PlannedPost?) -> [AccountName?] {
    let named = Set(old?.accounts ?? []).union(new?.accounts ?? [])
    return named.isEmpty ? [nil] : named.sorted()
  }

  private static func order(_ change: Change) -> (Instant, PostID, String) {
    (change.to?.scheduledAt ?? change.from?.scheduledAt ?? .distantFuture, change.post, change.account?.text ?? "")
  }
}

/// One delivery on both sides.
private struct Pair {
  let from: Plan.Point?
  let to: Plan.Point?
  let reason: String?
  private let isSameFile: Bool

  init(
    id: PostID, account: AccountName?, old: PlannedPost?, new: PlannedPost?, observed: [DeliveryID: DeliveryState.Name], now: Instant
  ) {
    let observed = account.flatMap { observed[DeliveryID(post: id, account: $0)] }
    from = old.flatMap { Self.point(account, of: $0, observed, now) }
    var to = new.flatMap { Self.point(account, of: $0, observed, now) }
    // What was called off goes out after all once its file is back.
    if from == nil, to?.state == .cancelled { to?.state = .scheduled }
    // What failed, was missed or was cancelled goes out after all once its time is changed.
    if let before = from?.scheduledAt, let after = to?.scheduledAt, before != after, let state = to?.state, state.isFinal, !state.isOut {
      to?.state = .scheduled
    }
    self.to = to
    reason = new.flatMap { post in account.map { post.hold(of: $0, now: now) } ?? post.problem }
    isSameFile = old?.digest == new?.digest
  }

  /// What happens to it; `nil` for nothing.
  var kind: Plan.Change.Kind? {
    guard let to else { return from.flatMap { $0.state.isStillToGo ? .cancel : nil } }
    guard let from else { return to.state.isOut ? .drift : to.state == .held ? .hold : .add }
    let isMoved = from.scheduledAt != to.scheduledAt
    guard isMoved || !isSameFile || from.state != to.state else { return nil }
    if to.state.isOut { return isMoved || !isSameFile ? .drift : nil }
    if to.state == .held { return .hold }
    if from.state == .held { return .add }
    return isMoved ? .reschedule : .edit
  }

  private static func point(
    _ account: AccountName?, of post: PlannedPost, _ observed: DeliveryState.Name?, _ now: Instant
  ) -> Plan.Point? {
    guard let account else {
      return post.problem == nil ? nil : Plan.Point(scheduledTime: nil, timezone: nil, scheduledAt: nil, state: .held)
    }
    guard post.accounts.contains(account) else { return nil }
    let delivery = post.delivery(to: account)
    var state = observed ?? .scheduled
    if state.isStillToGo, post.hold(of: account, now: now) != nil { state = .held } else if state == .held { state = .scheduled }
    return Plan.Point(
      scheduledTime: delivery.flatMap { _ in post.scheduledTime }, timezone: delivery?.timezone, scheduledAt: delivery?.scheduledAt,
      state: state)
  }
}

extension DeliveryState.Name {
  /// It has not left yet, not even perhaps: it can still be changed, held and called off.
  public var isStillToGo: Bool { self == .scheduled || self == .retrying || self == .held }
}

extension Plan {
  /// The object of `--format json`, with ids of commits, or nothing for the work tree.
  ///
  /// - Parameters:
  ///   - base: where the other two parted.
  ///   - onto: what `head` is merged into.
  public func json(base: String?, onto: String?, head: String?) -> JSON {
    ["base": JSON(base), "onto": JSON(onto), "head": JSON(head), "changes": .array(changes.map(\.json))]
  }
}

extension Plan.Change {
  var json: JSON {
    [
      "post": .string(post.text), "path": .string(path), "account": JSON(account?.text), "change": .string(kind.rawValue),
      "from": from?.json ?? .null, "to": to?.json ?? .null,
    ]
  }
}

extension Plan.Point {
  var json: JSON {
    [
      "scheduled_time": JSON(scheduledTime), "timezone": JSON(timezone), "scheduled_at": JSON(scheduledAt),
      "state": .string(state.rawValue),
    ]
  }
}
