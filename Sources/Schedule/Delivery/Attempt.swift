/// What an attempt is about to do, written down before it does anything: the facts that its record will need.
public struct Intent: Equatable, Sendable {
  /// Counted from 1 over the whole life of the delivery.
  public var attempt: Int
  /// The same for all attempts of one arming.
  public var key: String
  /// The post's file, from the repository's root: `schedule/posts/2026/11/launch-teaser.yaml`.
  public var path: String
  public var platform: String
  public var scheduledAt: Instant
  /// The wall-clock as written, with its offset if it had one, and the zone it was read in.
  public var scheduledTime: WallClock
  public var offset: Offset?
  public var timezone: String
  public var tzdata: String
  public var contentSHA256: String
  public var media: [MediaDigest]
  public var source: Source
  public var startedAt: Instant

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

/// How an attempt ended.
public struct Outcome: Equatable, Sendable {
  /// `published`, `delivered`, `retrying`, `failed`, `in_doubt`, `missed` or `cancelled`; `submitted` is not an end.
  public var state: DeliveryState
  public var finishedAt: Instant
  public var remote: Remote?
  public var error: DeliveryError?

  public init(state: DeliveryState, finishedAt: Instant, remote: Remote? = nil, error: DeliveryError? = nil) {
    self.state = state
    self.finishedAt = finishedAt
    self.remote = remote
    self.error = error
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
