import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

@Suite("Tokens of TikTok")
struct TokenKeeperTests {
  @Test("Are handed out as they are while more than an hour is left, then renewed; the new pair is on disk, and the one before it too")
  func ahead() async throws {
    let stage = try LoginStage()
    let first = try stage.login()
    let keeper = stage.keeper()
    stage.host.clock.advance(to: .noon + .seconds(82_800))
    #expect(try await token(keeper, stage) == first.accessToken)
    #expect(stage.peer.count(.refresh) == 0)
    stage.host.clock.advance(to: .noon + .seconds(82_801))
    let next = try await token(keeper, stage)
    #expect(next != first.accessToken)
    let kept = try stage.kept()
    #expect(kept.accessToken == next && kept.previousRefreshToken == first.refreshToken && kept.refreshToken != first.refreshToken)
    #expect(kept.refreshExpiresAt == first.refreshExpiresAt && kept.app == first.app && kept.openID == first.openID)
    #expect(try await stage.isGood(next))
    #expect(try await token(keeper, stage) == next)
    #expect(stage.peer.count(.refresh) == 1 && stage.peer.violations.isEmpty)
    await stage.end()
  }

  @Test("Many who need one at once share one refresh")
  func shared() async throws {
    let stage = try LoginStage()
    try stage.login()
    stage.host.clock.advance(to: .noon + .seconds(90_000))
    let (keeper, gate) = (stage.keeper(), Gate())
    stage.peer.inject(.init(at: .refresh, how: .held(gate)))
    let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
      for _ in 1...20 { group.addTask { try await token(keeper, stage) } }
      gate.open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(tokens.count == 20 && tokens.allSatisfy { $0 == tokens[0] })
    #expect(stage.peer.count(.refresh) == 1)
    await stage.end()
  }

  @Test(
    "After a lost answer the same refresh token is used again; where it is dead by then the command to type is told",
    arguments: [(TikTokPeer.Rotation.none, true), (.untilNewIsUsed, true), (.atOnce, false)])
  func lostAnswer(rotation: TikTokPeer.Rotation, works: Bool) async throws {
    let stage = try LoginStage(rotation)
    let first = try #require(try stage.login().accessToken)
    let keeper = stage.keeper()
    stage.host.clock.advance(to: .noon + .seconds(84_000))
    stage.peer.inject(.init(at: .refresh, when: .afterEffect, how: .hangUp))
    #expect(try await token(keeper, stage) == first, "it lives for a while")
    #expect(try await token(keeper, stage) == first)
    #expect(stage.peer.count(.refresh) == 1, "a failure is not repeated at every use")
    #expect(try await !stage.isGood(first), "and TikTok has ended it with the refresh")
    let refusal = await stage.refusal { () async throws(DeliveryError) in
      let next = try await keeper.renew(after: first, of: stage.account, for: stage.oauth.origin)
      #expect(next != first)
      return next
    }
    if works {
      #expect(refusal == nil)
      #expect(try await stage.isGood(try await token(keeper, stage)))
    } else {
      #expect(refusal?.class == .auth && refusal?.message.hasSuffix("run: posthorn account login acme") == true)
      let asked = stage.peer.count(.refresh)
      stage.host.clock.advance(to: .noon + .seconds(90_000))
      _ = await stage.refusal { () async throws(DeliveryError) in try await token(keeper, stage) }
      #expect(stage.peer.count(.refresh) == asked, "TikTok is not asked again before somebody has logged in")
      try stage.login()
      #expect(try await stage.isGood(try await token(keeper, stage)))
    }
    #expect(stage.isClean("\(stage.notices) \(refusal?.message ?? "")"))
    #expect(stage.peer.violations.isEmpty)
    await stage.end()
  }

  @Test("Where the newest refresh token is refused, the one before it is tried")
  func previous() async throws {
    let stage = try LoginStage()
    var credential = try stage.login()
    credential.previousRefreshToken = credential.refreshToken
    credential.refreshToken = Secret("rft.neverstored")
    try stage.keep(credential)
    stage.host.clock.advance(to: .noon + .seconds(90_000))
    #expect(try await stage.isGood(try await token(stage.keeper(), stage)))
    #expect(try stage.kept().previousRefreshToken == credential.previousRefreshToken)
    await stage.end()
  }

