extension TikTokPeer {
  /// How this TikTok is set up; all of it may change while it runs.
  public struct Settings: Sendable {
    public var app = App()
    public var creators = [Creator()]
    /// What the person in front of the browser answers.
    public var consent = Consent()
    /// What becomes of publications.
    public var moderation = Moderation()
    public var rotation = Rotation.untilNewIsUsed
    /// Whether a refresh kills the access token before it; the documentation does not say.
    public var refreshEndsAccess = true
    public var accessLife = Duration.seconds(86_400)
    /// From the first issuance, however often it is refreshed.
    public var refreshLife = Duration.seconds(31_536_000)
    public var uploadLife = Duration.seconds(3600)
    /// An OAuth error comes with status 200, as has been seen.
    public var answersErrorsWith200 = false
    /// Whether a 429 says when to come back; the documentation does not say.
    public var sendsRetryAfter = false
    /// Whether the three inits have one budget together; the documentation does not say.
    public var isInitBudgetShared = false
    /// What a chunk that is stored already is answered with; the documentation does not say.
    public var repeatedChunk = RepeatedChunk.refused
    /// Whether the second number of an answered `Content-Range` is how many bytes are stored, or the last one's index.
    public var progressIsCount = true
    public var postIDs = PostIDs.numbers

    public init() {}
  }

  /// What happens to a refresh token that was used.
  public enum Rotation: Sendable {
    /// It goes on.
    case none
    /// There is a new one; the old one dies with the first use of the new pair, so a lost answer can be asked for again.
    case untilNewIsUsed
    /// There is a new one, and the old one is dead.
    case atOnce
  }

  public enum RepeatedChunk: Sendable { case refused, accepted }

  /// How `publicaly_available_post_id` is written: as documented, as one number, or as text.
  public enum PostIDs: Sendable { case numbers, scalar, texts }

  /// The developer's app.
  public struct App: Sendable {
    public var clientKey = "awcanaryclientkey"
    public var clientSecret = "canary-client-secret-5Wq9"
    /// A port of `*` is any.
    public var redirects = ["http://127.0.0.1:*/callback/"]
    public var scopes = Scope.all
    /// Until its audit an app posts to private accounts only, for their owners' eyes only.
    public var isAudited = true
    /// Host names with everything below them.
    public var domains = ["media.example.org"]
    /// `https://host/path/`.
    public var prefixes: [String] = []

    public init() {}
  }

  /// An account of TikTok.
  public struct Creator: Sendable {
    public var openID = "open-id-acme"
    public var unionID = "union-id-acme"
    public var username = "acme.horns"
    public var nickname = "Acme Horns"
    public var isPrivate = false
    public var commentDisabled = false
    public var duetDisabled = false
    public var stitchDisabled = false
    public var longestVideo: Int64 = 600
    public var dailyPosts = 15
    public var pendingShares = 5
    /// A code with which everything is refused: by creator_info with status 200, by an init with 403.
    public var restriction: String?
    /// Other options than the kind of account has.
    public var options: [String]?

    public init(openID: String = "open-id-acme") { self.openID = openID }

    var privacyOptions: [String] {
      options
        ?? (isPrivate
          ? ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"] : ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"])
    }
    var disablesDuet: Bool { duetDisabled || isPrivate }
    var disablesStitch: Bool { stitchDisabled || isPrivate }
  }

  public struct Consent: Sendable {
    public var openID = "open-id-acme"
    /// What they grant of what is asked for; `nil` is all of it.
    public var scopes: [String]?
    public var isDenied = false

    public init() {}
  }

  /// How a publication fares once it is posted.
  public struct Moderation: Sendable {
    /// How many questions are answered with PROCESSING before the last state.
    public var asksUntilDone: Int
    /// How many more without the id of a public post; `nil` is for ever.
    public var asksUntilID: Int?
    /// Why it fails; `nil` where it does not.
    public var failure: String?

    public init(asksUntilDone: Int = 1, asksUntilID: Int? = 1, failure: String? = nil) {
      (self.asksUntilDone, self.asksUntilID, self.failure) = (asksUntilDone, asksUntilID, failure)
    }
  }

  public enum Scope {
    public static let all = [
      "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish", "video.upload",
    ]
  }
}
