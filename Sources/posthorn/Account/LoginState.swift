import HTTP
import Platforms
import Schedule

/// What this host has to log in to an account with, as far as that shows without sending it.
struct LoginState {
  /// `logged in`, `needs a login`, …
  var word: String
  var expiresAt: Instant?
  /// After this, only a person can log in again.
  var refreshExpiresAt: Instant?
  var scopes: [String] = []

  init(_ name: AccountName, _ entry: Catalog.Entry, _ credentials: Credentials?, _ endpoints: [String: Origin], now: Instant) {
    guard case .valid(let account, _) = entry else {
      word = "invalid"
      return
    }
    let isTikTok = account.platform == TikTok.schema.name
    let origin: Origin? =
      if isTikTok {
        endpoints[account.platform] ?? TikTok.origin
      } else if case .text(let url)? = account.parameters["url"] {
        Origin(url)
      } else {
        nil
      }
    guard let origin else {
      word = "not needed"
      return
    }
    do throws(DeliveryError) {
      guard let kept = try credentials?.kept(of: name) else {
        word = "needs a login"
        return
      }
      word = kept.origin == origin ? "logged in" : "for \(kept.origin)"
      if isTikTok { take(TikTokCredential(kept), now) }
    } catch {
      word = "unreadable"
    }
  }

  private mutating func take(_ credential: TikTokCredential, _ now: Instant) {
    (expiresAt, refreshExpiresAt, scopes) = (credential.expiresAt, credential.refreshExpiresAt, credential.scopes)
    guard word == "logged in" else { return }
    if credential.hasEnded(now) { word = "ended" } else if credential.endsSoon(now) { word = "ends soon" }
  }
}
