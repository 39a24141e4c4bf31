import Crypto
import Schedule

/// Tokens: exchanged, refreshed, revoked. Source: TikTok for Developers: Login Kit for Desktop; User Access Token Management.
extension TikTokBooks {
  mutating func exchange(_ form: [String: String], now: Instant) throws(TikTokRefusal) -> JSON {
    try checkNames(form, ["client_key", "client_secret", "code", "grant_type", "redirect_uri", "code_verifier"])
    try checkApp(form)
    guard let code = codes[form["code"] ?? ""] else { throw TikTokRefusal(400, "invalid_grant", "Authorization code is unknown.") }
    guard !code.isUsed else { throw TikTokRefusal(400, "invalid_grant", "Authorization code was used before.") }
    guard now < code.expires else { throw TikTokRefusal(400, "invalid_grant", "Authorization code is expired.", .circumstances) }
    guard form["redirect_uri"] == code.redirect else {
      throw TikTokRefusal(400, "invalid_grant", "redirect_uri is not the authorized one.")
    }
    guard let verifier = form["code_verifier"], verifier.wholeMatch(of: /[A-Za-z0-9\-._~]{43,128}/) != nil,
      SHA256.hash(data: Array(verifier.utf8)).hex == code.challenge
    else { throw TikTokRefusal(400, "invalid_request", "Code verifier or code challenge is invalid.") }
    codes[form["code"] ?? ""]?.isUsed = true
    secrets.append(verifier)
    return issue(to: code.openID, scopes: code.scopes, now: now)
  }

  mutating func refresh(_ form: [String: String], now: Instant) throws(TikTokRefusal) -> JSON {
    try checkNames(form, ["client_key", "client_secret", "grant_type", "refresh_token"])
    try checkApp(form)
    let text = form["refresh_token"] ?? ""
    guard let token = refreshTokens[text] else { throw TikTokRefusal(400, "invalid_grant", "Refresh token is unknown.") }
    let grant = grants[token.grant]
    guard !token.isDead, !grant.isRevoked, now < grant.firstIssued + settings.refreshLife else {
      throw TikTokRefusal(400, "invalid_grant", "Refresh token is invalid or expired.", .circumstances)
    }
    use(text)
    if settings.refreshEndsAccess {
      for (key, access) in accessTokens where access.grant == token.grant { accessTokens[key]?.isDead = true }
    }
    guard settings.rotation != .none else { return answer(token.grant, refreshToken: text, now: now) }
    // A repeated question: its first answer was lost, and so was the token in it.
    if let successor = token.successor { refreshTokens[successor]?.isDead = true }
    let successor = word("rft.")
    refreshTokens[successor] = RefreshToken(grant: token.grant, predecessor: text)
    refreshTokens[text]?.successor = successor
    if settings.rotation == .atOnce { refreshTokens[text]?.isDead = true }
    return answer(token.grant, refreshToken: successor, now: now)
  }

  mutating func revoke(_ form: [String: String]) throws(TikTokRefusal) {
    try checkNames(form, ["client_key", "client_secret", "token"])
    try checkApp(form)
    guard let token = accessTokens[form["token"] ?? ""] else {
      throw TikTokRefusal(400, "invalid_request", "token is not an access token.")
    }
    grants[token.grant].isRevoked = true
  }

  mutating func revoke(where condition: (Grant) -> Bool) {
    for index in grants.indices where condition(grants[index]) { grants[index].isRevoked = true }
  }

  /// A first pair of tokens, as after a person's consent.
  mutating func issue(to openID: String, scopes: [String], now: Instant) -> JSON {
    grants.append(Grant(openID: openID, scopes: scopes, firstIssued: now))
    let refreshToken = word("rft.")
    refreshTokens[refreshToken] = RefreshToken(grant: grants.count - 1)
    return answer(grants.count - 1, refreshToken: refreshToken, now: now)
  }

  private mutating func answer(_ grant: Int, refreshToken: String, now: Instant) -> JSON {
    let access = word("act.")
    accessTokens[access] = AccessToken(grant: grant, expires: now + settings.accessLife, refreshToken: refreshToken)
    let left = grants[grant].firstIssued + settings.refreshLife - now
    return [
      "open_id": .string(grants[grant].openID), "scope": .string(grants[grant].scopes.joined(separator: ",")),
      "access_token": .string(access), "expires_in": .int(settings.accessLife.components.seconds),
      "refresh_token": .string(refreshToken), "refresh_expires_in": .int(left.components.seconds), "token_type": "Bearer",
    ]
  }

  /// The first use of a pair ends the grace of the one before it.
  mutating func use(_ refreshToken: String) {
    guard let predecessor = refreshTokens[refreshToken]?.predecessor else { return }
    refreshTokens[predecessor]?.isDead = true
  }

  private func checkNames(_ form: [String: String], _ names: Set<String>) throws(TikTokRefusal) {
    if let unknown = form.keys.filter({ !names.contains($0) }).min() {
      throw TikTokRefusal(400, "invalid_request", "unknown parameter \(unknown)")
    }
    if let missing = names.filter({ form[$0]?.isEmpty ?? true }).min() {
      throw TikTokRefusal(400, "invalid_request", "\(missing) is missing")
    }
  }

  private func checkApp(_ form: [String: String]) throws(TikTokRefusal) {
    guard form["client_key"] == settings.app.clientKey, form["client_secret"] == settings.app.clientSecret else {
      throw TikTokRefusal(401, "invalid_client", "Client key or secret is incorrect.", .circumstances)
    }
  }
}
