/// What a post is to whoever keeps it in a sheet: equal ones are one post, whatever their ids are and however their files are written.
public struct PostWords: Hashable, Sendable {
  private let accounts: [String]
  private let instants: [Instant]
  private let title: String
  private let caption: String
  private let media: [String]

  /// `nil` for what cannot go out.
  public init?(_ reading: PostReading) {
    guard let post = reading.post else { return nil }
    accounts = post.accounts.map(\.text).sorted()
    instants = reading.deliveries.sorted { $0.id < $1.id }.map(\.scheduledAt)
    (title, caption) = (post.title ?? "", post.caption ?? "")
    media = post.media.flatMap { [$0.source.text, $0.alt ?? ""] }
  }
}

/// The posts that a repository has, by what they say.
public struct KnownWords {
  private var posts: [PostWords: [(id: PostID, path: String, more: String)]] = [:]

  public init() {}

  public mutating func add(_ reading: PostReading) {
    guard let words = PostWords(reading), let post = reading.post else { return }
    posts[words, default: []].append((post.id, reading.path, Self.more(post)))
  }

  /// Takes out one that says what a row says.
  ///
  /// - Parameters:
  ///   - id: the one that it has to be, where the row has an id.
  ///   - hasMore: whether the row says what is beside its columns, too.
  mutating func take(_ reading: PostReading, id: PostID?, hasMore: Bool) -> (id: PostID, path: String)? {
    guard let words = PostWords(reading), let post = reading.post else { return nil }
    let place = posts[words]?.firstIndex { known in
      (id == nil || known.id == id) && (!hasMore || known.more == Self.more(post))
    }
    guard let place, let known = posts[words]?.remove(at: place) else { return nil }
    return (known.id, known.path)
  }

  private static func more(_ post: Post) -> String { post.more?.compactText() ?? "" }
}
