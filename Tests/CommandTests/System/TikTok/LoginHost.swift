import Foundation
import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

/// A host with an account of TikTok, and a TikTok.
final class LoginHost: Sendable {
  let peer: TikTokPeer
  let host: Host
  let browser = Client(.init(policy: .init(allowsPrivateHosts: true)))

  init(_ settings: TikTokPeer.Settings = .init()) throws {
    peer = try TikTokPeer(settings)
    host = try Host(
      try ContentRepository(files: ["accounts/acme.yaml": "platform: tiktok\n", "accounts/box.yaml": outbox]),
      access: ["--endpoint", "tiktok=\(peer.origin)"])
  }

  deinit { peer.stop() }

  static let app = [
    "POSTHORN_TIKTOK_CLIENT_KEY": "awcanaryclientkey", "POSTHORN_TIKTOK_CLIENT_SECRET": "canary-client-secret-5Wq9",
  ]

  /// A login at a terminal.
  func session(_ variables: [String: String] = app) throws -> TerminalSession {
    try TerminalSession(["account", "login", "acme"] + host.options, environment: ["HOME": host.home.path].merging(variables) { $1 })
  }

  /// Runs a command with further variables.
  func run(_ command: String..., input: String = "", variables: [String: String] = [:]) async throws -> Posthorn.Ending {
    try await Posthorn.run(
      command + host.options, environment: ["HOME": host.home.path].merging(variables) { $1 }, input: input)
  }

  /// Opens the address that the program has shown, as a browser does: to where it is led.
  func open(_ said: String) async throws -> (address: String, callback: String) {
    let address = try #require(said.split(separator: "\n").map { $0.drop { $0 == " " } }.first { $0.hasPrefix("http") }.map(String.init))
    return (address, try #require(try await get(address).headers["location"]))
  }

  func get(_ url: String) async throws -> Response { try await browser.send(Request(.get, try Endpoint(url))) }

  /// The login's file.
  var file: String { host.state + "/credentials/acme.json" }
  func kept() throws -> JSON { try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: file)))) }

  /// A keeper of this host's credentials, as a daemon has it.
  var credentials: Credentials {
    let folder = host.state + "/credentials"
    return Credentials(folder: folder) { name, bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(name)")
    }
  }

  /// What `body` of a text holds that nobody should see.
  func secrets(in text: String) -> [String] { (peer.secrets + ["canary-client-secret"]).filter { text.contains($0) } }

  /// Whether TikTok takes a token.
  func isGood(_ token: String) async throws -> Bool {
    let url = try Endpoint(peer.origin + "/v2/user/info/?fields=open_id")
    return try await browser.send(Request(.get, url, headers: ["authorization": "Bearer \(token)"])).status == 200
  }
}
