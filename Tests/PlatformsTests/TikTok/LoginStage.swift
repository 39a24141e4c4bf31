import Foundation
import HTTP
import Schedule
import Support
import Synchronization
import Testing

@testable import Platforms

/// An account with a file of its own, and a TikTok.
final class LoginStage: Sendable {
  let host: Host
  let peer: TikTokPeer
  let account: AccountName
  /// What the keeper has said.
  private let said = Mutex<[TokenKeeper.Notice]>([])
  var notices: [TokenKeeper.Notice] { said.withLock { $0 } }
  /// How often the file cannot be written from here on.
  private let failures = Mutex(0)

  init(_ rotation: TikTokPeer.Rotation = .untilNewIsUsed) throws {
    let host = try Host()
    self.host = host
    var settings = TikTokPeer.Settings()
    settings.rotation = rotation
    peer = try TikTokPeer(settings, now: { host.clock.now })
    account = try #require(AccountName("acme"))
  }

  func failNextWrite() { failures.withLock { $0 = 1 } }

  func end() async {
    peer.stop()
    await host.client.shutdown()
  }

  var oauth: TikTokOAuth {
    TikTokOAuth(at: Origin(peer.origin), send: { [host] request throws(HTTPError) in try await host.client.send(request) })
  }

  var credentials: Credentials {
    Credentials(folder: host.folder.path("credentials")) { [self] name, bytes in
      let fails = failures.withLock { count in
        defer { count = max(0, count - 1) }
        return count > 0
      }
      if fails { throw CocoaError(.fileWriteOutOfSpace) }
      let path = host.folder.path("credentials/\(name)")
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
  }

  func keeper() -> TokenKeeper {
    TokenKeeper(
      credentials: credentials, oauth: oauth, now: { [host] in host.clock.now },
      say: { [self] notice in said.withLock { $0.append(notice) } })
  }

  func keep(_ credential: TikTokCredential) throws { try credentials.write(credential.fileBytes(), for: account, to: oauth.origin) }

  func kept() throws -> TikTokCredential { TikTokCredential(try credentials.credential(of: account, for: oauth.origin)) }

  /// A login as a person gives it; what it holds then.
  @discardableResult
  func login() throws -> TikTokCredential {
    let credential = try #require(TikTokCredential(given: Array(peer.login().utf8), app: nil, now: host.clock.now))
    try keep(credential)
    return credential
  }

  func authorization() throws -> TikTokAuthorization {
    TikTokAuthorization(
      app: try #require(TikTokApp(key: "awcanaryclientkey", secret: Secret("canary-client-secret-5Wq9"))),
      redirect: "http://127.0.0.1:3455/callback/")
  }

  /// What a browser is led back with.
  func browse(_ authorization: TikTokAuthorization) async throws -> String {
    let response = try await host.client.send(Request(.get, try Endpoint(authorization.url(at: Origin(peer.origin)))))
    let location = try #require(response.headers["location"])
    return String(location.split(separator: "?", maxSplits: 1)[1])
  }

  /// Whether TikTok takes a token.
  func isGood(_ token: Secret) async throws -> Bool {
    let url = try Endpoint(peer.origin + "/v2/user/info/?fields=open_id")
    return try await host.client.send(Request(.get, url, headers: ["authorization": "Bearer \(token.reveal())"])).status == 200
  }

  /// The error that `body` throws.
  func refusal(_ body: () async throws(DeliveryError) -> Secret) async -> DeliveryError? {
    do throws(DeliveryError) {
      _ = try await body()
      return nil
    } catch { return error }
  }

  /// Nothing that was handed out stands in a text.
  func isClean(_ text: String) -> Bool { !peer.secrets.contains { text.contains($0) } && !text.contains("canary") }
}
