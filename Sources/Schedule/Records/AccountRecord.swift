/// What the last account sync saw: the file `status/accounts/NAME.json`, replaced by each sync. Never a token.
public struct AccountRecord: Equatable, Sendable {
  public var account: AccountName
  public var platform: String
  /// When all but ``error`` was seen: the last sync that succeeded; `nil` until one has.
  public var syncedAt: Instant?
  public var profile: Profile
  public var counts: Counts
  /// What the platform lets this account publish; `nil` where it does not say.
  public var creator: Creator?
  /// `nil` without a login.
  public var token: Token?
  /// Why the last sync failed; `nil` where it succeeded.
  public var error: DeliveryError?

  public init(
    account: AccountName, platform: String, syncedAt: Instant?, profile: Profile = .init(), counts: Counts = .init(),
    creator: Creator? = nil, token: Token? = nil, error: DeliveryError? = nil
  ) {
    self.account = account
    self.platform = platform
    self.syncedAt = syncedAt
    self.profile = profile
    self.counts = counts
    self.creator = creator
    self.token = token
    self.error = error
  }

  /// Who the account is there; `nil` is what the platform did not tell.
  public struct Profile: Equatable, Sendable {
    public var username: String?
    public var displayName: String?
    public var id: String?

    public init(username: String? = nil, displayName: String? = nil, id: String? = nil) {
      (self.username, self.displayName, self.id) = (username, displayName, id)
    }
  }

  /// Numbers of the account; `nil` where reading them was not granted.
  public struct Counts: Equatable, Sendable {
    public var followers: Int?
    public var following: Int?
    public var likes: Int?
    public var videos: Int?

    public init(followers: Int? = nil, following: Int? = nil, likes: Int? = nil, videos: Int? = nil) {
      (self.followers, self.following, self.likes, self.videos) = (followers, following, likes, videos)
    }
  }

  /// What the account may publish. Source: TikTok's creator info.
  public struct Creator: Equatable, Sendable {
    public var privacyLevelOptions: [String]
    public var commentDisabled: Bool
    public var duetDisabled: Bool
    public var stitchDisabled: Bool
    /// In whole seconds; `nil` where the platform does not say.
    public var longestVideo: Duration?

    public init(
      privacyLevelOptions: [String], commentDisabled: Bool = false, duetDisabled: Bool = false, stitchDisabled: Bool = false,
      longestVideo: Duration? = nil
    ) {
      self.privacyLevelOptions = privacyLevelOptions
      self.commentDisabled = commentDisabled
      self.duetDisabled = duetDisabled
      self.stitchDisabled = stitchDisabled
      self.longestVideo = longestVideo
    }
  }

  /// What is known of the token without having it.
  public struct Token: Equatable, Sendable {
    public var expiresAt: Instant?
    /// After this, only a person can log in again.
    public var refreshExpiresAt: Instant?
    /// What was granted; none where the login does not say.
    public var scopes: [String]

    public init(expiresAt: Instant? = nil, refreshExpiresAt: Instant? = nil, scopes: [String]) {
      (self.expiresAt, self.refreshExpiresAt, self.scopes) = (expiresAt, refreshExpiresAt, scopes)
    }
  }
}

extension AccountRecord {
  /// Below the content folder: `status/accounts/acme.json`.
  public static let folder = "status/accounts"
  public static func file(of account: AccountName) -> String { "\(folder)/\(account).json" }

  public func bytes() -> [UInt8] { json.bytes() }

  public var json: JSON {
    [
      "schema": 1, "account": .string(account.text), "platform": .string(platform), "synced_at": JSON(syncedAt), "profile": profile.json,
      "counts": counts.json, "creator": creator?.json ?? .null, "token": token?.json ?? .null, "error": error?.json ?? .null,
    ]
  }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    self.init(
      account: try reader.account("account"), platform: try reader.text("platform"), syncedAt: try reader.optionalInstant("synced_at"),
      profile: try Profile(reader.nested("profile")), counts: try Counts(reader.nested("counts")),
      creator: try reader.optionalNested("creator") { creator throws(RecordError) in try Creator(creator) },
      token: try reader.optionalNested("token") { token throws(RecordError) in try Token(token) }, error: try reader.failure("error"))
  }
}

