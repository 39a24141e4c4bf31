import Failpoints
import Foundation
import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

#if FAILPOINTS
  @Suite("Killed while a token is renewed")
  struct RefreshKillTests {
    @Test(
      "Row 1: kill -9 at each step of a refresh: the account still works, or says what to type",
      arguments: Failpoint.killed(by: .login) + [.callConnected, .callSent, .callAnswered], [TikTokPeer.Rotation.untilNewIsUsed, .atOnce])
    func killed(point: Failpoint, rotation: TikTokPeer.Rotation) async throws {
      let login = try LoginHost()
      login.peer.change { $0.rotation = rotation }
      let whole = try #require(try JSON.parse(Array(login.peer.login().utf8)).object)
      let given = whole.filter { ["refresh_token", "client_key", "client_secret"].contains($0.key) }
      let death = try await login.run(
        "account", "login", "acme", input: JSON.object(given).text(), variables: ["POSTHORN_FAILPOINT": "\(point.rawValue)=kill"])
      #expect(death.status == 128 + SIGKILL, "\(death)")
      if point == .callSent { try await eventually("the refresh") { login.peer.count(.refresh) == 1 } }
      let isLost = rotation == .atOnce && [.refreshAnswered, .callSent, .callAnswered].contains(point)

      let client = login.browser
      let oauth = TikTokOAuth(at: Origin(login.peer.origin), send: { request throws(HTTPError) in try await client.send(request) })
      let keeper = TokenKeeper(credentials: login.credentials, oauth: oauth, now: { TikTokPeer.wallClock() })
      let token: Result<Secret, DeliveryError>
      do throws(DeliveryError) {
        token = .success(try await keeper.token(of: .acme, for: oauth.origin))
      } catch { token = .failure(error) }
      switch token {
      case .success(let token):
        #expect(!isLost)
        #expect(try await login.isGood(token.reveal()))
      case .failure(let error):
        #expect(isLost, "\(error)")
        #expect(error.class == .auth && error.message.hasSuffix("run: posthorn account login acme"))
      }
      #expect(login.peer.violations.isEmpty)
      await client.shutdown()
    }
  }
#endif
