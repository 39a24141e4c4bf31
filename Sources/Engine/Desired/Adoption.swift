import Git
import Schedule

/// What changed between two commits, read and checked: everything that ``Desired`` needs to move on, and nothing that did not change.
struct Adoption: Sendable {
  var commit: ObjectID
  /// The version of the zone data, where all of the content was read with it.
  var tzdata: String?
  /// The zone data that was read for it.
  var zones = ZoneStamps()
  /// Settings and accounts; `nil` where they did not change.
  var catalog: Catalog?
  var posts = PostChanges()
  /// What of it a person has let go already.
  var release: BurstRelease?
  /// What validation found in the files that were read.
  var diagnostics: [Diagnostic] = []

  init(commit: ObjectID) { self.commit = commit }
}

/// What an adoption means for deliveries; decided before anything is written down.
struct AdoptionEffects: Sendable {
  /// Posts to look at: new ones, and ones whose time, account or content changed.
  var touched = Touched.posts([])
  /// Deliveries that the content no longer asks for, with the post as it last was.
  var removed: [DeliveryID: DesiredPost] = [:]
  /// Where posts lay that lie elsewhere now, or nowhere: their status files move too.
  var left: [PostID: String] = [:]

  enum Touched: Sendable {
    case posts(Set<PostID>)
    /// So many that everything is looked at.
    case everything
  }
}

extension Desired {
  /// Takes in what changed.
  ///
  /// - Parameter now: what the time may be: an instant, where the clock is believed.
  mutating func adopt(_ adoption: Adoption, at now: ClosedRange<Instant>) -> AdoptionEffects {
    let before = self
    commit = adoption.commit
    if let catalog = adoption.catalog { self.catalog = catalog }
    if let version = adoption.tzdata { (tzdata, zones) = (version, adoption.zones) } else { zones.merge(adoption.zones) }
    take(adoption.posts)
    keepDeliveries(of: adoption.posts, before: before)
    markBurst(adoption, before: before, at: now)
    noteRenames(adoption.posts, before: before)
    // A table belongs to one version of the zone data: what is left of another one in it could come back with a crash.
    if isToFold || adoption.tzdata != nil && !changes.isEmpty { fold() }
    return before.isEmpty ? AdoptionEffects(touched: .everything) : effects(of: adoption.posts, before: before)
  }

  /// A file that is invalid now, or that of its account, keeps the deliveries that it last asked for: they are held, not cancelled.
  private mutating func keepDeliveries(of posts: PostChanges, before: Desired) {
    guard !before.isEmpty else { return }
    posts.present.forEach(through: .distantPast) { post in
      guard let old = post.problem == nil && post.blocked.isEmpty ? nil : before.post(post.id) else { return }
      if post.problem == nil {
        self[post.path]?.keep(old.deliveries.filter { post.blocked.contains($0.account) })
      } else if post.deliveries.isEmpty {
        self[post.path]?.deliveries = old.deliveries
      }
    }
  }

  /// Marks what one fetch made due within an hour, or let go that was held, if that is more than the policy lets through unasked (P8).
  private mutating func markBurst(_ adoption: Adoption, before: Desired, at now: ClosedRange<Instant>) {
    let horizon = now.upperBound + .seconds(3600)
    var sudden: [(path: String, index: Int)] = []
    adoption.posts.present.forEach(through: horizon) { changed in
      guard let post = self[changed.path] else { return }
      let old = before.post(post.id)
      for (index, delivery) in post.deliveries.enumerated() where delivery.scheduledAt <= horizon {
        if let old, let was = old.deliveries.first(where: { $0.account == delivery.account }), was.scheduledAt == delivery.scheduledAt {
          if was.burst != nil { self[post.path]?.deliveries[index].burst = was.burst }
          if !old.holds(was) { continue }
        }
        guard !post.holds(delivery), delivery.scheduledAt + delivery.grace >= now.lowerBound,
          !(adoption.release?.letsGo(post.path, due: delivery.scheduledAt) ?? false)
        else { continue }
        sudden.append((post.path, index))
      }
    }
    // The very push that needs more must not be what allows it.
    guard sudden.count > min(settings.policy.burst, before.catalog?.settings.policy.burst ?? .max) else { return }
    for (path, index) in sudden { self[path]?.deliveries[index].burst = adoption.commit.hex }
  }

  private func effects(of changed: PostChanges, before: Desired) -> AdoptionEffects {
    var effects = AdoptionEffects()
    var touched: Set<PostID> = []
    changed.forEach { path, post in
      let old = before[path]
      if let old {
        note(before.post(old.id), in: &effects)
        // Of several with one id the first has the status.
        let was = before.posts(of: old.id).first?.path ?? path
        if posts(of: old.id).first?.path != was { effects.left[old.id] = was }
      }
      guard changed.count <= Self.mostChanges else { return }
      touched.formUnion([old?.id, post?.id].compactMap { $0 })
    }
    effects.touched = changed.count <= Self.mostChanges ? .posts(touched) : .everything
    return effects
  }

  /// What became of a post that was there before.
  private func note(_ old: DesiredPost?, in effects: inout AdoptionEffects) {
    guard let old else { return }
    let now = posts(of: old.id)
    let asked = now.flatMap(\.accounts)
    // What was never known to go to a platform has no end to write down.
    for gone in old.deliveries where !asked.contains(gone.account) && !gone.platform.isEmpty {
      effects.removed[DeliveryID(post: old.id, account: gone.account)] = old
    }
  }
}

extension DesiredPost {
  /// Takes over what is known of deliveries whose accounts cannot be read any more.
  fileprivate mutating func keep(_ old: [DesiredDelivery]) {
    for delivery in old {
      if let index = deliveries.firstIndex(where: { $0.account == delivery.account }) {
        if deliveries[index].platform.isEmpty { deliveries[index].platform = delivery.platform }
      } else {
        deliveries.append(delivery)
      }
    }
  }

  /// Whether a delivery stays where it is until somebody pushes something else.
  fileprivate func holds(_ delivery: DesiredDelivery) -> Bool {
    problem(for: delivery.account) != nil || delivery.suspension.map { $0.until == nil } ?? false
  }
}
