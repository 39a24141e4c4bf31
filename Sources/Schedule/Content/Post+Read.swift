import YAML

/// A post as it was read, and where in the file stands what the repository has a say in.
struct PostDraft {
  var id: PostID?
  /// Where the id stands; the whole file where it is the file's stem.
  var idSpan = Span.wholeFile
  var scheduledTime: (node: NodeID, clock: WallClock, offset: Offset?)?
  var zone: Zone?
  /// A zone is given, even if it is one that nobody knows.
  var hasZone = false
  var accounts: [(node: NodeID, item: AccountName)] = []
  var title: String?
  var caption: String?
  var media: [Media] = []
  /// The key of the first of caption, title and media that is there.
  var contentName: NodeID?
  /// In the order of the file.
  var platforms: [(node: NodeID, name: String)] = []
  var options: [String: Options] = [:]
  var overrides: [AccountName: Post.Overrides] = [:]
  var grace: Duration?
  var suspension: Suspension?
  /// Where it stands.
  var suspensionNode: NodeID?
  var repeats: PostID?

  /// The post, where nothing that every post needs is missing.
  var post: Post? {
    guard let id, let scheduledTime else { return nil }
    var post = Post(id: id, scheduledTime: scheduledTime.clock, accounts: accounts.map(\.item))
    post.offset = scheduledTime.offset
    post.timezone = zone?.name
    post.title = title
    post.caption = caption
    post.media = media
    post.options = options
    post.overrides = overrides
    post.grace = grace
    post.suspension = suspension
    post.repeats = repeats
    return post
  }
}

extension ContentReader {
  /// Reads one post's file; the checks that need the whole catalog come after it.
  mutating func draft(_ root: NodeID, stem: String, _ catalog: Catalog) -> PostDraft {
    var draft = PostDraft()
    let fields = fields(of: root, PostKey.self, of: "a post")
    for field in fields { read(field.key, field.value, into: &draft, catalog) }
    draft.contentName = [.caption, .title, .media].lazy.compactMap { key in fields.first { $0.key == key }?.name }.first
    for key in [PostKey.scheduledTime, .accounts] where !fields.contains(where: { $0.key == key }) {
      report(.keyMissing, at: .wholeFile, "a post needs the key \"\(key.rawValue)\"", hint: "for example \(key.example)")
    }
    if !fields.contains(where: { $0.key == .id }) { takeID(fromStem: stem, &draft) }
    if let overrides = fields.first(where: { $0.key == .overrides }) { checkOverrides(overrides.value, draft) }
    return draft
  }

  private mutating func read(_ key: PostKey, _ value: NodeID, into draft: inout PostDraft, _ catalog: Catalog) {
    let what = key.rawValue
    switch key {
    case .id: draft.id = id(value, &draft)
    case .scheduledTime: draft.scheduledTime = wallClock(value, what).map { (value, $0.clock, $0.offset) }
    case .timezone:
      draft.hasZone = true
      draft.zone = zone(value, what, in: catalog.zones)
    case .accounts: draft.accounts = accounts(value)
    case .title: draft.title = prose(value, what)
    case .caption: draft.caption = prose(value, what)
    case .media: draft.media = media(value, what, in: catalog.media)
    case .options: draft.options = platformOptions(value, &draft, catalog)
    case .overrides: draft.overrides = overrides(value, catalog)
    case .grace: draft.grace = duration(value, what)
    case .suspend:
      draft.suspension = suspension(value, what)
      draft.suspensionNode = value
    case .repeats: draft.repeats = postID(value, what)
    }
  }

  private mutating func id(_ node: NodeID, _ draft: inout PostDraft) -> PostID? {
    draft.idSpan = document[node].span
    return postID(node, "id")
  }

  private mutating func postID(_ node: NodeID, _ what: String) -> PostID? {
    guard let text = text(node, what) else { return nil }
    let id = PostID(text)
    if id == nil { report(.idFormat, at: node, "\(quoted(text)) cannot be an id", hint: identifierForm) }
    return id
  }