extension AccountRecord.Profile {
  fileprivate var json: JSON { ["username": JSON(username), "display_name": JSON(displayName), "id": JSON(id)] }

  fileprivate init(_ reader: RecordReader) throws(RecordError) {
    self.init(
      username: try reader.optionalText("username"), displayName: try reader.optionalText("display_name"),
      id: try reader.optionalText("id"))
  }
}

extension AccountRecord.Counts {
  fileprivate var json: JSON {
    ["followers": JSON(followers), "following": JSON(following), "likes": JSON(likes), "videos": JSON(videos)]
  }

  fileprivate init(_ reader: RecordReader) throws(RecordError) {
    self.init(
      followers: try reader.optionalNumber("followers"), following: try reader.optionalNumber("following"),
      likes: try reader.optionalNumber("likes"), videos: try reader.optionalNumber("videos"))
  }
}

extension AccountRecord.Creator {
  fileprivate var json: JSON {
    [
      "privacy_level_options": .array(privacyLevelOptions.map(JSON.string)), "comment_disabled": .bool(commentDisabled),
      "duet_disabled": .bool(duetDisabled), "stitch_disabled": .bool(stitchDisabled),
      "max_video_post_duration_sec": JSON(longestVideo.map { Int($0.components.seconds) }),
    ]
  }

  fileprivate init(_ reader: RecordReader) throws(RecordError) {
    let longest = try reader.optionalNumber("max_video_post_duration_sec")
    guard longest.map((0...Self.mostSeconds).contains) ?? true else {
      throw reader.error("max_video_post_duration_sec", "is not a number of seconds up to \(Self.mostSeconds)")
    }
    self.init(
      privacyLevelOptions: try reader.texts("privacy_level_options"), commentDisabled: try reader.flag("comment_disabled"),
      duetDisabled: try reader.flag("duet_disabled"), stitchDisabled: try reader.flag("stitch_disabled"),
      longestVideo: longest.map { .seconds($0) })
  }

  /// A year: more is no limit.
  static let mostSeconds = 31_536_000
}

extension AccountRecord.Token {
  fileprivate var json: JSON {
    [
      "expires_at": JSON(expiresAt), "refresh_expires_at": JSON(refreshExpiresAt), "scopes": .array(scopes.map(JSON.string)),
    ]
  }

  fileprivate init(_ reader: RecordReader) throws(RecordError) {
    self.init(
      expiresAt: try reader.optionalInstant("expires_at"), refreshExpiresAt: try reader.optionalInstant("refresh_expires_at"),
      scopes: try reader.texts("scopes"))
  }
}

extension RecordReader {
  fileprivate func optionalNumber(_ key: String) throws(RecordError) -> Int? {
    try optional(key, "a whole number") { json throws(RecordError) in json.int.flatMap { Int(exactly: $0) } }
  }

  fileprivate func flag(_ key: String) throws(RecordError) -> Bool { try required(key, "true or false", \.bool) }

  fileprivate func texts(_ key: String) throws(RecordError) -> [String] {
    try required(key, "a list of texts") { json throws(RecordError) in
      guard let items = json.array else { return nil }
      let texts = items.compactMap(\.string)
      return texts.count == items.count ? texts : nil
    }
  }

  fileprivate func optionalNested<Value>(
    _ key: String, _ read: (RecordReader) throws(RecordError) -> Value
  ) throws(RecordError) -> Value? {
    try optional(key, "an object") { json throws(RecordError) in try read(try RecordReader(json, at: key)) }
  }
}
