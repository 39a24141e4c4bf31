import Failpoints
import Foundation
import Schedule
import Support
import Testing

@Suite("A fleet of daemons", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct FleetTests {
  static let timeToLive = "4s"

  @Test("Row 51: a daemon that is paused before its commit point while its lease ends calls nobody; the delivery goes out once")
  func pausedBeforeCommitPoint() async throws {
    let fleet = try await Fleet(accounts: 1)
    let paused = try await fleet.host().daemon(environment: ["POSTHORN_FAILPOINT": "claim.won=pause"])
    let post = try fleet.push(1)
    try await paused.untilPaused()
    let heir = try await fleet.host().daemon()
    try await fleet.untilRecorded(post, heir)
    paused.resume()
    _ = try await paused.line(containing: "no member of the fleet any more")
    try await paused.until("the paused one to know the record", is: { paused.log.contains("recorded by another daemon") })
    #expect(fleet.deliveries == ["p1": 1])
    #expect(try await [paused.stop(), heir.stop()] == [0, 0])
    #expect(fleet.deliveries == ["p1": 1])
    #expect(try fleet.attempts() == ["p1": ["1 published"]])
  }

  @Test("Row 52: paused behind its commit point and taken over, it makes no call when it wakes up; nothing is sent, and that is said")
  func pausedBehindCommitPoint() async throws {
    let fleet = try await Fleet(accounts: 1)
    let paused = try await fleet.host().daemon(environment: ["POSTHORN_FAILPOINT": "commit.flushed=pause"])
    let post = try fleet.push(1)
    try await paused.untilPaused()
    let heir = try await fleet.host().daemon()
    try await fleet.untilRecorded(post, heir)
    paused.resume()
    _ = try await paused.line(containing: "no member of the fleet any more")
    try await paused.until("the paused one to know the record", is: { paused.log.contains("recorded by another daemon") })
    #expect(try await [paused.stop(), heir.stop()] == [0, 0])
    #expect(fleet.deliveries.isEmpty)
    #expect(try fleet.attempts() == ["p1": ["1 in_doubt"]])
  }

  @Test(
    "Rows 1 and 2: killed while it joins, or takes over from a dead one: the next process of its directory takes its place, and all goes out once",
    arguments: Failpoint.killed(by: .fleet))
  func killed(at point: Failpoint) async throws {
    let fleet = try await Fleet(accounts: 1)
    let post = try fleet.push(1)
    if point == .takeoverRead { try await fleet.host().daemon(killedAt: .claimWon) }
    let host = try fleet.host()
    try await host.daemon(killedAt: point)
    #expect(fleet.deliveries.isEmpty)
    let next = try await host.daemon()
    try await fleet.untilRecorded(post, next)
    #expect(try await next.stop() == 0)
    #expect(fleet.deliveries == ["p1": 1])
    #expect(try fleet.attempts() == ["p1": ["1 published"]])
    #expect(try fleet.servers.ctl("get", "--prefix", "--keys-only", "posthorn/test/claims/").isEmpty)
  }

  @Test("Posts that go to accounts of several daemons: each of their records says of all deliveries what the history says")
  func sharedPosts() async throws {
    let fleet = try await Fleet(accounts: 12)
    let daemons = [try await fleet.host().daemon(), try await fleet.host().daemon()]
    let names = try fleet.pushShared(6)
    try await daemons[0].until("\(names.count * 12) publications") {
      try fleet.records().count { $0.outcome == .published } == names.count * 12
    }
    for daemon in daemons { #expect(try await daemon.stop() == 0) }
    #expect(Set(try fleet.records().map(\.incarnation)).count == 2, "of twelve accounts each daemon has some")
    let audit = try await Posthorn.run(["audit", "--repo", fleet.repository.upstream.path])
    #expect(audit.status == 0, "\(audit)")
    for name in names {
      let text = try #require(try fleet.repository.file("status/posts/\(name).json"))
      let status = try StatusRecord(json: try JSON.parse(Array(text.utf8)))
      #expect(status.deliveries.map(\.state) == Array(repeating: .published, count: 12))
    }
  }

  @Test("A daemon that joins with an empty state directory publishes what is due, and nothing that another one has published")
  func joins() async throws {
    let fleet = try await Fleet(accounts: 2)
    let first = try await fleet.host().daemon()
    let early = try fleet.push(4)
    try await fleet.untilRecorded(early, first)
    #expect(try await first.stop() == 0)
    let late = try fleet.push(4, from: 5)
    let second = try await fleet.host().daemon()
    try await fleet.untilRecorded(late, second)
    #expect(try await second.stop() == 0)
    #expect(fleet.deliveries == Dictionary(uniqueKeysWithValues: (1...8).map { ("p\($0)", 1) }))
    #expect(try fleet.attempts() == Dictionary(uniqueKeysWithValues: (1...8).map { ("p\($0)", ["1 published"]) }))
    let keys = try fleet.servers.ctl("get", "--prefix", "--keys-only", "posthorn/")
    #expect(!keys.contains("/claims/") && !keys.contains("/members/"), "what is left in etcd: \(keys)")
  }

  @Test("Row 53: while etcd has no quorum nothing is published; when it is back, what is due goes out by itself")
  func noQuorum() async throws {
    let fleet = try await Fleet(accounts: 1)
    let daemon = try await fleet.host().daemon()
    let server = fleet.servers.servers[0]
    server.pause()
    let post = try fleet.push(1)
    _ = try await daemon.line(containing: "claims cannot be had")
    #expect(fleet.deliveries.isEmpty)
    server.resume()
    try await fleet.untilRecorded(post, daemon)
    #expect(try await daemon.stop() == 0)
    #expect(fleet.deliveries == ["p1": 1])
  }

  /// The whole of it, five daemons and 2,000 deliveries, with POSTHORN_FLEET=whole.
  @Test("Row 57: of a fleet whose daemons are killed one after another, each delivery goes out at most once, and each is accounted for")
  func killed() async throws {
    let isWhole = ProcessInfo.processInfo.environment["POSTHORN_FLEET"] == "whole"
    let (size, count, accounts, period) = isWhole ? (5, 2000, 40, 2.0) : (3, 200, 12, 1.0)
    let started = ContinuousClock.now
    let fleet = try await Fleet(accounts: accounts)
    let hosts = try (1...size).map { _ in try fleet.host() }
    var daemons: [Daemon] = []
    for host in hosts { daemons.append(try await host.daemon()) }
    let posts = try fleet.push(count)
    var kills = 0
    while try fleet.recorded() < posts.count, kills < (isWhole ? 100 : 6) {
      try await Task.sleep(for: .seconds(period))  // the row itself: one is killed every two seconds
      let victim = kills % size
      try await daemons[victim].crash()
      kills += 1
      daemons[victim] = try await hosts[victim].daemon()
    }
    try await fleet.untilRecorded(posts, daemons[0], within: .seconds(isWhole ? 600 : 90))
    // On a slow machine a claim may run out before its call can begin; then it is tried again.
    try await daemons[0].until("the end of all retries") {
      try !fleet.attempts().values.contains { $0.last?.hasSuffix("retrying") ?? true }
    }
    for daemon in daemons { #expect(try await daemon.stop() == 0) }
    let attempts = try fleet.attempts()
    let states = Dictionary(grouping: attempts.values.compactMap(\.last), by: { $0.drop { $0 != " " }.dropFirst() }).mapValues(\.count)
    #expect(fleet.deliveries.allSatisfy { $0.value == 1 }, "I1: sent twice: \(fleet.deliveries.filter { $0.value > 1 })")
    #expect(attempts.count == count, "I2")
    #expect(states.keys.allSatisfy { $0 == "published" || $0 == "in_doubt" }, "I2: \(states)")
    #expect(Set(fleet.deliveries.keys).isSubset(of: attempts.keys))
    let published = attempts.filter { $0.value.last?.hasSuffix("published") ?? false }.keys
    #expect(Set(published).isSubset(of: fleet.deliveries.keys), "what is said to be out is out")
    print("row 57: \(count) deliveries, \(size) daemons, \(kills) kills, \(states), \(ContinuousClock.now - started)")
  }
}

extension Daemon {
  /// Returns once it has stopped itself at a failpoint.
  fileprivate func untilPaused() async throws {
    try await until("the failpoint") {
      // The state is the first letter after the name's closing bracket.
      try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8).split(separator: ")").last?.dropFirst().first == "T"
    }
  }

  fileprivate func resume() { kill(process, SIGCONT) }
}
