import Etcd
import Git
import HTTP
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Taking over in etcd", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct EtcdTakeOverTests {
  let claims = (1...3).map { Claim.example("launch-\($0)") }
  let keys = EtcdKeys(prefix: "posthorn/test")

  @Test("What a dead daemon may have sent is not begun here while it is taken over")
  func begunMeanwhile() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    try await leave(ground)
    let heir = try await ground.etcdMember("second", onTheWay: way)
    let held = Mutex<[DeliveryID]>([])
    for claim in claims {
      way.atNext(write: keys.claim(claim.id)) { [claims] in
        for other in claims where await heir.held[other.id] != nil {
          if await heir.holds(other) { held.withLock { $0.append(other.id) } }
        }
      }
    }
    let found = try await heir.takeOver { _ in false }
    #expect(held.withLock { $0 } == [])
    #expect(Set(found.map(\.id)) == Set(claims.map(\.id)))
    #expect(found.allSatisfy { $0.committedAt != nil })
    for claim in claims {
      #expect(await !heir.holds(claim), "it is past its commit point")
      #expect(try ground.value(of: claim.id)?.isCommitted == true)
    }
    await heir.leave()
  }

  @Test("What was taken over is handed out until it is taken up, also where it was busy, or a later one failed")
  func handedOut() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    try await leave(ground)
    let heir = try await ground.etcdMember("second", onTheWay: way)
    await heir.fallSilent()
    let proxy = ground.servers.servers[0].clients
    let count = Count()
    for claim in claims {
      way.atNext(write: keys.claim(claim.id)) { if count.add() == 2 { proxy.set(.closed) } }
    }
    let first = try await heir.takeOver { _ in false }
    #expect(first.count == 1)
    proxy.set(.open)
    #expect(try await heir.takeOver { $0 == first[0].id }.count == 2, "what is busy comes later")
    let all = try await heir.takeOver { _ in false }
    #expect(Set(all.map(\.id)) == Set(claims.map(\.id)))
    for claim in all { try await heir.note(.intended(claim.intent), of: claim.id) }
    #expect(try await heir.takeOver { _ in false } == [])
    await heir.leave()
  }

  @Test("What an heir took over just before it registered again bears its new number")
  func registeredMeanwhile() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    try await leave(ground)
    let heir = try await ground.etcdMember("second", onTheWay: way)
    await heir.fallSilent()
    let registration = Registration(ground, heir)
    way.atNext(write: keys.claim(claims[0].id), beforeAnswer: true) { await registration.begin() }
    let found = try await heir.takeOver { _ in false }
    await registration.end()
    #expect(found.map(\.id).contains(claims[0].id))
    for claim in found { #expect(try ground.value(of: claim.id)?.member == (await heir.membership?.created)) }
    await heir.leave()
  }

  @Test("What a dead daemon left is found again where upstream could not be read after it was found")
  func foundAgain() async throws {
    let ground = try await EtcdGround()
    try await leave(ground)
    let heir = try ground.claims("second")
    try await heir.join()
    #expect(await heir.willRead() != nil, "and the reading fails")
    let reading = try #require(await heir.willRead())
    await heir.hasRead(reading)
    #expect(try await heir.takeOver { _ in false }.count == claims.count)
    await heir.leave()
  }

  @Test("What a daemon has claimed because a lost one may have sent it is a doubt for whoever takes it over, too")
  func doubted() async throws {
    let ground = try await EtcdGround()
    let dead = try await ground.etcdMember("first")
    var doubt = claims[0]
    doubt.committedAt = .noon
    for _ in 1...2 { #expect(await dead.holds(doubt), "it may be claimed so again") }
    try await ground.kill("first")
    try await ground.outlast()
    let heir = try await ground.etcdMember("second")
    #expect(try await heir.takeOver { _ in false }.map(\.committedAt) == [.noon])
    await heir.leave()
  }

  @Test("What is given back and claimed anew at once is not removed")
  func claimedAnew() async throws {
    let ground = try await EtcdGround()
    let member = try await ground.etcdMember("first")
    #expect(await member.holds(claims[0]))
    let claim = claims[0]
    async let release: Void = member.release([claim.id], .givenUp)
    async let isHeld = member.holds(claim)
    await release
    if await !isHeld { #expect(await member.holds(claim)) }
    #expect(try await member.permit(claim.id) != nil)
    #expect(try ground.value(of: claim.id)?.isCommitted == true)
    await member.leave()
  }

  /// A daemon that has committed all of them, and is dead.
  private func leave(_ ground: EtcdGround) async throws {
    let dead = try await ground.etcdMember("first")
    for claim in claims {
      #expect(await dead.holds(claim))
      #expect(try await dead.permit(claim.id) != nil)
    }
    try await ground.kill("first")
    try await ground.outlast()
  }
}

private final class Count: Sendable {
  private let number = Mutex(0)

  func add() -> Int {
    number.withLock { number in
      number += 1
      return number
    }
  }
}
