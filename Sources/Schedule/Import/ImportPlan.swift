import YAML

/// What an import would write, checked as `validate` checks it, and told in the terms of the file that it comes from.
public struct ImportPlan: Sendable {
  public private(set) var items: [Item] = []
  /// Sorted by place.
  public private(set) var diagnostics: [Diagnostic]
  /// How many posts are left out, because they have errors.
  public private(set) var refused = 0

  public struct Item: Sendable {
    public var post: ImportedPost
    /// The post's file, from the repository's root.
    public var path: String
    /// When it goes out, at first.
    public var scheduledAt: Instant?
    public var timezone: String?
    /// The file is there already, and says the same.
    public var isThere: Bool
  }

  /// What the repository has already.
  public struct Existing {
    /// The path of every post, by its id.
    public var posts: [PostID: String]
    /// The bytes of the file at a path; `nil` where there is none.
    public var bytes: (String) -> [UInt8]?
    /// The same posts by what they say.
    public var words: KnownWords

    public init(posts: [PostID: String], words: KnownWords = KnownWords(), bytes: @escaping (String) -> [UInt8]?) {
      (self.posts, self.words, self.bytes) = (posts, words, bytes)
    }
  }

  public init(_ reading: ImportReading, folder: String, catalog: Catalog, existing: Existing, now: Instant) {
    diagnostics = reading.diagnostics
    refused = Set(reading.diagnostics.map { "\($0.path):\($0.line)" }).count
    var reader = ContentReader()
    var taken: [String: ImportedPost] = [:]
    var words = existing.words
    let chosen = Set(reading.posts.filter(\.hasOwnID).map(\.text.id))
    for var post in reading.posts {
      let draft = Self.read(post, folder, catalog, with: &reader)
      let known = words.take(draft, id: post.hasOwnID ? PostID(post.text.id) : nil, hasMore: post.hasMore)
      if !post.hasOwnID {
        post.text.id =
          known?.id.text ?? Self.free(post.text.id) { taken[$0] == nil && !chosen.contains($0) && !existing.has($0, post, folder) }
      }
      var found = known == nil || taken[post.text.id] != nil ? Self.conflict(post, taken[post.text.id], folder, existing) : []
      taken[post.text.id] = taken[post.text.id] ?? post
      let path = known?.path ?? "\(folder)/\(post.text.file)"
      let bytes = Array(post.text.text.utf8)
      let isThere = known != nil || existing.bytes(path) == bytes
      // What is there already was new once, and may have gone out.
      let checked = catalog.read(bytes, at: path, with: &reader, newAt: isThere ? nil : now)
      found += checked.diagnostics.map(post.moved)
      if !isThere { found += Self.moved(post, checked) }
      diagnostics += found
      guard !found.contains(where: { $0.severity == .error }) else {
        refused += 1
        continue
      }
      let first = checked.deliveries.min { $0.scheduledAt < $1.scheduledAt }
      items.append(Item(post: post, path: path, scheduledAt: first?.scheduledAt, timezone: first?.timezone, isThere: isThere))
    }
    diagnostics.sort()
  }

  /// Two posts of one import, or one of the repository, with the same id.
  private static func conflict(_ post: ImportedPost, _ other: ImportedPost?, _ folder: String, _ existing: Existing) -> [Diagnostic] {
    let place = post.places["id"] ?? post.span
    if let other {
      let there = other.source == post.source ? "line \(other.line)" : other.source
      return [
        Diagnostic(
          .idDuplicate, at: place, of: post.source, "the id \(quoted(post.text.id)) is also that of \(there)",
          hint: "give one of them another id")
      ]
    }
    let path = "\(folder)/\(post.text.file)"
    let there = PostID(post.text.id).flatMap { existing.posts[$0] } ?? (existing.bytes(path) == nil ? nil : path)
    guard let there, there != path || existing.bytes(path) != Array(post.text.text.utf8) else { return [] }
    return [
      Diagnostic(
        .idDuplicate, at: place, of: post.source, "the id \(quoted(post.text.id)) is also that of \(there), which says something else",
        hint: "an import changes no post; edit that file, or give this one another id")
    ]
  }

  private static func read(_ post: ImportedPost, _ folder: String, _ catalog: Catalog, with reader: inout ContentReader) -> PostReading {
    catalog.read(Array(post.text.text.utf8), at: "\(folder)/\(post.text.file)", with: &reader)
  }

  /// A row of an export that leaves its zone to its accounts, where these have other ones here.
  private static func moved(_ post: ImportedPost, _ reading: PostReading) -> [Diagnostic] {
    guard let exported = post.exportedFor, let first = reading.deliveries.map(\.scheduledAt).min(), first != exported else { return [] }
    return [
      Diagnostic(
        .zoneMissing, at: post.places["scheduled_time"] ?? post.span, of: post.source,
        "it was exported for \(exported), and would go out at \(first) here, as its accounts have other zones",
        hint: "give the row a timezone, or a row to each of its accounts; where the time is a new one, empty the cell scheduled_at")
    ]
  }

  /// The id, or the first one with a number behind it that is free.
  private static func free(_ id: String, isFree: (String) -> Bool) -> String {
    if isFree(id) { return id }
    var number = 2
    while !isFree("\(id)-\(number)") { number += 1 }
    return "\(id)-\(number)"
  }
}

extension ImportPlan.Existing {
  /// Whether a post has this id, or a file is where a post with it would be.
  fileprivate func has(_ id: String, _ post: ImportedPost, _ folder: String) -> Bool {
    var text = post.text
    text.id = id
    return PostID(id).map { posts[$0] != nil } ?? false || bytes("\(folder)/\(text.file)") != nil
  }
}
