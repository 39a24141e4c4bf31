import Foundation
import HTTP
import Schedule
import Support
import Testing

@testable import Platforms

@Suite("Credentials")
struct CredentialsTests {
  let host: Host
  let account: AccountName
  let origin = Origin(scheme: .https, host: "hooks.example")

  init() throws {
    host = try Host()
    account = try #require(AccountName("acme"))
  }

  @Test("Come back for the origin that they were bound to")
  func read() throws {
    try host.login("https://hooks.example/path?query")
    #expect(try host.credentials.credential(of: account, for: origin)["secret"] == Secret(Host.secret))
  }

  @Test("Are noticed when they change, beside a running daemon")
  func changes() throws {
    let credentials = host.credentials
    #expect(credentials.stamp(of: account) == nil)
    #expect(refusal(for: origin)?.message.contains("posthorn account login acme") == true)
    try host.login("https://hooks.example")
    let first = credentials.stamp(of: account)
    #expect(first != nil)
    try host.login("https://hooks.example", secret: Host.secret + "AAAA")
    #expect(credentials.stamp(of: account) != first)
    #expect(try credentials.credential(of: account, for: origin)["secret"] != Secret(Host.secret))
  }

  @Test(
    "Are not sent to another scheme, host or port; the error names both origins and never the secret",
    arguments: ["http://hooks.example", "https://evil.example", "https://hooks.example:8443", "https://sub.hooks.example"])
  func otherOrigin(url: String) throws {
    try host.login("https://hooks.example")
    let other = try #require(Origin(url))
    let error = refusal(for: other)
    #expect(error?.class == .auth)
    for part in ["acme", "https://hooks.example", url] { #expect(error?.message.contains(part) == true) }
    #expect(error?.message.contains("whsec") == false)
  }

  @Test("Are refused where others can read them, with the command that mends it", arguments: [0o640, 0o604, 0o660, 0o644])
  func readable(mode: Int) throws {
    try host.login("https://hooks.example")
    let path = host.folder.path("credentials/acme.json")
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = refusal(for: origin)
    #expect(error?.class == .auth)
    #expect(error?.message.hasSuffix("chmod 600 \(path)") == true)
  }

  @Test("Are refused where they are damaged, a link or a folder", arguments: ["damaged", "link", "folder"])
  func damaged(kind: String) throws {
    let path = host.folder.path("credentials/acme.json")
    switch kind {
    case "damaged": try host.folder.write("{\"secret\": \"canary", to: "credentials/acme.json")
    case "link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
    default: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    let error = refusal(for: origin)
    #expect(error?.class == .auth)
    #expect(error?.message.contains("canary") == false)
  }

  @Test("Are not kept unless they are one JSON object", arguments: ["", "canary", "[\"canary\"]", "{}", "{\"a\": 1} canary"])
  func unreadable(json: String) throws {
    do {
      try host.credentials.write(Array(json.utf8), for: account, to: origin)
      Issue.record("it was kept")
    } catch { #expect(!"\(error)".contains("canary")) }
    #expect(host.credentials.stamp(of: account) == nil)
  }

  @Test("Cannot be shown by accident")
  func secret() throws {
    try host.login("https://hooks.example")
    let credential = try host.credentials.credential(of: account, for: origin)
    let secret = try #require(credential["secret"])
    var dumped = ""
    dump(credential, to: &dumped)
    dump(secret, to: &dumped)
    for text in [dumped, "\(secret)", "\(credential)", String(reflecting: credential), String(describing: Optional(secret))] {
      #expect(!text.contains("MfKQ"))
    }
    #expect("\(secret)" == "***")
  }

  @Test("A webhook without one is not sent at all")
  func unsigned() async throws {
    let receiver = try Receiver()
    let platform = try #require(host.platform("webhook"))
    let publication = try sample("webhook", url: receiver.url())
    await #expect(throws: DeliveryError.self) { try await platform.prepare(publication) { _ in } }
    #expect(await platform.commit(publication, Prepared(body: [])).error?.class == .auth)
    #expect(receiver.connections == 0)
    receiver.stop()
    await host.client.shutdown()
  }

  private func refusal(for origin: Origin) -> DeliveryError? {
    do throws(DeliveryError) {
      _ = try host.credentials.credential(of: account, for: origin)
      return nil
    } catch { return error }
  }
}
