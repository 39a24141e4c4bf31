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

    public init(posts: [PostID: String], bytes: @escaping (String) -> [UInt8]?) { (self.posts, self.bytes) = (posts, bytes) }
  }

  public init(_ reading: ImportReading, folder: String, catalog: Catalog, existing: Existing, now: Instant) {
    diagnostics = reading.diagnostics
    refused = Set(reading.diagnostics.map { "\($0.path):\($0.line)" }).count
    var reader = ContentReader()
    var taken: [String: ImportedPost] = [:]
    for var post in reading.posts {
      if !post.hasOwnID { post.text.id = Self.free(post.text.id, taken) }
      var found = Self.conflict(post, taken[post.text.id], folder, existing)
      taken[post.text.id] = taken[post.text.id] ?? post
      let path = "\(folder)/\(post.text.file)"
      let bytes = Array(post.text.text.utf8)
      let isThere = existing.bytes(path) == bytes
      // What is there already was new once, and may have gone out.
      let checked = catalog.read(bytes, at: path, with: &reader, newAt: isThere ? nil : now)
      found += checked.diagnostics.map(post.moved)
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

  /// The id with a number behind it, where another post of the import has it.
  private static func free(_ id: String, _ taken: [String: ImportedPost]) -> String {
    guard taken[id] != nil else { return id }
    let number = (2...(taken.count + 2)).first { taken["\(id)-\($0)"] == nil } ?? taken.count + 2
    return "\(id)-\(number)"
  }
}
