import Git
import Schedule

/// What changed between two commits, read and checked: everything that ``Desired`` needs to move on, and nothing that did not change.
struct Adoption: Sendable {
  var commit: ObjectID
  /// The version of the zone data, where all of the content was read with it.
  var tzdata: String?
  /// Settings and accounts; `nil` where they did not change.
  var catalog: Catalog?
  /// By path; `nil` is a file that is gone.
  var posts: [String: DesiredPost?] = [:]
  /// What validation found in the files that were read.
  var diagnostics: [Diagnostic] = []

  init(commit: ObjectID) { self.commit = commit }
}

/// What an adoption means for deliveries; decided before anything is written down.
struct AdoptionEffects: Sendable {
  /// Deliveries to look at: new ones, and ones whose time, account or content changed.
  var touched: Set<DeliveryID> = []
  /// Deliveries that the content no longer asks for, with the post as it last was.
  var removed: [DeliveryID: DesiredPost] = [:]
  /// Posts that lie elsewhere now: their status files move too.
  var moved: [(id: PostID, from: String)] = []
}

extension Desired {
  /// Takes in what changed.
  mutating func adopt(_ adoption: Adoption, now: Instant) -> AdoptionEffects {
    commit = adoption.commit
    if let catalog = adoption.catalog { self.catalog = catalog }
    if let version = adoption.tzdata { tzdata = version }
    var before: [PostID: DesiredPost] = [:]
    for (path, post) in adoption.posts {
      for id in [posts[path]?.id, post?.id].compactMap({ $0 }) where before[id] == nil { before[id] = self.post(id) }
    }
    for (path, post) in adoption.posts { self[path] = post.map { keepingDeliveries($0, before: before[$0.id]) } }
    markBurst(adoption, before: before, now: now)
    return effects(before: before, affected: Set(before.keys).union(adoption.posts.values.compactMap { $0?.id }))
  }

  /// A file that is invalid now keeps the deliveries that it last asked for: they are held, not cancelled.
  private func keepingDeliveries(_ post: DesiredPost, before: DesiredPost?) -> DesiredPost {
    guard post.problem != nil, post.deliveries.isEmpty, let before else { return post }
    var post = post
    post.deliveries = before.deliveries
    return post
  }

  /// Marks what one fetch made due within an hour, if that is more than the policy lets through unasked (P8).
  private mutating func markBurst(_ adoption: Adoption, before: [PostID: DesiredPost], now: Instant) {
    let horizon = now + .seconds(3600)
    var sudden: [(path: String, index: Int)] = []
    for path in adoption.posts.keys {
      guard let post = self[path] else { continue }
      for (index, delivery) in post.deliveries.enumerated() where delivery.scheduledAt <= horizon {
        let old = before[post.id]?.deliveries.first { $0.account == delivery.account }
        if let old, old.scheduledAt == delivery.scheduledAt {
          self[path]?.deliveries[index].burst = old.burst
        } else if delivery.scheduledAt + delivery.grace >= now {
          sudden.append((path, index))
        }
      }
    }
    guard sudden.count > settings.policy.burst else { return }
    for (path, index) in sudden { self[path]?.deliveries[index].burst = adoption.commit.hex }
  }

  private func effects(before: [PostID: DesiredPost], affected: Set<PostID>) -> AdoptionEffects {
    var effects = AdoptionEffects()
    for id in affected {
      let old = before[id]
      let new = post(id)
      if new != nil || !paths(of: id).isEmpty {
        let asked = Set(paths(of: id).flatMap { posts[$0]?.accounts ?? [] })
        effects.touched.formUnion(asked.map { DeliveryID(post: id, account: $0) })
        if let old {
          for gone in old.deliveries where !asked.contains(gone.account) {
            effects.removed[DeliveryID(post: id, account: gone.account)] = old
          }
          if let new, new.path != old.path { effects.moved.append((id, old.path)) }
        }
      } else if let old {
        for gone in old.deliveries { effects.removed[DeliveryID(post: id, account: gone.account)] = old }
      }
    }
    return effects
  }
}
