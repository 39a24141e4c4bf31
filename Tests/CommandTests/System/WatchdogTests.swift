import Foundation
import Schedule
import Support
import Testing

@Suite("What a service manager is told")
struct WatchdogTests {
  private let host: Host
  private let manager: NotifySocket
  /// The manager's interval; a daemon that is well says so twice in it.
  private let interval = Duration.milliseconds(600)

  init() throws {
    host = try Host(["accounts/acme.yaml": outbox])
    manager = try NotifySocket(at: host.home.path("notify"))
  }

  private func daemon(failpoint: String? = nil) async throws -> Daemon {
    var environment = ["HOME": host.home.path, "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "600000"]
    environment["POSTHORN_FAILPOINT"] = failpoint
    let daemon = try await Daemon(host.options + ["--interval", "1h"], environment: environment)
    #expect(try await manager.next(within: .seconds(30)) == "READY=1")
    #expect(try await manager.next(within: .seconds(30)) == "WATCHDOG=1")
    return daemon
  }

  @Test("Row 66: a daemon that stalls tells its watchdog nothing; killed for it and started again, it goes on where it was")
  func stalled() async throws {
    let first = try await daemon(failpoint: "commit.flushed=pause")
    try host.repository.push(["posts/launch.yaml": post()])
    first.wake()
    while try await manager.next(within: interval * 2) != nil {}
    try await first.crash()
    #expect(host.outbox().isEmpty)
    let second = try await daemon()
    try await second.until("the record") { try host.attempts("launch") == ["1 published"] }
    for _ in 1...3 { #expect(try await manager.next(within: .seconds(30)) == "WATCHDOG=1") }
    second.requestStop()
    var last: String?
    while let message = try await manager.next(within: .seconds(1)) { last = message }
    #expect(last == "STOPPING=1")
    #expect(try await second.end() == 0)
    #expect(host.outbox().count == 1)
  }

  @Test("Row 66: the watchdog is fed by the loop that publishes, and not beside it: while that is held up, nothing is told")
  func heldUp() async throws {
    let daemon = try await daemon(failpoint: "claim.won=delay")
    try host.repository.push(["posts/launch.yaml": post()])
    daemon.wake()
    var longest = Duration.zero
    while try host.attempts("launch").isEmpty {
      let asked = ContinuousClock.now
      #expect(try await manager.next(within: .seconds(30)) == "WATCHDOG=1")
      longest = max(longest, ContinuousClock.now - asked)
    }
    #expect(longest > interval)
    #expect(try await daemon.stop() == 0)
  }
}
