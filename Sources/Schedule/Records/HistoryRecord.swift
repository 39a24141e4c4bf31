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
    let date = WallClock(secondsOnWall: scheduledAt.seconds).description.prefix(10).replacing("-", with: "/")
    return "history/\(date)/\(delivery.post)/\(delivery.account).\(attempt).json"
  }

  /// More than anybody makes: whoever commits a record with a larger number does not get to choose the next one.
  public static let mostAttempts = 1_000_000

  public var json: JSON {
    [
      "schema": 1, "post": .string(post.text), "path": .string(path), "account": .string(account.text), "platform": .string(platform),
      "attempt": JSON(attempt), "outcome": .string(outcome.rawValue), "scheduled_at": JSON(scheduledAt),
      "scheduled_time": .string(scheduledTime.description + (offset?.description ?? "")), "timezone": .string(timezone),
      "tzdata": .string(tzdata), "started_at": JSON(startedAt), "finished_at": JSON(finishedAt), "next_attempt_at": JSON(nextAttemptAt),
      "key": .string(key), "content_sha256": .string(contentSHA256),
      "media": .array(media.map { ["path": .string($0.path), "sha256": JSON($0.sha256)] }), "remote": remote?.json ?? .null,
      "error": error?.json ?? .null,
      "source": [
        "commit": .string(source.commit), "blob": .string(source.blob), "author": .string(source.author),
        "committer": .string(source.committer),
      ],
      "host": .string(host), "incarnation": .string(incarnation), "version": .string(version),
    ]
  }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    let time = try reader.required("scheduled_time", "a time such as 2026-11-27T09:00") { json throws(RecordError) in
      // Why it is not a time does not matter to whoever reads a record that a program wrote.
      json.string.flatMap { try? WallClock.parse($0) }
    }
    let source = try reader.nested("source")
    self.init(
      post: try reader.post("post"), path: try reader.text("path"), account: try reader.account("account"),
      platform: try reader.text("platform"), attempt: try reader.number("attempt"), outcome: try reader.state("outcome"),
      scheduledAt: try reader.instant("scheduled_at"), scheduledTime: time.clock, offset: time.offset,
      timezone: try reader.text("timezone"), tzdata: try reader.text("tzdata"), startedAt: try reader.optionalInstant("started_at"),
      finishedAt: try reader.instant("finished_at"), nextAttemptAt: try reader.optionalInstant("next_attempt_at"),
      key: try reader.text("key"), contentSHA256: try reader.text("content_sha256"),
      media: try reader.list("media") { item throws(RecordError) in
        MediaDigest(path: try item.text("path"), sha256: try item.optionalText("sha256"))
      },
      remote: try reader.remote("remote"), error: try reader.failure("error"),
      source: Source(
        commit: try source.text("commit"), blob: try source.text("blob"), author: try source.text("author"),
        committer: try source.text("committer")),
      host: try reader.text("host"), incarnation: try reader.text("incarnation"), version: try reader.text("version"))
    guard (1...Self.mostAttempts).contains(attempt) else {
      throw reader.error("attempt", "is \(attempt), and attempts count from 1 to \(Self.mostAttempts)")
    }
  }
}
