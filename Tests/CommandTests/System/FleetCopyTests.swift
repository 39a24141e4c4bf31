import Foundation
import Schedule
import Support
import Testing

/// A2, A3 and A5 in a fleet: state directories that are copied, moved and put back.
@Suite("Copies in a fleet", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct FleetCopyTests {
  @Test("Row 33: in a fleet, a copy of a living daemon publishes nothing while that one lives, and nothing again afterwards")
  func cloned() async throws {
    let fleet = try await Fleet(accounts: 2)
    let first = try fleet.host()
    let original = try await first.daemon()
    try await fleet.untilRecorded(try fleet.push(2), original)
    let copied = first.host.home.path("copy")
    first.copyState(to: copied)
    let copy = try await fleet.host(state: copied).daemon()
    _ = try await copy.line(containing: "another daemon is a member under this state directory's name")
    try await fleet.untilRecorded(try fleet.push(4, from: 3), original)
    #expect(try await original.stop() == 0)
    _ = try await copy.line(containing: "the other daemon of this state directory's name is gone")
    try await fleet.untilRecorded(try fleet.push(2, from: 7), copy)
    #expect(try await copy.stop() == 0)
    #expect(fleet.deliveries == Dictionary(uniqueKeysWithValues: (1...8).map { ("p\($0)", 1) }))
    #expect(try fleet.attempts() == Dictionary(uniqueKeysWithValues: (1...8).map { ("p\($0)", ["1 published"]) }))
  }

  @Test("A copy that was made in the middle of a call leaves it to the original, and takes its word for how it ended")
  func clonedInCall() async throws {
    let gate = Gate()
    let fleet = try await Fleet(accounts: 1, timeToLive: "60s", after: gate)
    let first = try fleet.host()
    let original = try await first.daemon()
    let posts = try fleet.push(1)
    try await original.until("the call", is: { !fleet.deliveries.isEmpty })
    let copied = first.host.home.path("copy")
    first.copyState(to: copied)
    let copy = try await fleet.host(state: copied).daemon()
    _ = try await copy.line(containing: "another daemon is a member under this state directory's name")
    try fleet.push(1, from: 2)
    _ = try await copy.line(containing: "adopted")
    gate.open()
    try await fleet.untilRecorded(posts, original)
    #expect(try await original.stop() == 0)
    _ = try await copy.line(containing: "the other daemon of this state directory's name is gone")
    try await fleet.untilRecorded(try fleet.push(1, from: 3), copy)
    #expect(try await copy.stop() == 0)
    #expect(!copy.log.contains("in_doubt"))
    #expect(fleet.deliveries == ["p1": 1, "p2": 1, "p3": 1])
    #expect(try fleet.attempts() == ["p1": ["1 published"], "p2": ["1 published"], "p3": ["1 published"]])
  }

  @Test("Row 28: in a fleet, an older state directory put back over a killed daemon's sends nothing again, where upstream is away too")
  func putBack() async throws {
    let fleet = try await Fleet(accounts: 2)
    let way = try Proxy(to: Int(fleet.server.port))
    let host = try fleet.host(through: Int(way.port))
    let first = try await host.daemon()
    try await fleet.untilRecorded(try fleet.push(2), first)
    #expect(try await first.stop() == 0)
    let backup = host.host.home.path("backup")
    host.copyState(to: backup)
    let second = try await host.daemon()
    try await fleet.untilRecorded(try fleet.push(4, from: 3), second)
    try await second.crash()
    try FileManager.default.removeItem(atPath: host.host.state)
    try FileManager.default.moveItem(atPath: backup, toPath: host.host.state)
    way.set(.closed)
    let third = try await host.daemon()
    _ = try await third.line(containing: "upstream could not be read")
    way.set(.open)
    _ = try await third.line(containing: "the state directory is an older copy")
    third.requestStop()  // or it has ended by itself, to be started again by whoever supervises it
    _ = try await third.end()
    let fourth = try await host.daemon()
    try await fleet.untilRecorded(try fleet.push(2, from: 7), fourth)
    #expect(try await fourth.stop() == 0)
    #expect(fleet.deliveries == Dictionary(uniqueKeysWithValues: (1...8).map { ("p\($0)", 1) }))
    #expect(try fleet.attempts() == Dictionary(uniqueKeysWithValues: (1...8).map { ("p\($0)", ["1 published"]) }))
  }

  @Test("A state directory that is moved while its daemon is dead goes on at once, with all that it knew")
  func moved() async throws {
    let fleet = try await Fleet(accounts: 2)
    let host = try fleet.host()
    let first = try await host.daemon()
    try await fleet.untilRecorded(try fleet.push(2), first)
    try await first.crash()
    let moved = host.host.home.path("elsewhere")
    try FileManager.default.moveItem(atPath: host.host.state, toPath: moved)
    let second = try await fleet.host(state: moved).daemon()
    try await fleet.untilRecorded(try fleet.push(2, from: 3), second)
    #expect(!second.log.contains("another daemon is a member"), "it has the lock that the dead one had")
    #expect(try await second.stop() == 0)
    #expect(fleet.deliveries == Dictionary(uniqueKeysWithValues: (1...4).map { ("p\($0)", 1) }))
  }

  @Test("What older versions kept of their etcd is read, and kept with more from then on", arguments: [2, 3])
  func olderMemory(count: Int) async throws {
    let fleet = try await Fleet(accounts: 1)
    let host = try fleet.host()
    let file = host.host.state + "/etcd"
    let first = try await host.daemon()
    _ = try await first.line(containing: "the fleet has changed")
    #expect(try await first.stop() == 0)
    let words = try String(contentsOfFile: file, encoding: .utf8).split(separator: " ")
    #expect(words.count == 4)
    try Data((words.prefix(count).joined(separator: " ") + "\n").utf8).write(to: URL(fileURLWithPath: file))
    let second = try await host.daemon()
    try await fleet.untilRecorded(try fleet.push(1), second)
    #expect(try await second.stop() == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: " ").count == 4)
  }
}
