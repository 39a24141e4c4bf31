import Etcd
import Git
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

/// C5: an etcd that forgot, and has moved on since.
@Suite("An etcd that went back", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct EtcdLineageTests {
  let launch = Claim.example("launch")

  /// Restores what `ground` knew in `snapshot`, and has other tenants write more than it had forgotten.
  private func goBack(_ ground: EtcdGround, to snapshot: String) async throws {
    let before = try revision(ground)
    try await ground.servers.restore(from: snapshot)
    repeat { try ground.servers.ctl("put", "somebody/else", "x") } while try revision(ground) <= before
  }

  private func revision(_ ground: EtcdGround) throws -> Int64 {
    let text = try ground.servers.ctl("get", "none", "-w", "fields")
    let line = text.split(separator: "\n").first { $0.hasPrefix("\"Revision\"") }
    return try #require(line.flatMap { Int64($0.split(separator: ":")[1].filter { $0 != " " }) })
  }

  @Test(
    "Row 55: an etcd that was put back, and on which others have written more than it forgot, stops all claims, after a restart too",
    arguments: ["beat", "claim", "permit", "registration", "restart"])
  func movedOn(notices: String) async throws {
    let ground = try await EtcdGround(timeToLive: .seconds(30))
    let folder = try TemporaryFolder("backup")
    let memory = Mutex<(ClusterMark, EtcdWitness?)?>(nil)
    let member = try ground.claims("first", remember: { mark, witness in memory.withLock { $0 = (mark, witness) } })
    try await member.join()
    await member.fallSilent()
    if let reading = await member.willRead() { await member.hasRead(reading) }
    #expect(await member.holds(launch))
    try ground.servers.snapshot(to: folder.path("snapshot"))
    await member.beat()
    try await goBack(ground, to: folder.path("snapshot"))
    switch notices {
    case "beat": await member.beat()
    case "claim": await #expect(throws: (any Error).self) { try await member.claim([Claim.example("other")]) }
    case "permit": await #expect(throws: (any Error).self) { try await member.permit(launch.id) }
    case "registration":
      try await ground.endLease(of: member)
      await member.beat()
    default:
      let (mark, witness) = try #require(memory.withLock { $0 })
      let next = try ground.claims("first", mark: mark, witness: witness)
      await #expect(throws: ClusterError.self) { try await next.join() }
      return
    }
    await #expect(throws: ClusterError.self) { try await member.claim([launch]) }
    await #expect(throws: ClusterError.self) { try await member.permit(launch.id) }
    #expect(!member.isOurs(launch.id.account))
    await member.leave()
  }

  @Test("Who finds that etcd went back says so in it, and those who cannot see it claim nothing either")
  func told() async throws {
    let ground = try await EtcdGround(timeToLive: .seconds(30))
    let folder = try TemporaryFolder("backup")
    let member = try await ground.etcdMember("first")
    await member.fallSilent()
    try ground.servers.snapshot(to: folder.path("snapshot"))
    await member.beat()
    try await goBack(ground, to: folder.path("snapshot"))
    let other = try await ground.etcdMember("second")
    #expect(await other.holds(launch), "it knows nothing of before")
    await member.beat()
    try await eventually("a word to the others") {
      try !ground.servers.ctl("get", "posthorn/test/stopped").isEmpty
    }
    await #expect(throws: ClusterError.self) { try await other.permit(launch.id) }
    await #expect(throws: ClusterError.self) { try await other.claim([Claim.example("next")]) }
    let third = try ground.claims("third")
    await #expect(throws: ClusterError.self) { try await third.join() }
  }

  @Test("Signs of life, restarts and a state directory that is older than etcd are no reason to stop")
  func goesOn() async throws {
    let ground = try await EtcdGround()
    let memories = Mutex<[(ClusterMark, EtcdWitness?)]>([])
    let member = try ground.claims("first", remember: { mark, witness in memories.withLock { $0.append((mark, witness)) } })
    try await member.join()
    for _ in 1...3 { await member.beat() }
    await member.leave()
    for (mark, witness) in memories.withLock({ $0 }) {
      let next = try ground.claims("first", mark: mark, witness: witness)
      try await next.join()
      if let reading = await next.willRead() { await next.hasRead(reading) }
      #expect(await next.holds(launch))
      await next.leave()
    }
  }

  @Test("A state directory that got another incarnation, as one that was put back does, is no reason to stop, start after start")
  func renamed() async throws {
    let ground = try await EtcdGround()
    let memory = Mutex<(ClusterMark, EtcdWitness?)?>(nil)
    let kept = { @Sendable (mark: ClusterMark, witness: EtcdWitness?) in memory.withLock { $0 = (mark, witness) } }
    let before = try ground.claims("first", remember: kept)
    try await before.join()
    await before.beat()
    await before.leave()
    for _ in 1...2 {
      let (mark, witness) = try #require(memory.withLock { $0 })
      let after = try ground.claims("second", mark: mark, witness: witness, remember: kept)
      try await after.join()
      if let reading = await after.willRead() { await after.hasRead(reading) }
      #expect(await after.holds(launch))
      await after.leave()
    }
    #expect(try ground.servers.ctl("get", "posthorn/test/stopped").isEmpty)
  }
}
