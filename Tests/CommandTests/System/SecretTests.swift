import Foundation
import Glibc
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

  @Test("A password that stands in a remote's address is in no log, record, state file, error or process, not even when all goes wrong")
  func address() async throws {
    let (host, server) = try Transport.https.host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    defer { withExtendedLifetime(server) {} }
    let clone = host.repository.clone
    let refuse = host.repository.upstream.path + "/hooks/pre-receive"
    try Data("#!/bin/sh\nexit 1\n".utf8).write(to: URL(fileURLWithPath: refuse))
    chmod(refuse, 0o755)
    try clone.git("branch", "-q", "--set-upstream-to=origin/main")
    let port = try #require(server as? GitServer).port
    func name(_ address: String) throws { try clone.git("remote", "set-url", "origin", "https://ann:\(Self.canary)@\(address)") }
    let options = ["--repo", clone.path, "--allow-private-hosts"] + host.options.filter { $0 != "--allow-private-hosts" }.dropFirst(2)
    let environment = ["HOME": host.home.path]
    try name("localhost:\(port)/team.git")
    let daemon = try await Daemon(options + ["--verbose"], environment: environment)
    _ = try await daemon.line(containing: "records could not be pushed")
    let process = try ["cmdline", "environ"].map { try Posthorn.text("/proc/\(daemon.process)/\($0)") }
    try await daemon.stop()
    #expect(!daemon.log.contains(Self.canary) && !process.joined().contains(Self.canary))
    // Nobody listens, there is nothing, and it is no address of a host.
    for address in ["localhost:1/team.git", "localhost:\(port)/nothing.git", "lo cal'host/x"] {
      try name(address)
      let ending = try await Posthorn.run(["doctor"] + options, environment: environment)
      #expect(!"\(ending)".contains(Self.canary), "\(address): \(ending)")
    }
    #expect(try holders(of: Self.canary, below: host.home.path) == [])
    #expect(try !host.repository.upstream.git("log", "-p", "--all").contains(Self.canary))
  }

  /// The files below `folder` that contain `text`.
  private func holders(of text: String, below folder: String) throws -> [String] {
    let found = try run(["sh", "-c", "grep -rlF -- \"$1\" . || [ $? = 1 ]", "sh", text], in: folder)
    return found.split(separator: "\n").map { String($0.dropFirst(2)) }.sorted()
  }
}
