import Foundation
import Schedule
import Support
import Testing

@Suite("Secrets")
struct SecretTests {
  /// Base64 of 24 bytes, found nowhere else.
  private static let canary = "Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5"

  @Test("A webhook's secret is in its credential file and nowhere else: no log, record, state file or process")
  func nowhere() async throws {
    let receiver = try Receiver { arrival in
      // The answer repeats everything that it got: an unkind receiver.
      .reply([503, 401, 200][min(arrival.number - 1, 2)], body: arrival.bytes)
    }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook"), "posthorn.yaml": "retry: {delays: [1s]}\n",
    ])
    try await host.login("hook", secret: "whsec_" + Self.canary)
    let daemon = try await host.daemon("--verbose")
    await receiver.waitForArrivals(2)
    let process = try ["cmdline", "environ"].map { try Posthorn.text("/proc/\(daemon.process)/\($0)") }
    try await daemon.until("the hold") { try host.status("launch")?.deliveries.first?.state == .held }
    try await host.login("hook", secret: "whsec_" + Self.canary)
    try await daemon.until("the publication's record") { try host.status("launch")?.state.rawValue == "published" }
    #expect(try await daemon.stop() == 0)

    #expect(!daemon.log.contains(Self.canary) && !process.joined().contains(Self.canary))
    #expect(try !host.repository.upstream.git("log", "-p", "--all").contains(Self.canary))
    #expect(receiver.arrivals.allSatisfy { !String(decoding: $0.bytes, as: UTF8.self).contains(Self.canary) })
    #expect(try holders(of: Self.canary, below: host.state) == ["credentials/hook.json"])
    let mode = try FileManager.default.attributesOfItem(atPath: host.state + "/credentials/hook.json")[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("The password of an https upstream is in no log, record or state file")
  func password() async throws {
    let (host, server) = try Transport.https.host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    defer { withExtendedLifetime(server) {} }
    let password = try #require(server as? GitServer).password
    let daemon = try await host.daemon("--verbose")
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    let process = try ["cmdline", "environ"].map { try Posthorn.text("/proc/\(daemon.process)/\($0)") }
    #expect(try await daemon.stop() == 0)
    #expect(!daemon.log.contains(password) && !process.joined().contains(password))
    #expect(try holders(of: password, below: host.state) == [])
  }

  /// The files below `folder` that contain `text`.
  private func holders(of text: String, below folder: String) throws -> [String] {
    let found = try run(["sh", "-c", "grep -rlF -- \"$1\" . || [ $? = 1 ]", "sh", text], in: folder)
    return found.split(separator: "\n").map { String($0.dropFirst(2)) }.sorted()
  }
}
