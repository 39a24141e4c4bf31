/// What one file under `accounts/` says: where posts can go. Never a secret.
public struct Account: Equatable, Sendable {
  public var name: AccountName
  public var platform: String
  public var handle: String?
  /// The default zone of its posts.
  public var timezone: String?
  /// The platform's options, where a post gives none.
  public var defaults: Options
  public var limits: Limits?
  public var suspension: Suspension?
  /// What the platform itself needs and is not secret, typed by its schema: `url` and `dedupes` of a webhook.
  public var parameters: Options

  public init(name: AccountName, platform: String) {
    self.name = name
    self.platform = platform
    defaults = [:]
    parameters = [:]
  }

  /// How fast deliveries may leave for one account.
  public struct Limits: Equatable, Sendable {
    public var perMinute: Int?
    public var perDay: Int?
    public var concurrent: Int?
    /// The distance that is asked for between two deliveries; `validate` warns of nearer ones.
    public var givenSpacing: Duration?

    /// The distance between deliveries that are late.
    public var spacing: Duration { givenSpacing ?? .seconds(60) }

    public init(perMinute: Int? = nil, perDay: Int? = nil, concurrent: Int? = nil, spacing: Duration? = nil) {
      self.perMinute = perMinute
      self.perDay = perDay
      self.concurrent = concurrent
      givenSpacing = spacing
    }
  }
}
