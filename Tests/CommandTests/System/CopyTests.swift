import Foundation
import Glibc
import Schedule
import Support
import Testing

/// What went out is what the receiver has seen.
@Suite("State directories that are copied, moved or restored, and daemons that sleep, under local claims")
struct CopyTests {
  private let receiver: Receiver
  private let server: GitDaemon
  private let relay: Relay
  private let host: Host

  init() async throws {
    receiver = try Receiver { _ in .ok }
    server = try GitDaemon()
    relay = try Relay(to: server.port)
    host = try ServedHost(
      ["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/first.yaml": post(to: "hook")], port: relay.port,
      "--git-deadline", "2s", server: server
    ).host
    try await host.login("hook")
    try await host.reconcile()
  }

  /// Another host, with what the first one has in its state directory.
  private func copy() throws -> Host {
    let other = try Host(host.repository, repo: server.url("team.git", port: relay.port), access: host.access)
    copyLiving(host.state, to: other.state)
    return other
  }

  @Test("Row 70: A copy of the directory of a running daemon, on the same machine, is told by it that it is there, and sends nothing")
  func copied() async throws {
    defer { end() }
    let first = try await host.daemon()
    let copy = try copy()
    let second = try await copy.daemon()
    _ = try await second.line(containing: "is alive")
    #expect(second.log.contains("a copy of this state directory"))
    let names = ["a", "b", "c"]
    try host.repository.push(Dictionary(uniqueKeysWithValues: names.map { ("posts/\($0).yaml", post(due: 0, to: "hook")) }))
    for name in names { try await first.until("\(name)'s record") { try host.attempts(name) == ["1 published"] } }
    #expect(try await first.stop() == 0)
    #expect(try await second.stop() == 0)
    #expect(receiver.arrivals.count == 4)
  }

  @Test("A daemon whose directory is moved away stops, and what stands in its place then goes on")
  func moved() async throws {
    defer { end() }
    let first = try await host.daemon()
    kill(first.process, SIGSTOP)
    try await first.pause()
    try FileManager.default.moveItem(atPath: host.state, toPath: host.home.path("moved"))
    copyLiving(host.home.path("moved"), to: host.state)
    first.resume()
    try host.repository.push(["posts/next.yaml": post(due: 0, to: "hook")])
    let ending = try await first.ending()
    #expect(ending.status == 3 && ending.errors.contains("its directory moved"), "\(ending)")
    let second = try await host.daemon()
    try await second.until("the record") { try host.attempts("next") == ["1 published"] }
    #expect(try await second.stop() == 0)
    #expect(receiver.arrivals.count == 2)
  }

  @Test("Row 28: a backup that is restored over the directory while upstream is down sends nothing again, and says why it waits")
  func restored() async throws {
    defer { end() }
    copyLiving(host.state, to: host.home.path("backup"))
    try host.repository.push(["posts/next.yaml": post(due: 0, to: "hook")])
    try await host.reconcile()
    #expect(receiver.arrivals.count == 2)
    try FileManager.default.removeItem(atPath: host.state)
    try FileManager.default.moveItem(atPath: host.home.path("backup"), toPath: host.state)
    relay.set(.down)
    let daemon = try await host.daemon()
    _ = try await daemon.line(containing: "nothing is published until upstream has answered")
    relay.set(.open)
    try host.repository.push(["posts/last.yaml": post(due: 1, to: "hook")])
    try await daemon.until("the last one's record") { try host.attempts("last") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(try host.attempts("next") == ["1 published"])
    #expect(receiver.arrivals.count == 3)
  }

  @Test("Row 90: A daemon that comes back within a boot publishes on time although upstream hangs, or is down", arguments: [true, false])
  func comesBack(isHanging: Bool) async throws {
    defer { end() }
    let first = try await host.daemon()
    let due = Date().addingTimeInterval(7)
    try host.repository.push(["posts/next.yaml": post(due: 7, to: "hook", caption: "Soon.", "grace: 5s")])
    first.wake()
    _ = try await first.line(containing: "posts=1")
    try await first.crash()
    relay.set(isHanging ? .silent : .down)
    let second = try await host.daemon(interval: "1h")
    try await second.until("the publication") { receiver.arrivals.count == 2 }
    #expect(abs(Date().timeIntervalSince(due)) < 1.5)
    relay.set(.open)
    second.wake()
    try await second.until("the record") { try host.attempts("next") == ["1 published"] }
    #expect(try await second.stop() == 0)
    #expect(receiver.arrivals.count == 2)
  }

  @Test("After a restart of the machine nothing goes out while upstream is down, and what is due does once it has answered")
  func restartedMachine() async throws {
    defer { end() }
    try host.repository.push(["posts/next.yaml": post(due: 2, to: "hook")])
    try await host.reconcile()
    relay.set(.down)
    let after = try TemporaryFolder("boot-memory")
    let daemon = try await Daemon(
      host.options + ["--interval", "1s"], environment: ["HOME": host.home.path, "POSTHORN_BOOT_MEMORY": after.path])
    _ = try await daemon.line(containing: "nothing is published until upstream has answered")
    let (due, count) = (wallClock(2), receiver.arrivals.count)
    try await daemon.until("the instant") { wallClock(0) > due }
    #expect(receiver.arrivals.count == count)
    relay.set(.open)
    try await daemon.until("the record") { try host.attempts("next") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(receiver.arrivals.count == 2)
  }

  @Test("Row 71: A daemon that was stopped while another one took over and published sends nothing of it when it goes on")
  func slept() async throws {
    defer { end() }
    let asleep = host.home.path("asleep")
    let environment = try Faults.suspension(saidBy: asleep)
    let first = try await Daemon(host.options + ["--interval", "1s"], environment: ["HOME": host.home.path].merging(environment) { $1 })
    let other = try Host(host.repository, repo: server.url("team.git", port: relay.port), access: host.access)
    try await other.login("hook")
    try host.repository.push(["posts/next.yaml": post(due: 105, to: "hook", caption: "Late.", "grace: 3h")])
    first.wake()
    _ = try await first.line(containing: "posts=1")
    kill(first.process, SIGSTOP)
    try await first.pause()
    let second = try await Daemon(other.options + ["--interval", "1s"], environment: ["HOME": other.home.path].merging(environment) { $1 })
    _ = try await second.line(containing: "it was asked whether it still does")
    try Data("110".utf8).write(to: URL(fileURLWithPath: asleep))
    try await second.until("the publication") { receiver.arrivals.count == 2 }
    first.resume()
    _ = try await first.line(containing: "publishes from this repository")
    try await second.until("the record") { try other.attempts("next") == ["1 published"] }
    #expect(try await first.stop() == 0, "\(first.log)")
    #expect(try await second.stop() == 0)
    #expect(receiver.arrivals.count == 2)
  }

  private func end() {
    receiver.stop()
    relay.stop()
  }
}

/// Copies a state directory whose daemon may run. What goes away meanwhile is an error for cp, and no harm: the copy lacks it, as one made a moment
/// later would.
private func copyLiving(_ path: String, to copy: String) { _ = try? run(["cp", "-a", path, copy]) }
