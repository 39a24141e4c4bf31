import Foundation
import Schedule
import Support
import Testing

@Suite("What can go wrong while records are written back")
struct RecordFaultTests {
  @Test("Row 42: git gc, repack and pack-refs in a loop beside the daemon lose no record, and hold no deleted pack open")
  func housekeeping() async throws {
    let names = (0..<24).map { "p\($0)" }
    let posts = names.enumerated().map { ("posts/\($1).yaml", post(due: 2 + $0 / 4)) }
    let host = try Host(
      Dictionary(uniqueKeysWithValues: posts + [("accounts/acme.yaml", outbox), ("posthorn.yaml", "record: {interval: 0s}\n")]))
    let upstream = host.repository.upstream
    let daemon = try await host.daemon()
    var rounds = 0
    while try host.repository.names(under: "history/").count < names.count, rounds < 200 {
      rounds += 1
      try await onThread {
        for command in [["gc", "-q", "--prune=now"], ["repack", "-a", "-d", "-q"], ["pack-refs", "--all", "--prune"]] {
          try run(["git", "-C", upstream.path] + command)
        }
      }
    }
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process)/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(daemon.process)/fd/\($0)")  // It may be closed by now.
    }
    #expect(open.count { $0.hasSuffix(".pack (deleted)") } <= 4, "after \(rounds) rounds: \(open)")
    #expect(try await daemon.stop() == 0)
    #expect(try names.allSatisfy { try host.attempts($0) == ["1 published"] })
    #expect(try upstream.fsck() == "")
  }

  @Test("Row 43: somebody's lock on the branch is waited for; one that stays is reported after ten seconds with its path, owner and age")
  func locks() async throws {
    async let short: Void = lockForAWhile()
    async let long: Void = lockForEver()
    _ = try await (short, long)
  }

  private func locked() async throws -> (host: Host, lock: String, daemon: Daemon) {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let lock = host.repository.upstream.path + "/refs/heads/main.lock"
    try Data().write(to: URL(fileURLWithPath: lock))
    let daemon = try await host.daemon(interval: "1h")
    try await daemon.until("the publication") { host.outbox().count == 1 }
    return (host, lock, daemon)
  }

  private func lockForAWhile() async throws {
    let (host, lock, daemon) = try await locked()
    let end = ContinuousClock.now + .seconds(3)
    try await eventually("three seconds") { ContinuousClock.now > end }
    #expect(try host.attempts("launch") == [])
    try FileManager.default.removeItem(atPath: lock)
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(!daemon.log.contains("could not be pushed"))
    #expect(try await daemon.stop() == 0)
  }

  private func lockForEver() async throws {
    let (host, lock, daemon) = try await locked()
    let line = try await daemon.line(containing: "records could not be pushed")
    #expect(line.contains(lock) && line.contains(/is held by \S+ since [12]\d s/) && line.contains("remove it"), "\(line)")
    #expect(FileManager.default.fileExists(atPath: lock))
    let packs = try host.repository.upstream.git("count-objects", "-v")
    #expect(packs.contains("packs: 0"), "nothing is written for a branch that cannot move: \(packs)")
    try FileManager.default.removeItem(atPath: lock)
    try await daemon.until("the record") { try host.attempts("launch") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
  }

  @Test("Row 45: a commit that arrives between the server's advertisement and our update stays, and the record is made again on top of it")
  func race() async throws {
    let served = try ServedHost(["accounts/acme.yaml": outbox, "posts/first.yaml": post()])
    let upstream = served.host.repository.upstream
    try await served.host.reconcile()
    try served.host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try served.host.repository.push(["posts/launch.yaml": post()])
    let theirs = try upstream.git("commit-tree", "main^{tree}", "-p", "main", "-m", "theirs")
    let once = "[ -e raced ] || { touch raced; env -u GIT_QUARANTINE_PATH git update-ref refs/heads/main \(theirs); }"
    _ = try Hook("pre-receive", once, in: upstream)
    try await served.host.reconcile()
    #expect(FileManager.default.fileExists(atPath: upstream.path + "/raced"))
    #expect(try served.host.attempts("launch") == ["1 published"])
    try upstream.git("merge-base", "--is-ancestor", theirs, "main")
    #expect(try upstream.git("log", "-2", "--format=%s", "main") == "publish launch to acme\ntheirs")
    #expect(try upstream.fsck() == "")
  }

  @Test("Row 46: a push that is refused is tried again further and further apart, said once with what to do, and its outcomes are kept")
  func refused() async throws {
    let served = try ServedHost(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let (host, upstream) = (served.host, served.host.repository.upstream)
    let hook = try Hook("pre-receive", "date +%s%3N >> tries; echo main is protected; exit 1", in: upstream)
    let daemon = try await host.daemon()
    let tries = { try Posthorn.text(upstream.path + "/tries").split(separator: "\n").compactMap { Int($0) } }
    _ = try await daemon.line(containing: "could not be pushed")
    // Before the first of them came the word about who publishes.
    try await daemon.until("the third try") { try tries().count >= 4 }
    let times = try tries().dropFirst().map { $0 }
    #expect(times[1] - times[0] >= 900 && times[2] - times[1] >= 1900, "\(times)")
    let said = daemon.log.split(separator: "\n").filter { $0.contains("could not be pushed") }
    #expect(said.count == 1 && said[0].contains("main is protected") && said[0].contains("record.branch"), "\(said)")
    let packs = try served.packs().count
    #expect(packs <= 3, "the same commit is tried again, not another one each time")
    try hook.remove()
    #expect(try await daemon.stop() == 0)
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(host.outbox().count == 1)
    #expect(try upstream.git("rev-list", "--author=Posthorn", "--count", "main") == "1")
  }

  @Test("Row 47: a push that was applied and whose answer got lost is recognised, and nothing is recorded twice")
  func answerLost() async throws {
    let server = try GitDaemon()
    let relay = try Relay(to: server.port, .swallowingPushAnswers)
    defer { relay.stop() }
    let served = try ServedHost(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()], port: relay.port, server: server)
    for _ in 1...2 { try await served.host.reconcile() }
    #expect(relay.pushes == 2)
    #expect(try served.host.attempts("launch") == ["1 published"])
    let subjects = try served.host.repository.upstream.git("log", "--author=Posthorn", "--format=%s", "main")
    #expect(subjects == "publish launch to acme\npublish from here on")
  }

  @Test("Row 48: four daemons and two people write to one bare repository on the same disk, and no commit is lost")
  func crowd() async throws {
    let folders = ["a", "b", "c", "d"]
    let repository = try ContentRepository()
    let start = folders.flatMap { [("\($0)/accounts/acme.yaml", outbox), ("\($0)/posthorn.yaml", "record: {interval: 0s}\n")] }
    try repository.clone.commit(Dictionary(uniqueKeysWithValues: start.map { ($0, String?.some($1)) }))
    try repository.clone.git("push", "-q", "origin", "main")
    let hosts = try folders.map { try Host(repository, access: ["--folder", $0]) }
    var daemons: [Daemon] = []
    for host in hosts { daemons.append(try await host.daemon()) }
    async let first = pushing(as: "bob", folders, repository)
    async let second = pushing(as: "eve", folders, repository)
    let pushed = try await first + second
    let upstream = repository.upstream
    let records = { try upstream.git("ls-tree", "-r", "--name-only", "main").split(separator: "\n").filter { $0.contains("/history/") } }
    try await daemons[0].until("every record") { try records().count == pushed.count * folders.count }
    for daemon in daemons { #expect(try await daemon.stop() == 0) }
    #expect(Set(try upstream.git("rev-list", "main").split(separator: "\n").map(String.init)).isSuperset(of: pushed))
    #expect(try upstream.git("rev-list", "--merges", "main") == "")
    #expect(hosts.allSatisfy { $0.outbox().count == pushed.count })
    #expect(try upstream.fsck() == "")
  }

  /// Somebody who writes a post into each folder and pushes, again and again; the commits as they arrived.
  private func pushing(as name: String, _ folders: [String], _ repository: ContentRepository) async throws -> [String] {
    let clone = try repository.anotherClone(name)
    return try await onThread {
      try (1...6).map { round in
        try clone.commit(Dictionary(uniqueKeysWithValues: folders.map { ("\($0)/posts/\(name)-\($0)-\(round).yaml", post()) }))
        try clone.pushOnTop()
        return try clone.git("rev-parse", "HEAD")
      }
    }
  }

  @Test("Row 49: while upstream is down everything goes out, and once it is back one commit records it all")
  func down() async throws {
    let server = try GitDaemon()
    let relay = try Relay(to: server.port)
    defer { relay.stop() }
    let posts = (1...60).map { ("posts/p\($0).yaml", post(due: 4)) }
    let files = Dictionary(uniqueKeysWithValues: posts + [("accounts/acme.yaml", outbox)])
    let served = try ServedHost(files, port: relay.port, server: server)
    let host = served.host
    let daemon = try await host.daemon()
    _ = try await daemon.line(containing: "adopted")
    relay.set(.down)
    try await daemon.until("every publication") { host.outbox().count == posts.count }
    _ = try await daemon.line(containing: "records could not be pushed")
    #expect(try host.history().isEmpty)
    relay.set(.open)
    try await daemon.until("every record") { try host.repository.names(under: "history/").count == posts.count }
    #expect(try await daemon.stop() == 0)
    #expect(try host.repository.upstream.git("rev-list", "--author=Posthorn", "--count", "main") == "1")
    #expect(try served.packs().count <= 3)
  }
}
