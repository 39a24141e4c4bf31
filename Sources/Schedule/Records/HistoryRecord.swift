/// How one attempt of a delivery ended: a file under `history/`, written once and never changed.
public struct HistoryRecord: Equatable, Sendable {
  public var post: PostID
  /// The post's file at the time, as the repository names it.
  public var path: String
  public var account: AccountName
  public var platform: String
  /// Counted from 1. A delivery that ends without one (missed, cancelled) has the number that its next attempt would have had.
  public var attempt: Int
  public var outcome: DeliveryState.Name
  public var scheduledAt: Instant
  /// As written, with the offset where one was.
  public var scheduledTime: WallClock
  public var offset: Offset?
  public var timezone: String
  /// The version of tzdata that made the instant of wall clock and zone.
  public var tzdata: String
  /// `nil` where nothing was started.
  public var startedAt: Instant?
  public var finishedAt: Instant
  public var nextAttemptAt: Instant?
  /// The delivery's key: the same for all attempts of one arming.
  public var key: String
  /// Hexadecimal SHA-256 of what was to be published.
  public var contentSHA256: String
  public var media: [MediaDigest] = []
  public var remote: Remote?
  /// Its `retryAfter` is not recorded: `nextAttemptAt` says what came of it.
  public var error: DeliveryError?
  public var source: Source
  public var host: String
  /// The id of the state directory that recorded it.
  public var incarnation: String
  /// Of posthorn.
  public var version: String
  /// The person whose word it is, where it is no attempt of ours: that what ended before it is tried again (``outcome`` `retrying`), or how
  /// what was in doubt has ended.
  public var saidBy: String?
  /// `nil` in what was recorded before there were seals, and in what somebody else wrote.
  public var seal: Seal?

  public init(
    post: PostID, path: String, account: AccountName, platform: String, attempt: Int, outcome: DeliveryState.Name, scheduledAt: Instant,
    scheduledTime: WallClock, offset: Offset? = nil, timezone: String, tzdata: String, startedAt: Instant? = nil, finishedAt: Instant,
    nextAttemptAt: Instant? = nil, key: String, contentSHA256: String, media: [MediaDigest] = [], remote: Remote? = nil,
    error: DeliveryError? = nil, source: Source, host: String, incarnation: String, version: String
  ) {
    self.post = post
    self.path = path
    self.account = account
    self.platform = platform
    self.attempt = attempt
    self.outcome = outcome
    self.scheduledAt = scheduledAt
    self.scheduledTime = scheduledTime
    self.offset = offset
    self.timezone = timezone
    self.tzdata = tzdata
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.nextAttemptAt = nextAttemptAt
    self.key = key
    self.contentSHA256 = contentSHA256
    self.media = media
    self.remote = remote
    self.error = error
    self.source = source
    self.host = host
    self.incarnation = incarnation
    self.version = version
  }
}

extension HistoryRecord {
  /// The record's file below the content folder: `history/2026/11/27/launch-teaser/acme.1.json`, the date being that of
  /// ``scheduledAt`` in UTC.
  public var file: String { Self.file(of: DeliveryID(post: post, account: account), attempt: attempt, scheduledAt: scheduledAt) }

  public static func file(of delivery: DeliveryID, attempt: Int, scheduledAt: Instant) -> String {
    "\(folder(ofDay: scheduledAt))/\(delivery.post)/\(delivery.account).\(attempt).json"
  }

  /// The folder below the content folder that attempts are in that were due on the day of an instant, in UTC: `history/2026/11/27`.
  public static func folder(ofDay instant: Instant) -> String {
    "history/\(folder(of: WallClock(secondsOnWall: instant.seconds).date))"
  }

  /// `2026/11/27`
  private static func folder(of date: CivilDate) -> String {
    String(unsafeUninitializedCapacity: 10) { buffer in
      var text = DigitWriter(buffer)
      text.write(date, between: "/")
      return text.count
    }
  }

  /// More than anybody makes: whoever commits a record with a larger number does not get to choose the next one.
  public static let mostAttempts = 1_000_000

  /// Which attempt a file below the content folder is about; `nil` where it is none of a history file.
  public static func attempt(ofFile file: some StringProtocol) -> AttemptID? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "history", let post = PostID(parts[4]) else { return nil }
    return AttemptID(of: post, inFile: parts[5])
  }

  public var json: JSON { value() }

  /// The file: what ``JSON/bytes()`` makes of ``json``.
  public func bytes() -> [UInt8] { valueBytes() }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    let time = try reader.scheduledTime()
    self.init(
      post: try reader.post("post"), path: try reader.text("path"), account: try reader.account("account"),
      platform: try reader.text("platform"), attempt: try reader.attempt(), outcome: try reader.state("outcome"),
      scheduledAt: try reader.instant("scheduled_at"), scheduledTime: time.clock, offset: time.offset,
      timezone: try reader.text("timezone"), tzdata: try reader.text("tzdata"), startedAt: try reader.optionalInstant("started_at"),
      finishedAt: try reader.instant("finished_at"), nextAttemptAt: try reader.optionalInstant("next_attempt_at"),
      key: try reader.text("key"), contentSHA256: try reader.text("content_sha256"),
      media: try reader.media(), remote: try reader.remote("remote"), error: try reader.failure("error"), source: try reader.source(),
      host: try reader.text("host"), incarnation: try reader.text("incarnation"), version: try reader.text("version"))
    saidBy = try reader.optionalText("said_by")
    guard saidBy == nil || [.retrying, .published, .failed].contains(outcome) else {
      throw reader.error("said_by", "stands in a record that ended as \(outcome.rawValue)")
    }
    seal = Seal(of: json)
  }
}

extension HistoryRecord {
  /// Whether a person says by it that something is sent again.
  public var isRetryWord: Bool { saidBy != nil && outcome == .retrying }
}

extension AttemptID {
  /// What the name of a file says, `acme.1.json`, in a folder of the post.
  init?(of post: PostID, inFile name: some StringProtocol) {
    guard name.hasSuffix(".json") else { return nil }
    let stem = name.dropLast(".json".count)
    guard let dot = stem.lastIndex(of: "."), let account = AccountName(stem[..<dot]), let number = Int(stem[stem.index(after: dot)...])
    else { return nil }
    self.init(delivery: DeliveryID(post: post, account: account), number: number)
  }
}

extension HistoryRecord: JSONForm {
  func add(to members: inout some Members & ~Copyable) {
    members.add("account", account.text)
    members.add("attempt", attempt)
    members.add("content_sha256", contentSHA256)
    members.add("error", error)
    members.add("finished_at", finishedAt)
    members.add("host", host)
    members.add("incarnation", incarnation)
    members.add("key", key)
    members.add("media", media)
    members.add("next_attempt_at", nextAttemptAt)
    members.add("outcome", outcome.rawValue)
    members.add("path", path)
    members.add("platform", platform)
    members.add("post", post.text)
    members.add("remote", remote)
    if let saidBy { members.add("said_by", saidBy) }
    members.add("scheduled_at", scheduledAt)
    members.add("scheduled_time", offset.map { "\(scheduledTime)\($0)" } ?? scheduledTime.description)
    members.add("schema", 1)
    if let seal { members.add("seal", seal) }
    members.add("source", source)
    members.add("started_at", startedAt)
    members.add("timezone", timezone)
    members.add("tzdata", tzdata)
    members.add("version", version)
  }
}
