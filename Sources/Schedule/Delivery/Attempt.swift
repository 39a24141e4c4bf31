/// What an attempt is about to do, written down before it does anything: the facts that its record will need.
///
/// It never changes, and is shared by all who need it on the way from here to the record.
public final class Intent: Equatable, Sendable {
  /// Counted from 1 over the whole life of the delivery.
  public let attempt: Int
  /// The same for all attempts of one arming.
  public let key: String
  /// The post's file, from the repository's root: `schedule/posts/2026/11/launch-teaser.yaml`.
  public let path: String
  public let platform: String
  public let scheduledAt: Instant
  /// The wall-clock as written, with its offset if it had one, and the zone it was read in.
  public let scheduledTime: WallClock
  public let offset: Offset?
  public let timezone: String
  public let tzdata: String
  public let contentSHA256: String
  public let media: [MediaDigest]
  public let source: Source
  public let startedAt: Instant

  public init(
    attempt: Int, key: String, path: String, platform: String, scheduledAt: Instant, scheduledTime: WallClock, offset: Offset? = nil,
    timezone: String,
    tzdata: String, contentSHA256: String, media: [MediaDigest], source: Source, startedAt: Instant
  ) {
    self.attempt = attempt
    self.key = key
    self.path = path
    self.platform = platform
    self.scheduledAt = scheduledAt
    self.scheduledTime = scheduledTime
    self.offset = offset
    self.timezone = timezone
    self.tzdata = tzdata
    self.contentSHA256 = contentSHA256
    self.media = media
    self.source = source
    self.startedAt = startedAt
  }

  /// The same for another attempt.
  public func repeated(as attempt: Int, at instant: Instant) -> Intent {
    Intent(
      attempt: attempt, key: key, path: path, platform: platform, scheduledAt: scheduledAt, scheduledTime: scheduledTime, offset: offset,
      timezone: timezone, tzdata: tzdata, contentSHA256: contentSHA256, media: media, source: source, startedAt: instant)
  }

  /// Whether the journal would say the same.
  public static func == (left: Intent, right: Intent) -> Bool { left === right || left.bytes == right.bytes }

  private var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(self)
    return writer.bytes
  }
}

/// Where a delivery's content came from.
public struct Source: Equatable, Sendable {
  /// The commit through which this content was first seen, and the post's file in it; object ids in hexadecimal.
  public var commit: String
  public var blob: String
  /// `Name <address>`, as the commit says.
  public var author: String
  public var committer: String

  public init(commit: String, blob: String, author: String, committer: String) {
    self.commit = commit
    self.blob = blob
    self.author = author
    self.committer = committer
  }
}

/// A file that went out with a delivery; `sha256` is `nil` where the platform fetched a URL itself.
public struct MediaDigest: Equatable, Sendable {
  /// Below the content folder, or a URL.
  public var path: String
  public var sha256: String?

  public init(path: String, sha256: String?) {
    self.path = path
    self.sha256 = sha256
  }
}

/// How an attempt ended. As its ``Intent``, it never changes and is shared.
public final class Outcome: Equatable, Sendable {
  /// `published`, `delivered`, `retrying`, `failed`, `in_doubt`, `missed` or `cancelled`; `submitted` is not an end.
  public let state: DeliveryState
  public let finishedAt: Instant
  public let remote: Remote?
  public let error: DeliveryError?

  public init(state: DeliveryState, finishedAt: Instant, remote: Remote? = nil, error: DeliveryError? = nil) {
    self.state = state
    self.finishedAt = finishedAt
    self.remote = remote
    self.error = error
  }

  public static func == (left: Outcome, right: Outcome) -> Bool {
    left === right
      || (left.state, left.finishedAt, left.remote, left.error) == (right.state, right.finishedAt, right.remote, right.error)
  }
}

/// An attempt that has ended: what its history file says.
public struct Attempt: Equatable, Sendable {
  public var id: DeliveryID
  public var intent: Intent
  public var outcome: Outcome

  public init(id: DeliveryID, intent: Intent, outcome: Outcome) {
    self.id = id
    self.intent = intent
    self.outcome = outcome
  }
}
