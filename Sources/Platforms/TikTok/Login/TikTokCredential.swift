public import Schedule

/// The login of an account at TikTok, as this host keeps it.
///
/// The file is the token endpoint's answer with the app's key and secret, and instants instead of seconds.
public struct TikTokCredential: Equatable, Sendable {
  /// `nil` until the first refresh, where only a refresh token was given.
  var accessToken: Secret?
  /// When it was handed out, as far as that is known.
  var issuedAt: Instant?
  /// `nil` where nobody said: it is used until it is refused.
  public var expiresAt: Instant?
  var refreshToken: Secret?
  /// After this, only a person can log in again.
  public var refreshExpiresAt: Instant?
  /// The one before: good until the newer one has worked.
  var previousRefreshToken: Secret?
  var app: TikTokApp?
  /// What was granted; empty where nobody said.
  public var scopes: [String]
  public var openID: String?

  /// A login through a browser.
  public init(_ tokens: TikTokTokens, app: TikTokApp, now: Instant) {
    self.init(app: app, scopes: tokens.scopes)
    take(tokens, now: now)
  }

  private init(app: TikTokApp?, scopes: [String]) { (self.app, self.scopes) = (app, scopes) }

  /// The same login with new tokens; the refresh token that bought them is kept beside the new one.
  func renewed(by tokens: TikTokTokens, with used: Secret, now: Instant) -> TikTokCredential {
    var next = self
    next.take(tokens, now: now)
    next.previousRefreshToken = next.refreshToken == used ? nil : used
    return next
  }

  private mutating func take(_ tokens: TikTokTokens, now: Instant) {
    (accessToken, issuedAt, expiresAt) = (tokens.accessToken, now, tokens.expiresIn.map { now + $0 })
    if let token = tokens.refreshToken { refreshToken = token }
    if let life = tokens.refreshExpiresIn { refreshExpiresAt = now + life }
    if !tokens.scopes.isEmpty { scopes = tokens.scopes }
    openID = tokens.openID ?? openID
  }
}

// MARK: - When it ends

extension TikTokCredential {
  /// Whether the access token is known to be dead.
  func isOver(_ now: Instant) -> Bool { accessToken == nil || expiresAt.map { $0 <= now } ?? false }

  /// Whether it is time for a new one: less than an hour is left, or less than a tenth of a life that is shorter than ten hours.
  func isDue(_ now: Instant) -> Bool {
    guard accessToken != nil, let expiresAt else { return accessToken == nil }
    let life = issuedAt.map { expiresAt - $0 } ?? .seconds(86_400)
    return expiresAt - now < min(.seconds(3600), life / 10)
  }

  /// Whether a person has to log in again within two weeks.
  public func endsSoon(_ now: Instant) -> Bool { refreshExpiresAt.map { $0 - now < .seconds(14 * 86_400) } ?? false }

  /// Whether nothing but a new login helps.
  public func hasEnded(_ now: Instant) -> Bool {
    isOver(now) && (!isRenewable || refreshExpiresAt.map { $0 <= now } ?? false)
  }

  /// What of ``TikTokAuthorization/scopes`` was not granted; nothing where nobody said what was.
  public var missingScopes: [String] { scopes.isEmpty ? [] : TikTokAuthorization.scopes.filter { !scopes.contains($0) } }

  /// Whether it holds a token that can be used, or only what buys one.
  public var hasAccessToken: Bool { accessToken != nil }

  /// Whether it goes on by itself once the access token has expired.
  public var isRenewable: Bool { refreshToken != nil && app != nil }
}

// MARK: - The file

extension TikTokCredential {
  /// As it stands in the file of the account.
  public init(_ file: Credential) {
    self.init(
      app: file["client_key"].flatMap { key in file["client_secret"].flatMap { TikTokApp(key: key.reveal(), secret: $0) } },
      scopes: (file["scope"]?.reveal() ?? "").split(separator: ",").map(String.init))
    let instant = { (name: String) in file[name].flatMap { Instant($0.reveal()) } }
    let token = { (name: String) in file[name].flatMap { TikTokTokens.isToken($0.reveal()) ? $0 : nil } }
    (accessToken, issuedAt, expiresAt) = (token("access_token"), instant("issued_at"), instant("expires_at"))
    (refreshToken, refreshExpiresAt) = (token("refresh_token"), instant("refresh_expires_at"))
    (previousRefreshToken, openID) = (token("previous_refresh_token"), file["open_id"]?.reveal())
  }

  /// What a person or a program gives: the answer of TikTok's token endpoint as it is, plus `client_key` and `client_secret`. A token that is
  /// given with its seconds is taken for one that was handed out now.
  ///
  /// - Parameter app: where the text names none.
  /// - Returns: `nil` where it holds no token.
  public init?(given bytes: [UInt8], app: TikTokApp?, now: Instant) {
    guard let json = try? JSON.parse(bytes, limits: .init(size: 65_536, depth: 8)) else { return nil }  // the reason may quote a secret
    let named = json["client_key"]?.string.flatMap { key in
      json["client_secret"]?.string.flatMap { TikTokApp(key: key, secret: Secret($0)) }
    }
    self.init(app: named ?? app, scopes: [])
    if let tokens = TikTokTokens(json: json) {
      take(tokens, now: now)
    } else {
      guard self.app != nil, let token = json["refresh_token"]?.string, TikTokTokens.isToken(token) else { return nil }
      refreshToken = Secret(token)
      refreshExpiresAt = TikTokTokens.duration(json["refresh_expires_in"]).map { now + $0 }
    }
    if let text = json["expires_at"]?.string, let end = Instant(text) { expiresAt = end }
    if let text = json["refresh_expires_at"]?.string, let end = Instant(text) { refreshExpiresAt = end }
  }

  /// Gives everything back that was granted.
  public func revoke(through oauth: TikTokOAuth) async throws(TikTokOAuthError) {
    guard let accessToken, let app else { throw .refused(code: "invalid_request", words: "the login holds no app to revoke it with") }
    try await oauth.revoke(accessToken, app)
  }

  /// What ``Credentials/write(_:for:to:)`` keeps.
  public func fileBytes() -> [UInt8] {
    var members: [String: JSON] = ["token_type": "Bearer"]
    let secrets = [
      ("access_token", accessToken), ("refresh_token", refreshToken), ("previous_refresh_token", previousRefreshToken),
      ("client_secret", app?.secret),
    ]
    for (name, secret) in secrets { members[name] = secret.map { .string($0.reveal()) } }
    for (name, instant) in [("issued_at", issuedAt), ("expires_at", expiresAt), ("refresh_expires_at", refreshExpiresAt)] {
      members[name] = instant.map { JSON($0) }
    }
    for (name, text) in [("client_key", app?.key), ("open_id", openID)] { members[name] = text.map { .string($0) } }
    if !scopes.isEmpty { members["scope"] = .string(scopes.joined(separator: ",")) }
    return JSON.object(members).bytes()
  }
}
