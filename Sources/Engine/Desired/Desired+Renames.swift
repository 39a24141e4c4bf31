import Schedule

/// What is asked for again under another name. It costs what changed: an adoption takes names away, and brings others.
extension Desired {
  /// Notes of each delivery that is new by its name or by its words which ones that are gone it may be. Whether these went out is asked when it
  /// is due.
  mutating func noteRenames(_ posts: PostChanges, before: Desired) {
    guard !before.isEmpty else { return }
    let search = gone(posts, before: before)
    posts.present.forEach { changed in
      guard let post = self[changed.path] else { return }
      let old = before.posts(of: post.id).flatMap(\.deliveries)
      for (index, delivery) in post.deliveries.enumerated() {
        let known = old.first { $0.account == delivery.account }
        let renames =
          known?.said == delivery.said
          ? (known?.renames ?? []).filter { $0.holds(for: delivery, of: post) } : search.renames(of: delivery, in: post)
        if !renames.isEmpty { self[post.path]?.deliveries[index].renames = renames }
      }
    }
  }

  /// Notes what was found elsewhere.
  mutating func note(_ renames: [Renaming], of id: DeliveryID) {
    guard let post = post(id.post), let index = post.deliveries.firstIndex(where: { $0.account == id.account }) else { return }
    self[post.path]?.deliveries[index].renames = renames
  }

  /// Whether any file asks for it, a valid one or not.
  func asks(for id: DeliveryID) -> Bool { posts(of: id.post).contains { $0.accounts.contains(id.account) } }

  /// What an adoption takes away, or what says something else from now on. Of each it is taken for possible that it went out, and what was held
  /// because it was another one goes on being that.
  private func gone(_ posts: PostChanges, before: Desired) -> RenameSearch {
    var search = RenameSearch(earlierNames: earlierNames(since: before))
    posts.forEach { path, _ in
      guard let old = before[path] else { return }
      let now = self.posts(of: old.id)
      for delivery in old.deliveries {
        let current = now.flatMap(\.deliveries).first { $0.account == delivery.account }
        guard current.map({ $0.said != delivery.said }) ?? !now.contains(where: { $0.accounts.contains(delivery.account) }) else {
          continue
        }
        let id = DeliveryID(post: old.id, account: delivery.account)
        for (id, instant) in [(id, delivery.scheduledAt)] + delivery.renames.map({ ($0.old, $0.scheduledAt) }) {
          search.add(.init(id: id, said: delivery.said, scheduledAt: instant, standing: .underWay, isMove: true))
        }
      }
    }
    return search
  }

  private func earlierNames(since before: Desired) -> [AccountName: [AccountName]] {
    guard let catalog, let old = before.catalog, catalog !== old else { return [:] }
    return catalog.earlierNames(since: old)
  }
}

extension RenameSearch {
  func renames(of delivery: DesiredDelivery, in post: DesiredPost) -> [Renaming] {
    let id = DeliveryID(post: post.id, account: delivery.account)
    return olds(of: id, delivery.said, at: delivery.scheduledAt, repeats: post.repeats).prefix(Self.mostOlds).map {
      Renaming(old: $0.id, scheduledAt: $0.scheduledAt, isMove: $0.isMove)
    }
  }

  /// So many old names of one delivery are kept: those at its own instant come first.
  private static var mostOlds: Int { 16 }
}

extension Renaming {
  /// Whether it stays so after an edit that leaves the words: not where somebody says that it is meant, nor at another instant, unless one
  /// change brought it.
  fileprivate func holds(for delivery: DesiredDelivery, of post: DesiredPost) -> Bool {
    post.repeats != old.post && (isMove || delivery.scheduledAt == scheduledAt)
  }
}
