import Foundation
import Support
import Testing

@Suite("What can go wrong while upstream is read")
struct FetchFaultTests {
  @Test("Row 34: upstream that falls silent is left at the deadline; what is due meanwhile goes out, and its call is not cut")
  func silent() async throws {
    let gate = Gate()
    let receiver = try Receiver { _ in .after(gate, .ok) }
    let server = try GitDaemon()
    let relay = try Relay(to: server.port)
    defer {
      receiver.stop()
      relay.stop()
    }
    let served = try ServedHost(
      ["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(due: 4, to: "hook")], port: relay.port,
      "--git-deadline", "3s", server: server)
    try await served.host.login("hook")
    let daemon = try await served.host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    relay.set(.silent)
    daemon.wake()
    await receiver.waitForArrivals(1)
    // A push of records may be cut short as well.
    let line = try await daemon.line(containing: "the last good schedule stands")
    #expect(line.contains("it took longer than"), "\(line)")
    gate.open()
    relay.set(.open)
    try await daemon.until("the record") { try served.host.attempts("launch") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(receiver.arrivals.count == 1)
  }

  @Test("Row 34: a daemon that starts while upstream is silent goes on with the branch that it had, and publishes what is due")
  func silentStart() async throws {
    let server = try GitDaemon()
    let relay = try Relay(to: server.port)
    defer { relay.stop() }
    let served = try ServedHost(
      ["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3)], port: relay.port, "--git-deadline", "1s", server: server)
    try await served.host.reconcile()
    relay.set(.silent)
    let daemon = try await served.host.daemon()
    #expect(daemon.log.contains("going on with main, as before"))
    try await daemon.until("the publication") { served.host.outbox().count == 1 }
    #expect(try await daemon.stop() == 0)
  }

  @Test("Row 35: killed in the middle of a pack, the next start sweeps what it left and fetches it")
  func killed() async throws {
    let server = try GitDaemon()
    let relay = try Relay(to: server.port)
    defer { relay.stop() }
    let served = try ServedHost(["accounts/acme.yaml": outbox], port: relay.port, server: server)
    let host = served.host
    try await host.reconcile()
    let first = try await host.daemon(interval: "1h")
    var generator = SystemRandomNumberGenerator()
    let noise = (0..<40_000).map { _ in String(generator.next(), radix: 36) }.joined()
    try host.repository.push(["media/noise.txt": noise, "posts/launch.yaml": post()])
    relay.set(.stalling(after: 100_000))
    first.wake()
    let litter = {
      try FileManager.default.contentsOfDirectory(atPath: served.mirror + "/objects/pack").filter { $0.contains("pack_git2_") }
    }
    try await first.until("half a pack") { try !litter().isEmpty }
    try await first.crash()
    #expect(try !litter().isEmpty)
    relay.set(.open)
    let second = try await host.daemon()
    _ = try await second.line(containing: "removed what a crash left")
    try await second.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(try await second.stop() == 0)
    #expect(try litter().isEmpty)
    #expect(try GitClient(at: served.mirror).fsck() == "")
  }

  /// What became of a branch, and whether its repository is read in place or through a mirror.
  static let rewritings = ["moved back", "replaced by another history", "deleted"].flatMap { fate in
    ["in place", "through a mirror"].map { (fate, $0) }
  }

  @Test(
    "Row 37: a branch that is moved back, replaced or deleted arms nothing; its last good commit is kept, and what it asked for goes out")
  func rewritten() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (fate, way) in Self.rewritings { group.addTask { try await self.rewritten(fate, way) } }
      try await group.waitForAll()
    }
  }

  private func rewritten(_ fate: String, _ way: String) async throws {
    let files = ["accounts/acme.yaml": outbox, "posts/good.yaml": post(due: 5)]
    let served = way == "in place" ? nil : try ServedHost(files)
    let host = try served?.host ?? Host(files)
    let upstream = host.repository.upstream
    let instant = wallClock(5)
    try host.repository.push(["posts/other.yaml": post(due: 3600)])
    try await host.reconcile()
    let old = try upstream.git("rev-parse", "main")
    switch fate {
    case "moved back": try upstream.git("update-ref", "refs/heads/main", "main~1")
    case "deleted": try upstream.git("update-ref", "-d", "refs/heads/main")
    default:
      let stranger = try GitClient.create(at: host.home.path("stranger"))
      try stranger.commit(["schedule/accounts/acme.yaml": outbox, "schedule/posts/evil.yaml": post()])
      try stranger.git("push", "-q", "--force", upstream.path, "main")
    }
    try await eventually("the good post's instant") { wallClock(0) > instant }
    let ending = try await host.reconcile(exit: 3)
    let words = fate == "deleted" ? "branch main" : "was rewritten"
    #expect(ending.output.contains(words), "\(fate), \(way): \(ending)")
    #expect(host.outbox().map { String($0.prefix(5)) } == ["good."], "\(fate), \(way)")
    let keeper = served.map { GitClient(at: $0.mirror) } ?? upstream
    #expect(try keeper.git("rev-parse", "refs/posthorn/kept/\(old)") == old, "\(fate), \(way)")
    if fate == "deleted" { #expect(try upstream.git("branch", "--list") == "", "\(way)") }
  }
}