  private mutating func takeID(fromStem stem: String, _ draft: inout PostDraft) {
    draft.id = PostID(stem)
    guard draft.id == nil else { return }
    report(
      .idFormat, at: .wholeFile, "the file's name \(quoted(stem)) cannot be an id",
      hint: "rename the file, or give the post an \"id\": \(identifierForm)")
  }

  private mutating func accounts(_ node: NodeID) -> [(node: NodeID, item: AccountName)] {
    guard let found = list(node, "accounts", { reader, item in reader.accountName(item, "an item of accounts") }) else { return [] }
    if document[node].isChildless {
      report(.valueMissing, at: node, "accounts is empty; the post would go nowhere", hint: "name at least one account, or remove the file")
    }
    return found
  }

  private mutating func platformOptions(_ node: NodeID, _ draft: inout PostDraft, _ catalog: Catalog) -> [String: Options] {
    guard isMapping(node, "options") else { return [:] }
    var found: [String: Options] = [:]
    for (name, value) in document.entries(of: node) {
      let platform = document.string(name)
      guard let schema = catalog.platforms[platform] else {
        let names = catalog.platforms.keys.sorted()
        report(
          .platformUnknown, at: name, "no platform is called \(quoted(platform))\(Spelling.question(platform, among: names))",
          hint: "platforms are \(names.joined(separator: ", "))")
        continue
      }
      draft.platforms.append((name, platform))
      found[platform] = options(value, "options.\(platform)", keys: schema.options, of: platform)
    }
    return found
  }

  private mutating func overrides(_ node: NodeID, _ catalog: Catalog) -> [AccountName: Post.Overrides] {
    guard isMapping(node, "overrides") else { return [:] }
    var found: [AccountName: Post.Overrides] = [:]
    for (name, value) in document.entries(of: node) {
      guard let account = accountName(name, "a key of overrides") else { continue }
      let what = "overrides.\(account)"
      guard isMapping(value, what) else { continue }
      var overrides = Post.Overrides()
      for field in fields(of: value, OverrideKey.self, of: "an item of overrides") {
        let what = "\(what).\(field.key.rawValue)"
        switch field.key {
        case .title: overrides.title = prose(field.value, what)
        case .caption: overrides.caption = prose(field.value, what)
        case .media: overrides.media = media(field.value, what, in: catalog.media)
        case .options:
          // Of an account that does not exist, or is invalid, nobody can say which options it has.
          guard case .valid(let entry, _) = catalog.accounts[account], let schema = catalog.platforms[entry.platform] else { continue }
          overrides.options = options(field.value, what, keys: schema.options, of: schema.name)
        }
      }
      found[account] = overrides
    }
    return found
  }

  private mutating func checkOverrides(_ node: NodeID?, _ draft: PostDraft) {
    guard let node else { return }
    let accounts = Set(draft.accounts.map(\.item))
    for (name, _) in document.entries(of: node) where !isFull {
      guard let account = AccountName(document.string(name)), !accounts.contains(account) else { continue }
      let names = draft.accounts.map(\.item.text)
      report(
        .overrideAccount, at: name,
        "the post does not go to account \(quoted(account.text))\(Spelling.question(account.text, among: names))",
        hint: "an override is for one of the post's accounts\(names.isEmpty ? "" : ": \(names.prefix(20).joined(separator: ", "))")")
    }
  }
}

private enum PostKey: String, CaseIterable {
  case scheduledTime = "scheduled_time"
  case timezone, accounts, title, caption, media, options, overrides, grace, suspend, id, repeats

  var example: String {
    self == .accounts ? "accounts: [acme]" : "scheduled_time: 2026-11-27T09:00"
  }
}

private enum OverrideKey: String, CaseIterable {
  case title, caption, media, options
}
