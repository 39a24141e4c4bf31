import Foundation
import HTTP
import Schedule
import Support
import Testing

@Suite("The TikTok of the tests: tokens")
struct PeerOAuthTests {
  static let verifier = String(repeating: "a", count: 43)
  static let query = [
    "client_key": "awcanaryclientkey", "scope": "user.info.basic,video.publish", "response_type": "code",
    "redirect_uri": "http://127.0.0.1:3455/callback/", "state": "s-1", "code_challenge_method": "S256",
    "code_challenge": "66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0",
  ]

  @Test("A browser is led back with a code, the scopes and the state; the code buys tokens once")
  func exchange() async throws {
    let caller = try PeerCaller()
    let callback = try await authorize(caller)
    #expect(callback["scopes"] == "user.info.basic,video.publish")
    #expect(callback["state"] == "s-1")
    let answer = try await caller.form("token", Self.form(callback["code"]))
    #expect(answer.json?["token_type"] == "Bearer")
    #expect(answer.json?["access_token"]?.string?.hasPrefix("act.") == true)
    #expect(answer.json?["refresh_token"]?.string?.hasPrefix("rft.") == true)
    #expect(answer.json?["expires_in"] == 86_400)
    #expect(answer.json?["refresh_expires_in"] == 31_536_000)
    #expect(answer.json?["scope"] == "user.info.basic,video.publish")
    #expect(caller.peer.violations.isEmpty)
    #expect(try await caller.form("token", Self.form(callback["code"])).code == "invalid_grant")
    #expect(caller.peer.violations.count == 1)
    await caller.end()
  }

