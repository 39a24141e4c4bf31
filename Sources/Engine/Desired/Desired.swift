import Git
import Schedule

/// What the content at a commit asks for. It holds no captions and no media: those are read again when a delivery goes out.
struct Desired: Sendable {
  /// The commit whose content this is; `nil` before the first fetch.
  var commit: ObjectID?
  /// The version of the zone data that the instants were computed with.
  var tzdata: String
  /// The data themselves, as far as they were asked for.
  var zones = ZoneStamps()
  /// Settings and accounts; `nil` before the first fetch.
  var catalog: Catalog? { didSet { edition += 1 } }
  /// The posts at an earlier commit, and those that are not as it has them, by path from the repository's root:
  /// `schedule/posts/2026/11/launch-teaser.yaml`.
  private(set) var base = PostTable()
  private(set) var baseCommit: ObjectID?
  private(set) var changes: [String: DesiredPost?] = [:]
  private var changedPaths: [PostID: Set<String>] = [:]
  /// Another one after every change of a post, of the settings or of an account.
  private(set) var edition = 0

  init(tzdata: String) { self.tzdata = tzdata }

  var settings: Settings { catalog?.settings ?? Settings() }

  /// A valid account; deliveries to one whose file has errors are held.
  func account(_ name: AccountName) -> Account? {
    catalog?.account(name)
  }

  subscript(path: String) -> DesiredPost? {
    get { changes[path] ?? base[path] }
    set {
      edition += 1
      if let old = changes[path] ?? nil { changedPaths[old.id]?.remove(path) }
      changes.updateValue(newValue, forKey: path)
      if let newValue { changedPaths[newValue.id, default: []].insert(path) }
    }
  }

  /// Takes up a schedule that was saved.
  mutating func restore(_ saved: DesiredFile.Saved, catalog: Catalog) {
    edition += 1
    (commit, self.catalog, base, baseCommit) = (saved.commit, catalog, saved.base, saved.baseCommit)
    zones = saved.zones
    saved.changes.forEach { self[$0] = $1 }
  }

  /// The files that claim an identity; more than one is a conflict, and none of them goes out.
  func posts(of id: PostID) -> [DesiredPost] {
    var posts = base.posts(of: id)
    guard !changes.isEmpty || posts.count > 1 else { return posts }
    posts.removeAll { changes[$0.path] != nil }
    for path in changedPaths[id] ?? [] { if let post = self[path] { posts.append(post) } }
    return posts.sorted { $0.path < $1.path }
  }

  /// The post that owns an identity, if exactly one does.
  func post(_ id: PostID) -> DesiredPost? {
    let posts = posts(of: id)
    return posts.count == 1 ? posts[0] : nil
  }

  /// Every post; it costs what is stored.
  func forEach(_ body: (DesiredPost) throws -> Void) rethrows {
    try base.forEach { if changes[$0.path] == nil { try body($0) } }
    for case let post? in changes.values { try body(post) }
  }

  /// Every post that has something to go out at `limit` or before, or is held or may be; it costs a look at each that is stored.
  func forEach(through limit: Instant, _ body: (DesiredPost) throws -> Void) rethrows {
    try base.forEach(through: limit) { if changes[$0.path] == nil { try body($0) } }
    for case let post? in changes.values { try body(post) }
  }

  func delivery(_ id: DeliveryID) -> (post: DesiredPost, delivery: DesiredDelivery)? {
    guard let post = post(id.post), let delivery = post.deliveries.first(where: { $0.account == id.account }) else { return nil }
    return (post, delivery)
  }
}

/// One file under `posts/`.
struct DesiredPost: Equatable, Sendable {
  var path: String
  var id: PostID
  var blob: ObjectID
  /// The commit through which this content was first seen.
  var source: ObjectID
  /// Where it goes; for a file that is invalid now, or that of its account, where it went when it was last valid.
  var deliveries: [DesiredDelivery]
  /// Accounts of the post whose own files have errors: what goes to them is held. It is among the deliveries where its time is known.
  var blocked: [AccountName]
  /// The first error of a file that is invalid; everything of it is held.
  var problem: String?
  /// The post that it repeats on purpose.
  var repeats: PostID?

