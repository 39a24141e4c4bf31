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
  /// `posts/2026/11/launch-teaser.yaml` (or `.yml`). `nil` where `path` is not the path of a post: it may come from a record that anybody wrote.
  public static func file(ofPost path: String) -> String? {
    guard case .post = ContentPath.kind(of: path), ContentPath.fault(of: path) == nil, let dot = path.utf8.lastIndex(of: UInt8(ascii: "."))
    else { return nil }
    return "status/\(path[..<dot]).json"
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