  @Test(
    "An authorization is refused where a parameter is wrong",
    arguments: [
      ("client_key", "other", nil), ("redirect_uri", "http://127.0.0.1/callback/", nil),
      ("redirect_uri", "http://evil.example:80/callback/", nil),
      ("redirect_uri", "http://127.0.0.1:3455/callback/?a=b", nil), ("redirect_uri", "http://127.0.0.1:3455/other/", nil),
      ("state", "", nil),
      ("unknown", "1", nil), ("scope", "user.info.basic video.publish", "invalid_scope"), ("scope", "", "invalid_scope"),
      ("response_type", "token", "unsupported_response_type"), ("code_challenge_method", "plain", "invalid_request"),
      ("code_challenge", "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA", "invalid_request"), ("disable_auto_auth", "yes", "invalid_request"),
    ] as [(String, String, String?)])
  func refused(name: String, value: String, error: String?) async throws {
    let caller = try PeerCaller()
    let answer = try await self.answer(caller, Self.query.merging([name: value]) { $1 })
    #expect(answer.status == (error == nil ? 400 : 302))
    if let error { #expect(answer.headers["location"]?.contains("error=\(error)&") == true) }
    #expect(caller.peer.violations.count == 1)
    await caller.end()
  }

  @Test("A person may deny, or grant less; a state or a challenge is good for one authorization")
  func consent() async throws {
    let caller = try PeerCaller()
    caller.peer.change { $0.consent.scopes = ["user.info.basic"] }
    #expect(try await authorize(caller)["scopes"] == "user.info.basic")
    caller.peer.change { $0.consent.isDenied = true }
    let denied = try await authorize(caller)
    #expect(denied["error"] == "access_denied")
    #expect(denied["code"] == nil)
    #expect(caller.peer.violations.map(\.reason) == ["the state was used before", "the code_challenge was used before"])
    await caller.end()
  }

  @Test(
    "An exchange is refused where a field is wrong, missing or unknown",
    arguments: [
      ("code_verifier", String(repeating: "b", count: 43), "invalid_request"), ("code_verifier", "short", "invalid_request"),
      ("redirect_uri", "http://127.0.0.1:3456/callback/", "invalid_grant"), ("client_secret", "other", "invalid_client"),
      ("code", "other", "invalid_grant"), ("grant_type", "password", "unsupported_grant_type"), ("code", "", "invalid_request"),
      ("extra", "1", "invalid_request"),
    ])
  func refusedExchange(name: String, value: String, error: String) async throws {
    let caller = try PeerCaller()
    let form = Self.form(try await authorize(caller)["code"]).merging([name: value]) { $1 }
    let answer = try await caller.form("token", form)
    #expect(answer.code == error)
    #expect(answer.status == (error == "invalid_client" ? 401 : 400))
    await caller.end()
  }

  @Test(
    "A refresh token that was used goes on, dies with the first use of the new pair, or is dead",
    arguments: [(TikTokPeer.Rotation.none, true, true), (.untilNewIsUsed, true, false), (.atOnce, false, false)])
  func rotation(kind: TikTokPeer.Rotation, isGoodAgain: Bool, isGoodAfterUse: Bool) async throws {
    let caller = try PeerCaller()
    caller.peer.change { $0.rotation = kind }
    let login = try caller.login()
    let first = try #require(login["refresh_token"])
    let lost = try await refresh(caller, first)
    #expect(try await caller.post("post/publish/creator_info/query/", login["access_token"] ?? "").code == "access_token_invalid")
    let again = try await refresh(caller, first)
    #expect((again.code == nil) == isGoodAgain)
    if isGoodAgain, kind != .none {  // the token of the answer that was lost is dead then
      #expect(try await refresh(caller, lost.json?["refresh_token"]?.string ?? "").code == "invalid_grant")
    }
    let token = (isGoodAgain ? again : lost).json?["access_token"]?.string ?? ""
    #expect(try await caller.post("post/publish/creator_info/query/", token).code == "ok")
    #expect((try await refresh(caller, first).code == nil) == isGoodAfterUse)
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  @Test("Tokens expire by the clock, a refresh does not prolong the year, and a revoked grant is dead")
  func expiry() async throws {
    let caller = try PeerCaller()
    let login = try caller.login()
    let (token, refreshToken) = (login["access_token"] ?? "", login["refresh_token"] ?? "")
    #expect(try await caller.send(.get, "/v2/user/info/?fields=open_id", headers: ["authorization": "Bearer \(token)"]).code == "ok")
    caller.clock.advance(to: .noon + .seconds(86_400))
    let late = try await caller.send(.get, "/v2/user/info/?fields=open_id", headers: ["authorization": "Bearer \(token)"])
    #expect((late.status, late.code) == (401, "access_token_invalid"))
    let new = try await refresh(caller, refreshToken)
    #expect(new.json?["refresh_expires_in"] == .int(31_536_000 - 86_400))
    let access = new.json?["access_token"]?.string ?? ""
    let app = ["client_key": "awcanaryclientkey", "client_secret": "canary-client-secret-5Wq9"]
    #expect(try await caller.form("revoke", app.merging(["token": access]) { $1 }).status == 200)
    #expect(try await caller.form("revoke", app.merging(["token": access]) { $1 }).status == 200)
    #expect(try await refresh(caller, new.json?["refresh_token"]?.string ?? "").code == "invalid_grant")
    caller.peer.change { $0.answersErrorsWith200 = true }
    let odd = try await refresh(caller, refreshToken)
    #expect((odd.status, odd.code) == (200, "invalid_grant"))
    #expect(caller.peer.violations.isEmpty)
    await caller.end()
  }

  // MARK: - How it is asked

  private func answer(_ caller: PeerCaller, _ query: [String: String]) async throws -> PeerCaller.Answer {
    let text = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(percent($0.value))" }.joined(separator: "&")
    return try await caller.send(.get, "/v2/auth/authorize/?" + text)
  }

  private func authorize(_ caller: PeerCaller) async throws -> [String: String] {
    let location = try #require(try await answer(caller, Self.query).headers["location"])
    let prefix = "http://127.0.0.1:3455/callback/?"
    try #require(location.hasPrefix(prefix))
    return Dictionary(
      uniqueKeysWithValues: location.dropFirst(prefix.count).split(separator: "&").map { pair in
        let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
        return (sides[0], sides[1].removingPercentEncoding ?? "")
      })
  }

  private static func form(_ code: String?) -> [String: String] {
    [
      "client_key": "awcanaryclientkey", "client_secret": "canary-client-secret-5Wq9", "code": code ?? "",
      "grant_type": "authorization_code",
      "redirect_uri": "http://127.0.0.1:3455/callback/", "code_verifier": verifier,
    ]
  }

  private func refresh(_ caller: PeerCaller, _ token: String) async throws -> PeerCaller.Answer {
    try await caller.form(
      "token",
      [
        "client_key": "awcanaryclientkey", "client_secret": "canary-client-secret-5Wq9", "grant_type": "refresh_token",
        "refresh_token": token,
      ])
  }

  private func percent(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}
