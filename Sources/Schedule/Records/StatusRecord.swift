/// Where a post and its deliveries stand: a file under `status/posts/`, replaced as things happen.
public struct StatusRecord: Equatable, Sendable {
  public var post: PostID
  /// The post's file, as the repository names it.
  public var path: String
  /// `nil` where the post is held because its time cannot be read.
  public var scheduledAt: Instant?
  /// When the last of its deliveries went out; `nil` until one has.
  public var publishedAt: Instant?
  public var deliveries: [Delivery]
  /// Why the post is held, where its file is so broken that its accounts are not known.
  public var reason: String?

  public init(
    post: PostID, path: String, scheduledAt: Instant?, publishedAt: Instant? = nil, deliveries: [Delivery], reason: String? = nil
  ) {
    self.reason = reason
    self.post = post
    self.path = path
    self.scheduledAt = scheduledAt
    self.publishedAt = publishedAt
    self.deliveries = deliveries
  }

  public struct Delivery: Equatable, Sendable {
    public var account: AccountName
    public var platform: String
    public var state: DeliveryState.Name
    /// Why it is held, or what else a person should know.
    public var reason: String?
    /// How many attempts there have been.
    public var attempts: Int
    public var nextAttemptAt: Instant?
    public var remote: Remote?
    /// The last one.
    public var error: DeliveryError?

    public init(
      account: AccountName, platform: String, state: DeliveryState.Name, reason: String? = nil, attempts: Int = 0,
      nextAttemptAt: Instant? = nil, remote: Remote? = nil, error: DeliveryError? = nil
    ) {
      self.account = account
      self.platform = platform
      self.state = state
      self.reason = reason
      self.attempts = attempts
      self.nextAttemptAt = nextAttemptAt
      self.remote = remote
      self.error = error
    }
  }

  /// Derived from the deliveries each time; the file's own `state` is for its readers.
  public var state: PostState { PostState(deliveries.map(\.state)) }
}

extension StatusRecord {
  /// The status file of a post's file, both below the content folder: `status/posts/2026/11/launch-teaser.json` for
  /// `posts/2026/11/launch-teaser.yaml`. `nil` where `path` is not the path of a post: it may come from a record that anybody wrote.
  ///
  /// No two posts have one file, and none lies where another one needs a folder: the ending `.yml` stays (`x.yml.json`), and what would look
  /// like such a name, or a folder like a status file, gets a `_` (`x.yml.yaml` is `x.yml_.json`, and below `a.json/` is below `a.json_/`).
  public static func file(ofPost path: String) -> String? {
    guard case .post = ContentPath.kind(of: path), ContentPath.fault(of: path) == nil, let dot = path.utf8.lastIndex(of: UInt8(ascii: "."))
    else { return nil }
    // What nearly all are, told in one look.
    guard isShort(path[dot...]) || path.utf8.count(where: { $0 == UInt8(ascii: ".") }) > 1 else {
      return "status/\(path[..<dot]).json"
    }
    var parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    let name = parts.removeLast()
    let stem = name.utf8.dropLast(path[dot...].utf8.count)
    let file = isShort(path[dot...]) ? name : escaped(String(Substring(stem)), likeEnding: ".yml")
    return (["status"] + parts.map { escaped($0, likeEnding: ".json") } + ["\(file).json"]).joined(separator: "/")
  }

  /// Where earlier versions kept the status of a post: of one that ends in `.yml`, in the file of the one that ends in `.yaml`.
  public static func earlierFile(ofPost path: String) -> String? {
    guard let file = file(ofPost: path), let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let earlier = "status/\(path[..<dot]).json"
    return earlier.utf8.elementsEqual(file.utf8) ? nil : earlier
  }

  /// The post whose status file `file` is, both below the content folder.
  public static func post(ofFile file: String) -> String? {
    guard ContentPath.isBelow("status", file), file.utf8.suffix(5).elementsEqual(".json".utf8) else { return nil }
    var parts = ContentPath.inside("status", file).utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    guard let name = parts.popLast().map({ String(Substring($0.utf8.dropLast(5))) }) else { return nil }
    let isShort = name.utf8.suffix(4).elementsEqual(".yml".utf8)
    let post = isShort ? name : unescaped(name, likeEnding: ".yml") + ".yaml"
    let path = (parts.map { unescaped($0, likeEnding: ".json") } + [post]).joined(separator: "/")
    // What is no post's file has no post.
    return Self.file(ofPost: path).map { $0.utf8.elementsEqual(file.utf8) } == true ? path : nil
  }

  private static func unescaped(_ name: String, likeEnding ending: String) -> String {
    let shorter = String(Substring(name.utf8.dropLast()))
    return name.utf8.last == UInt8(ascii: "_") && escaped(shorter, likeEnding: ending) != shorter ? shorter : name
  }

  private static func isShort(_ ending: Substring) -> Bool { ending.utf8.elementsEqual(".yml".utf8) }

  /// `name` with one `_` more where it ends in `ending` and any number of them.
  private static func escaped(_ name: String, likeEnding ending: String) -> String {
    let marks = name.utf8.reversed().prefix { $0 == UInt8(ascii: "_") }.count
    return name.utf8.dropLast(marks).suffix(ending.utf8.count).elementsEqual(ending.utf8) ? name + "_" : name
  }

  public var json: JSON { value() }

  /// The file: what ``JSON/bytes()`` makes of ``json``.
  public func bytes() -> [UInt8] { valueBytes() }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    self.init(
      post: try reader.post("post"), path: try reader.text("path"), scheduledAt: try reader.optionalInstant("scheduled_at"),
      publishedAt: try reader.optionalInstant("published_at"),
      deliveries: try reader.list("deliveries") { item throws(RecordError) in try Delivery(item) },
      reason: try reader.optionalText("reason"))
  }
}

extension StatusRecord.Delivery {
  var json: JSON { value() }

  init(_ reader: RecordReader) throws(RecordError) {
    self.init(
      account: try reader.account("account"), platform: try reader.text("platform"), state: try reader.state("state"),
      reason: try reader.optionalText("reason"), attempts: try reader.number("attempts"),
      nextAttemptAt: try reader.optionalInstant("next_attempt_at"), remote: try reader.remote("remote"), error: try reader.failure("error"))
    guard attempts >= 0 else { throw reader.error("attempts", "is \(attempts), and attempts count from 0") }
  }
}

extension StatusRecord: JSONForm {
  func add(to members: inout some Members & ~Copyable) {
    members.add("deliveries", deliveries)
    members.add("path", path)
    members.add("post", post.text)
    members.add("published_at", publishedAt)
    if let reason { members.add("reason", reason) }
    members.add("scheduled_at", scheduledAt)
    members.add("schema", 1)
    members.add("state", state.rawValue)
  }
}

extension StatusRecord.Delivery: JSONForm {
  func add(to members: inout some Members & ~Copyable) {
    members.add("account", account.text)
    members.add("attempts", attempts)
    members.add("error", error)
    members.add("next_attempt_at", nextAttemptAt)
    members.add("platform", platform)
    members.add("reason", reason)
    members.add("remote", remote)
    members.add("state", state.rawValue)
  }
}
