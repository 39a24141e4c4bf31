import Foundation
import Glibc
import Support
import Testing

@Suite("A state directory in trouble, as a user meets it")
struct StateDirectoryFaultTests {
  @Test(
    "Row 19: an outcome lands in the reserved room of a full disk; nothing new is begun",
    .enabled(if: SmallDisk.isPossible, "needs root to mount a file system"))
  func full() async throws {
    let gate = Gate()
    let receiver = try Receiver { _ in .after(gate, .ok) }
    defer { receiver.stop() }
    let disk = try SmallDisk(size: "120m")
    let files = ["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")]
    let host = try Host(try ContentRepository(files: files), state: disk.path + "/state")
    try await host.login("hook")
    let daemon = try await host.daemon()
    await receiver.waitForArrivals(1)
    try disk.fill("filler")
    try host.repository.push(["posts/later.yaml": post(to: "hook")])
    _ = try await daemon.line(containing: "nothing new is begun until there is space")
    gate.open()
    _ = try await daemon.line(containing: " published ")
    try await daemon.crash(sparing: host.repository.upstream)
    #expect(receiver.arrivals.count == 1)
    try FileManager.default.removeItem(atPath: disk.path + "/filler")
    try await host.reconcile()
    for name in ["launch", "later"] { #expect(try host.attempts(name) == ["1 published"]) }
    #expect(receiver.arrivals.count == 2)
  }

  @Test(
    "Row 26: a checkpoint or schedule that is empty, cut or changed is set aside and made anew, and nothing goes out again",
    arguments: ["observed", "desired", "desired.base"], ["empty", "cut", "flipped"])
  func damaged(name: String, how: String) async throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile()
    let file = URL(fileURLWithPath: "\(host.state)/\(name)")
    var bytes = try Data(contentsOf: file)
    switch how {
    case "empty": bytes = Data()
    case "cut": bytes = bytes.prefix(bytes.count / 2)
    default: bytes[bytes.count - 1] ^= 1
    }
    try bytes.write(to: file)
    let ending = try await host.reconcile()
    #expect(ending.errors.contains("\(name) is damaged") && ending.errors.contains("\(name).damaged-1"), "\(ending)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(host.state)/\(name).damaged-1")) == bytes)
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(receiver.arrivals.count == 1)
    let next = try await host.reconcile()
    #expect(!next.errors.contains("damaged"), "\(next)")
  }

  @Test("Row 24: a journal in which one bit has changed publishes nothing and says where")
  func flippedJournal() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/first.yaml": post()])
    try await host.reconcile()
    let file = URL(fileURLWithPath: "\(host.state)/journal/segment-0000000001")
    var bytes = try Data(contentsOf: file)
    bytes[100] ^= 1
    try bytes.write(to: file)
    try host.repository.push(["posts/second.yaml": post()])
    let ending = try await host.posthorn("reconcile")
    #expect(ending.status == 3 && ending.errors.contains("\(file.path) is damaged at byte 48"), "\(ending)")
    #expect(host.outbox().count == 1)
  }

  @Test(
    "Row 27: one that cannot be relied on is refused with 3, and the reason",
    arguments: [("link", "symbolic link"), ("foreign", "belongs to user 65534"), ("NFS", "NFS does not keep"), ("read-only", "writable")])
  func refused(kind: String, why: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    var (state, variables, disk) = (host.state, [String: String](), SmallDisk?.none)
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    switch kind {
    case "link":
      state += "-link"
      try FileManager.default.createSymbolicLink(atPath: state, withDestinationPath: host.state)
    case "foreign":
      guard geteuid() == 0 else { return }  // Only root can give a folder away.
      #expect(chown(state, 65534, 65534) == 0)
    case "NFS": variables = try Faults.fileSystem(0x6969)
    default:
      guard SmallDisk.isPossible else { return }  // Only root can mount.
      disk = try SmallDisk(size: "1m", flags: UInt(MS_RDONLY))
      state = disk?.path ?? state
    }
    let ending = try await Posthorn.run(
      ["reconcile", "--repo", host.repository.url, "--state", state], environment: ["HOME": host.home.path].merging(variables) { $1 })
    #expect(ending.status == 3 && ending.errors.contains(why) && ending.errors.contains(state), "\(ending)")
    #expect(host.outbox() == [])
    withExtendedLifetime(disk) {}
  }

  @Test("Row 31: a daemon whose lock file was removed stops when another one has started, and only the other publishes")
  func lockRemoved() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let first = try await host.daemon(interval: "1h")
    _ = try await first.line(containing: "adopted")
    try FileManager.default.removeItem(atPath: host.state + "/lock")
    let second = try await host.daemon(interval: "1h")
    _ = try await second.line(containing: "running")
    try host.repository.push(["posts/launch.yaml": post()])
    first.wake()
    #expect(try await first.end() == 3)
    #expect(first.log.contains("the lock was removed or replaced"))
    let ending = try await host.reconcile()
    #expect(ending.errors.contains("pid \(second.process)"), "\(ending)")
    try await second.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(try await second.stop() == 0)
    #expect(host.outbox().count == 1)
  }

  @Test("Row 32: while the holder is stopped by SIGSTOP, a second daemon is refused")
  func holderStopped() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let holder = try await host.daemon()
    #expect(kill(holder.process, SIGSTOP) == 0)
    let second = try await host.posthorn("daemon")
    #expect(kill(holder.process, SIGCONT) == 0)
    #expect(second.status == 3 && second.errors.contains("pid \(holder.process)"), "\(second)")
    #expect(try await holder.stop() == 0)
  }

  @Test("Deliveries that are due together share their flushes")
  func groups() async throws {
    let names = (1...50).map { "p\($0)" }
    let host = try Host(Dictionary(uniqueKeysWithValues: [("accounts/acme.yaml", outbox)] + names.map { ("posts/\($0).yaml", post()) }))
    let log = host.home.path("flushes")
    let counting = try Faults(.kill, of: [.fdatasync], below: host.state).environment(at: 1_000_000, log: log)
    let ending = try await Posthorn.run(["reconcile"] + host.options, environment: counting.merging(["HOME": host.home.path]) { $1 })
    #expect(ending.status == 0, "\(ending)")
    let flushes = try Posthorn.text(log).split(separator: "\n").count
    #expect(flushes < 75, "one at a time they were 150")
  }
}
