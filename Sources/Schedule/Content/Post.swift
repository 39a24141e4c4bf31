/// What one file under `posts/` says, typed and checked on its own; whether its accounts exist is the repository's question.
public struct Post: Equatable, Sendable {
  public var id: PostID
  /// The wall-clock time as written, `2026-11-27T09:00`, and the offset where one was given to tell two occurrences apart.
  public var scheduledTime: WallClock
  public var offset: Offset?
  /// The zone as written; `nil` takes the account's, then the settings'.
  public var timezone: String?
  public var accounts: [AccountName]
  public var title: String?
  public var caption: String?
  public var media: [Media]
  /// By platform name.
  public var options: [String: Options]
  public var overrides: [AccountName: Overrides]
  /// `nil` takes the settings' grace.
  public var grace: Duration?
  public var suspension: Suspension?
  /// The post that went out already and that this one is meant to repeat.
  public var repeats: PostID?

  public init(id: PostID, scheduledTime: WallClock, accounts: [AccountName]) {
    self.id = id
    self.scheduledTime = scheduledTime
    self.accounts = accounts
    media = []
    options = [:]
    overrides = [:]
  }

  /// What differs for one account.
  public struct Overrides: Equatable, Sendable {
    public var title: String?
    public var caption: String?
    public var media: [Media]?
    public var options: Options?

    public init() {}
  }
}

/// A file that a post refers to.
public struct Media: Equatable, Sendable {
  public enum Source: Equatable, Sendable {
    /// Relative to the content folder: `media/teaser.mp4`.
    case path(String)
    case url(String)
  }
  /// In one post; no platform takes more.
  static let most = 100

  public var source: Source
  /// A description for people who cannot see it.
  public var alt: String?

  public init(source: Source, alt: String? = nil) {
    self.source = source
    self.alt = alt
  }
}

/// Platform options, by key, typed by the platform's schema.
public typealias Options = [String: OptionValue]

public enum OptionValue: Equatable, Sendable {
  case flag(Bool)
  case number(Int)
  case text(String)
  case duration(Duration)
}

/// Why a post or an account is held back, and until when.
public struct Suspension: Equatable, Sendable {
  public var reason: String?
  /// A wall-clock time in the post's zone (an account's: in the account's); `nil` until the key is removed.
  public var until: WallClock?

  public init(reason: String? = nil, until: WallClock? = nil) {
    self.reason = reason
    self.until = until
  }
}
