import Foundation
import Glibc
import Schedule
import Support
import Testing

@Suite("The daemon as a process")
struct DaemonTests {
  @Test("Asked to stop, it finishes the call in flight, records it, and ends with 0")
  func drains() async throws {
    let gate = Gate()
    let receiver = try Receiver { _ in .after(gate, .ok) }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    let daemon = try await host.daemon()
    await receiver.waitForArrivals(1)
    daemon.requestStop()
    _ = try await daemon.line(containing: "stopping")
    #expect(try host.attempts("launch") == [])
    gate.open()
    #expect(try await daemon.end() == 0)
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(receiver.arrivals.count == 1)
  }

  @Test("Asked to stop, it begins nothing new")
  func beginsNothing() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 30)])
    let daemon = try await host.daemon()
    _ = try await daemon.line(containing: "adopted")
    #expect(try await daemon.stop() == 0)
    #expect(host.outbox().isEmpty)
    #expect(try host.attempts("launch") == [])
  }

  @Test("SIGHUP and posthorn reconcile have it fetch at once", arguments: ["SIGHUP", "reconcile"])
  func wakes(how: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    try host.repository.push(["posts/launch.yaml": post()])
    if how == "SIGHUP" {
      daemon.wake()
    } else {
      let ending = try await host.reconcile()
      #expect(ending.errors.contains("pid \(daemon.process)"))
    }
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
  }

  @Test(
    "A push to a repository on this machine is noticed at once, without a hook; packed and nested branches too",
    arguments: ["main", "team/posts"])
  func noticed(branch: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let upstream = host.repository.upstream
    if branch != "main" { try upstream.git("branch", branch, "main") }
    try upstream.git("pack-refs", "--all")
    let daemon = try await host.daemon("--branch", branch, interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    for (number, name) in ["first", "second"].enumerated() {
      try host.repository.clone.commit(["schedule/posts/\(name).yaml": post()], message: name)
      try host.repository.clone.pushOnTop(branch)
      try await daemon.until("record \(number)") { try host.attempts(name, on: branch) == ["1 published"] }
      try host.repository.clone.git("pull", "-q", "--rebase", "origin", branch)
    }
    #expect(try await daemon.stop() == 0)
  }

  @Test("Row 30: a second daemon ends with 3 and names the first one's process, host and start, and how to go on")
  func second() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon()
    let second = try await host.posthorn("daemon", "--interval", "1h")
    #expect(second.status == 3)
    let name = try run(["hostname"]).trimmingCharacters(in: .whitespacesAndNewlines)
    for part in ["pid \(daemon.process)", name, "since", "--state", host.state] { #expect(second.errors.contains(part), "\(second)") }
    #expect(try await daemon.stop() == 0)
  }

  @Test("Killed while fifty go out and started again: each is published once, and recorded")
  func killed() async throws {
    let names = (1...50).map { "p\($0)" }
    let host = try Host(
      Dictionary(uniqueKeysWithValues: [("accounts/acme.yaml", outbox)] + names.map { ("posts/\($0).yaml", post()) }))
    let first = try await host.daemon()
    try await first.until("the first publication") { !host.outbox().isEmpty }
    try await first.crash(sparing: host.repository.upstream)
    let second = try await host.daemon()
    try await second.until("every record") { try host.repository.names(under: "history/").count >= names.count }
    #expect(try await second.stop() == 0)
    #expect(try names.allSatisfy { try host.attempts($0) == ["1 published"] })
    #expect(host.outbox().count == names.count)
    #expect(try host.repository.upstream.fsck() == "")
  }

  @Test("Killed while a webhook has the request: started again it is in doubt, and was sent once")
  func killedInFlight() async throws {
    let receiver = try Receiver { _ in .silence }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    let first = try await host.daemon()
    await receiver.waitForArrivals(1)
    try await first.crash(sparing: host.repository.upstream)
    let second = try await host.daemon()
    try await second.until("the doubt's record") { try host.attempts("launch") == ["1 in_doubt"] }
    #expect(try await second.stop() == 0)
    #expect(receiver.arrivals.count == 1)
  }

  @Test("Killed before it could record, started again it records and sends nothing a second time")
  func killedBeforeRecord() async throws {
    // The branch's own lock, held as by a git that died, keeps every record out.
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let lock = host.repository.upstream.path + "/refs/heads/main.lock"
    try Data().write(to: URL(fileURLWithPath: lock))
    let first = try await host.daemon()
    try await first.until("the publication") { host.outbox().count == 1 }
    _ = try await first.line(containing: " published ")
    try await first.crash()
    try FileManager.default.removeItem(atPath: lock)
    #expect(try host.attempts("launch") == [])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(host.outbox().count == 1)
  }

  @Test("Its own records never wake it: a quiet repository gets no further commits")
  func quiet() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let daemon = try await host.daemon()
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    let tip = try host.repository.upstream.git("rev-parse", "main")
    // Three further fetches, each answered by a pass that has nothing to do.
    for _ in 1...3 { #expect(try await host.reconcile().status == 0) }
    #expect(try await daemon.stop() == 0)
    #expect(try host.repository.upstream.git("rev-parse", "main") == tip)
  }
}
