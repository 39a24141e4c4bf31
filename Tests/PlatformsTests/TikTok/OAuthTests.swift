import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

@Suite("A login at TikTok")
struct OAuthTests {
  @Test("Asks with a challenge in hexadecimal, as TikTok's desktop apps do")
  func challenge() throws {
    let authorization = TikTokAuthorization(
      app: try #require(TikTokApp(key: "key", secret: Secret("secret"))), redirect: "http://127.0.0.1:1/callback/", state: "s",
      verifier: Secret(String(repeating: "a", count: 43)))
    #expect(authorization.challenge == "66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0")
    #expect(authorization.url().hasPrefix("https://www.tiktok.com/v2/auth/authorize/?client_key=key&scope=user.info.basic%2C"))
    #expect(!authorization.url().contains("secret"))
  }

  @Test("A browser's answer buys tokens, which are kept with instants, bound to the origin, and are good")
  func flow() async throws {
    let stage = try LoginStage()
    let authorization = try stage.authorization()
    let answer = authorization.answer(try await stage.browse(authorization))
    guard case .code(let code) = answer else { throw Overdue(description: "no code: \(answer)") }
    let tokens = try await stage.oauth.exchange(code, of: authorization)
    #expect(tokens.scopes == TikTokAuthorization.scopes)
    try stage.keep(TikTokCredential(tokens, app: authorization.app, now: .noon))
    let kept = try stage.kept()
    #expect(kept.expiresAt == .noon + .seconds(86_400) && kept.refreshExpiresAt == .noon + .seconds(31_536_000))
    #expect(kept.openID == "open-id-acme" && kept.isRenewable)
    #expect(try await stage.isGood(try await stage.keeper().token(of: stage.account, for: stage.oauth.origin)))
    try await stage.oauth.revoke(try #require(kept.accessToken), authorization.app)
    #expect(try await !stage.isGood(try #require(kept.accessToken)))
    #expect(stage.peer.violations.isEmpty)
    await stage.end()
  }

  @Test("A person who denies is told in TikTok's words; another state, a damaged query or none is not the answer")
  func answers() async throws {
    let stage = try LoginStage()
    stage.peer.change { $0.consent.isDenied = true }
    let authorization = try stage.authorization()
    #expect(authorization.answer(try await stage.browse(authorization)) == .denied("The user denied the request"))
    for query in [
      "", "code=x", "code=x&state=other", "code=%zz&state=\(authorization.state)", "state=\(authorization.state)", "code=x&code=y",
    ] {
      #expect(authorization.answer(query) == .stray)
    }
    #expect(authorization.answer("code=a%2Ab%21&state=\(authorization.state)") == .code(Secret("a*b!")))
    await stage.end()
  }

  @Test(
    "A refusal is classed by its code, whatever the status, and says what to do; what was sent is in no word of it",
    arguments: [
      ("invalid_grant", DeliveryError.Class.auth), ("invalid_client", .policy), ("unauthorized_client", .policy),
      ("invalid_request", .policy),
      ("server_error", .transient), ("temporarily_unavailable", .transient), ("", .transient),
    ])
  func refusals(code: String, class: DeliveryError.Class) async throws {
    let words = #"no rft.canary with canary-secret ok"#
    let body = code.isEmpty ? "<html>" : #"{"error": "\#(code)", "error_description": "\#(words)", "log_id": "1"}"#
    let receiver = try Receiver { _ in .reply(200, body: Array(body.utf8)) }
    defer { receiver.stop() }
    let host = try Host()
    let oauth = TikTokOAuth(at: Origin(receiver.url()), send: { request throws(HTTPError) in try await host.client.send(request) })
    let app = try #require(TikTokApp(key: "key", secret: Secret("canary-secret")))
    let account = try #require(AccountName("acme"))
    do throws(TikTokOAuthError) {
      _ = try await oauth.refresh(Secret("rft.canary"), app)
      Issue.record("it is no token")
    } catch {
      let told = error.error(of: account)
      #expect(told.class == `class`)
      #expect(!"\(error) \(told.message)".contains("canary"))
      #expect(told.message.contains("acme") && (told.class == .transient || told.message.contains("posthorn account login acme")))
    }
    #expect(receiver.arrivals.count == 1)
    await host.client.shutdown()
  }

  @Test("A token's answer, an access token alone, and a refresh token with its app are logins; anything else is none")
  func given() throws {
    let app = #""client_key": "k", "client_secret": "s""#
    let whole = try #require(given(#"{"access_token": "act.1", "expires_in": 60, "refresh_token": "rft.1", "log_id": "x", \#(app)}"#))
    #expect(whole.expiresAt == .noon + .seconds(60) && whole.isRenewable)
    #expect(try #require(given(#"{"access_token": "act.1"}"#)).isRenewable == false)
    #expect(given(#"{"refresh_token": "rft.1", \#(app)}"#)?.isRenewable == true)
    let moved = given(#"{"access_token": "act.1", "expires_at": "2026-11-27T13:00:00.000Z"}"#)
    #expect(moved?.expiresAt == Instant("2026-11-27T13:00:00.000Z"))
    for text in [
      "", "canary", "[]", "{}", #"{"refresh_token": "rft.1"}"#, #"{"access_token": ""}"#, #"{"access_token": "a b"}"#,
      #"{"access_token": 7}"#,
    ] { #expect(given(text) == nil) }
  }

  private func given(_ text: String) -> TikTokCredential? { TikTokCredential(given: Array(text.utf8), app: nil, now: .noon) }
}
