/// A post as one state of the content asks for it: what `plan` and `status` need, and none of its words.
public struct PlannedPost: Equatable, Sendable {
  public var id: PostID
  /// From the repository's root.
  public var path: String
  /// Differs wherever the file differs.
  public var digest: String
  /// As written, with the offset where one was; `nil` where the file has errors.
  public var scheduledTime: String?
  /// None where the file has errors.
  public var deliveries: [PlannedDelivery]
  /// Every account that the file names, as far as it can be read.
  public var accounts: [AccountName]
  /// The first error: everything of the post is held.
  public var problem: String?
  /// What it says on each account that a delivery is for.
  public var said: [AccountName: Said] = [:]
  /// The post that it repeats on purpose.
  public var repeats: PostID?

  public init(
    id: PostID, path: String, digest: String, scheduledTime: String?, deliveries: [PlannedDelivery], accounts: [AccountName],
    problem: String? = nil
  ) {
    (self.id, self.path, self.digest, self.scheduledTime) = (id, path, digest, scheduledTime)
    (self.deliveries, self.accounts, self.problem) = (deliveries, accounts, problem)
  }

  /// `nil` for a file whose id cannot be read: nothing can be said about it but what `validate` says.
  public init?(_ reading: PostReading, digest: String) {
    guard let id = reading.id else { return nil }
    self.init(
      id: id, path: reading.path, digest: digest, scheduledTime: reading.post.map { "\($0.scheduledTime)\($0.offset?.description ?? "")" },
      deliveries: reading.deliveries, accounts: reading.accounts,
      problem: reading.diagnostics.first { $0.severity == .error }.map { "\($0.line):\($0.column): \($0.message)" })
    guard let post = reading.post else { return }
    for delivery in deliveries { said[delivery.id.account] = Said(post, for: delivery.id.account) }
    repeats = post.repeats
  }
}

/// All posts of one state of the content.
public struct PlanSide: Sendable {
  public let posts: [PostID: PlannedPost]
  /// Of every valid account.
  public let platforms: [AccountName: String]
  /// What it was read against; `nil` where it was not read.
  public private(set) var catalog: Catalog?

  /// Posts that share an id are held, all of them: which one is meant, nobody can say.
  public init(_ posts: some Sequence<PlannedPost>, platforms: [AccountName: String] = [:]) {
    self.platforms = platforms
    self.posts = Dictionary(posts.map { ($0.id, $0) }) { first, second in
      var first = first
      first.problem = "the id \(first.id) is also that of \(second.path); give one of them another id"
      return first
    }
  }

  private init(posts: [PostID: PlannedPost], as whole: PlanSide) {
    (self.posts, platforms, catalog) = (posts, whole.platforms, whole.catalog)
  }

  /// Some posts alone, with what the others say of them: that one of those has the same id.
  public func only(_ ids: Set<PostID>) -> PlanSide { PlanSide(posts: posts.filter { ids.contains($0.key) }, as: self) }

  public init(_ posts: some Sequence<PlannedPost>, catalog: Catalog) {
    self.init(posts, platforms: catalog.accounts.keys.reduce(into: [:]) { $0[$1] = catalog.account($1)?.platform })
    self.catalog = catalog
  }
}

extension PlannedPost {
  /// Why a delivery may not go out at `now`; `nil` where nothing holds it.
  public func hold(of account: AccountName, now: Instant) -> String? {
    if let problem { return problem }
    guard let delivery = deliveries.first(where: { $0.id.account == account }) else {
      return "the file of account \(account) has errors; run: posthorn validate"
    }
    if case .suspended(_, let until?)? = delivery.hold, until <= now { return nil }
    return delivery.hold?.text(before: delivery.deadline)
  }

  public func delivery(to account: AccountName) -> PlannedDelivery? { deliveries.first { $0.id.account == account } }
}