  @Test("A token that was refused is renewed once; who comes later with the same one gets the new one")
  func refused() async throws {
    let stage = try LoginStage()
    let first = try #require(try stage.login().accessToken)
    let keeper = stage.keeper()
    let next = try await keeper.renew(after: first, of: stage.account, for: stage.oauth.origin)
    #expect(try await keeper.renew(after: first, of: stage.account, for: stage.oauth.origin) == next)
    #expect(stage.peer.count(.refresh) == 1)
    await stage.end()
  }

  @Test(
    "While TikTok has trouble an expired token is a transient error, and an app that it does not know is a mistake in the set-up",
    arguments: [
      (TikTokPeer.Fault.How.status(500, code: "server_error"), DeliveryError.Class.transient), (.status(503, code: "x"), .transient),
      (.garbage, .transient), (.reset, .transient), (.cut, .transient), (.status(401, code: "invalid_client"), .policy),
    ])
  func trouble(how: TikTokPeer.Fault.How, class: DeliveryError.Class) async throws {
    let stage = try LoginStage()
    try stage.login()
    stage.host.clock.advance(to: .noon + .seconds(90_000))
    let keeper = stage.keeper()
    stage.peer.inject(.init(at: .refresh, how: how))
    #expect(await stage.refusal { () async throws(DeliveryError) in try await token(keeper, stage) }?.class == `class`)
    #expect(try await stage.isGood(try await token(keeper, stage)))
    await stage.end()
  }

  @Test("A new pair that cannot be written down is not used, not lost, and written at the next use")
  func unwritten() async throws {
    let stage = try LoginStage(.atOnce)
    let first = try stage.login()
    stage.host.clock.advance(to: .noon + .seconds(90_000))
    let keeper = stage.keeper()
    stage.failNextWrite()
    #expect(await stage.refusal { () async throws(DeliveryError) in try await token(keeper, stage) }?.class == .transient)
    #expect(try stage.kept() == first)
    #expect(try await stage.isGood(try await token(keeper, stage)))
    #expect(try stage.kept() != first)
    #expect(stage.peer.count(.refresh) == 1)
    await stage.end()
  }

  @Test("A login while a token is renewed is the one that counts")
  func loginMeanwhile() async throws {
    let stage = try LoginStage()
    try stage.login()
    stage.host.clock.advance(to: .noon + .seconds(90_000))
    let (keeper, gate) = (stage.keeper(), Gate())
    stage.peer.inject(.init(at: .refresh, when: .afterEffect, how: .held(gate)))
    async let token = token(keeper, stage)
    try await eventually("the refresh") { stage.peer.count(.refresh) == 1 }
    let login = try stage.login()
    gate.open()
    #expect(try await token == login.accessToken)
    #expect(try stage.kept() == login)
    await stage.end()
  }

  @Test("An access token alone is used until it is refused; then a person is needed")
  func alone() async throws {
    let stage = try LoginStage()
    let text = #"{"access_token": "act.alone"}"#
    try stage.keep(try #require(TikTokCredential(given: Array(text.utf8), app: nil, now: .noon)))
    let keeper = stage.keeper()
    stage.host.clock.advance(to: .noon + .seconds(900_000))
    #expect(try await token(keeper, stage) == Secret("act.alone"))
    let refusal = await stage.refusal { () async throws(DeliveryError) in
      try await keeper.renew(after: Secret("act.alone"), of: stage.account, for: stage.oauth.origin)
    }
    #expect(refusal?.class == .auth && refusal?.message.contains("holds no refresh token; run: posthorn account login acme") == true)
    #expect(stage.peer.calls.isEmpty)
    await stage.end()
  }

  @Test("A login that ends within two weeks is told once a day; one of another origin, or none, is refused")
  func ends() async throws {
    let stage = try LoginStage()
    let login = try stage.login()
    let end = try #require(login.refreshExpiresAt)
    let keeper = stage.keeper()
    let start = end + .seconds(-13 * 86_400)
    for hours in [0, 1, 25] {
      stage.host.clock.advance(to: start + .seconds(hours * 3600))
      _ = try await token(keeper, stage)
    }
    let told = stage.notices.filter { $0 == .endsSoon(stage.account, at: end) }
    #expect(told.count == 2)
    let other = Origin(scheme: .https, host: "open.tiktokapis.com")
    #expect(
      await stage.refusal { () async throws(DeliveryError) in try await keeper.token(of: stage.account, for: other) }?.code
        == "credential.origin")
    await stage.end()
  }

  private func token(_ keeper: TokenKeeper, _ stage: LoginStage) async throws(DeliveryError) -> Secret {
    try await keeper.token(of: stage.account, for: stage.oauth.origin)
  }
}