  /// Every account that the file asks for, as far as it can be read.
  var accounts: [AccountName] {
    let known = deliveries.map(\.account)
    return known + blocked.filter { !known.contains($0) }
  }

  /// What is wrong with the file, or with that of the account.
  func problem(for account: AccountName) -> String? {
    problem ?? (blocked.contains(account) ? "the file of account \(account) has errors; run: posthorn validate" : nil)
  }
}

/// One delivery that the content asks for.
struct DesiredDelivery: Equatable, Sendable {
  var account: AccountName
  var platform: String
  var scheduledAt: Instant
  /// The zone that the post's wall-clock time was read in.
  var timezone: String
  var grace: Duration
  var suspension: Suspended?
  /// The commit whose fetch made too much due at once.
  var burst: String?
  /// What it says to those who read it.
  var said: Said
  /// The deliveries that it is under a new name, if they went out.
  var renames: [Renaming] = []
}

/// A delivery that nobody asks for any more under its name, as one that is asked for under another remembers it.
struct Renaming: Equatable, Sendable {
  var old: DeliveryID
  var scheduledAt: Instant
  /// Whether one adoption took the old name away and brought the new one.
  var isMove: Bool
}

/// Held back in git.
struct Suspended: Equatable, Sendable {
  var reason: String?
  /// `nil` until the key is removed.
  var until: Instant?
}

extension Desired {
  var isEmpty: Bool { base.count == 0 && changes.isEmpty }

  /// Takes in the posts that changed. Few are kept beside the table; many make another one.
  mutating func take(_ posts: PostChanges) {
    if isEmpty {
      edition += 1
      (base, baseCommit) = (posts.present, commit)
    } else if posts.count + changes.count <= Self.mostChanges {
      posts.forEach { self[$0] = $1 }
    } else {
      fold(posts)
    }
  }

  /// Makes another table of everything.
  mutating func fold(_ posts: PostChanges = PostChanges()) {
    edition += 1
    var table = PostTable(names: base.names, capacity: base.count + posts.present.count)
    posts.present.forEach { table.add($0) }
    let gone = Set(posts.gone)
    for case (let path, let post?) in changes where !gone.contains(path) && table[path] == nil { table.add(post) }
    table.add(base, except: gone.union(changes.keys))
    (base, baseCommit, changes, changedPaths) = (table, commit, [:], [:])
  }

  /// Whether the table was made with the commit that was adopted last, and something is not as it has it.
  var isToFold: Bool { !changes.isEmpty && (baseCommit == commit || changes.count > Self.mostChanges) }

  /// What is kept beside the table is written anew with each commit that is adopted.
  static let mostChanges = 1000

  /// Why a delivery may not go out now, as far as the content says.
  func hold(_ post: DesiredPost, _ delivery: DesiredDelivery, acknowledged: Set<String>, now: Instant) -> HoldReason? {
    if post.problem == nil, let other = posts(of: post.id).first(where: { $0.path != post.path }) {
      return .invalid("the id \(post.id) is also that of \(other.path); give one of them another id", commit: post.source.hex)
    }
    return Self.ownHold(post, delivery, acknowledged: acknowledged, now: now)
  }

  /// The same for a post that is known to be the only one of its id, as whatever ``delivery(_:)`` finds.
  static func ownHold(_ post: DesiredPost, _ delivery: DesiredDelivery, acknowledged: Set<String>, now: Instant) -> HoldReason? {
    if let problem = post.problem(for: delivery.account) { return .invalid(problem, commit: post.source.hex) }
    if let suspension = delivery.suspension, suspension.until.map({ now < $0 }) ?? true {
      return .suspended(reason: suspension.reason, until: suspension.until)
    }
    if let burst = delivery.burst, !acknowledged.contains(burst) { return .burst(commit: burst) }
    return nil
  }
}
