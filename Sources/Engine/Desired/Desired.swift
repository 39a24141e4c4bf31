import Git
import Schedule

/// What the content at a commit asks for. It holds no captions and no media: those are read again when a delivery goes out.
struct Desired: Sendable {
  /// The commit whose content this is; `nil` before the first fetch.
  var commit: ObjectID?
  /// The version of the zone data that the instants were computed with.
  var tzdata: String
  /// Settings and accounts; `nil` before the first fetch.
  var catalog: Catalog?
  /// By path from the repository's root: `schedule/posts/2026/11/launch-teaser.yaml`.
  private(set) var posts: [String: DesiredPost] = [:]
  private var paths: [PostID: [String]] = [:]

  init(tzdata: String) { self.tzdata = tzdata }

  var settings: Settings { catalog?.settings ?? Settings() }

  /// A valid account; deliveries to one whose file has errors are held.
  func account(_ name: AccountName) -> Account? {
    catalog?.account(name)
  }

  subscript(path: String) -> DesiredPost? {
    get { posts[path] }
    set {
      if let old = posts[path], old.id != newValue?.id {
        paths[old.id]?.removeAll { $0 == path }
        if paths[old.id]?.isEmpty == true { paths[old.id] = nil }
      }
      if let newValue, posts[path]?.id != newValue.id { paths[newValue.id, default: []].append(path) }
      posts[path] = newValue
    }
  }

  /// Takes up a schedule that was saved.
  mutating func restore(_ saved: DesiredFile.Saved, catalog: Catalog) {
    commit = saved.commit
    self.catalog = catalog
    for (path, post) in saved.posts { self[path] = post }
  }

  /// The files that claim an identity; more than one is a conflict, and none of them goes out.
  func paths(of id: PostID) -> [String] { paths[id] ?? [] }

  /// The post that owns an identity, if exactly one does.
  func post(_ id: PostID) -> DesiredPost? {
    guard let found = paths[id], found.count == 1 else { return nil }
    return posts[found[0]]
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
  /// Where it goes; for a file that is invalid now, where it went when it was last valid.
  var deliveries: [DesiredDelivery]
  /// Accounts of the post whose own files have errors: what goes to them is held.
  var blocked: [AccountName]
  /// The first error of a file that is invalid; everything of it is held.
  var problem: String?

  /// Every account that the file asks for, as far as it can be read.
  var accounts: [AccountName] { deliveries.map(\.account) + blocked }
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
}

/// Held back in git.
struct Suspended: Equatable, Sendable {
  var reason: String?
  /// `nil` until the key is removed.
  var until: Instant?
}

extension Desired {
  /// Why a delivery may not go out now, as far as the content says.
  func hold(_ post: DesiredPost, _ delivery: DesiredDelivery, acknowledged: Set<String>, now: Instant) -> HoldReason? {
    if let problem = post.problem { return .invalid(problem, commit: post.source.hex) }
    let others = paths(of: post.id).filter { $0 != post.path }
    if let other = others.first {
      return .invalid("the id \(post.id) is also that of \(other); give one of them another id", commit: post.source.hex)
    }
    if let suspension = delivery.suspension, suspension.until.map({ now < $0 }) ?? true {
      return .suspended(reason: suspension.reason, until: suspension.until)
    }
    if let burst = delivery.burst, !acknowledged.contains(burst) { return .burst(commit: burst) }
    return nil
  }
}
