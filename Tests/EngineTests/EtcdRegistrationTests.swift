import Etcd
import Git
import HTTP
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

/// N4 in etcd: what was read before an await is not written after it, whatever happens in between.
@Suite("A daemon that registers with etcd again", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct EtcdRegistrationTests {
  let claims = (1...4).map { Claim.example("launch-\($0)") }
  let launch = Claim.example("launch-1")
  let keys = EtcdKeys(prefix: "posthorn/test")

  @Test("Rows 51 and 69: a daemon that registers again forgets no commit point that it writes meanwhile")
  func commitPointsMeanwhile() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    for claim in claims { #expect(await member.holds(claim)) }
    try await ground.endLease(of: member)
    let permitted = Permitted()
    for claim in claims {
      way.atNext(write: keys.claim(claim.id)) { [claims] in
        for other in claims where other != claim { await permitted.ask(member, other.id) }
      }
    }
    await member.beat()
    for id in permitted.ids { #expect(try ground.value(of: id)?.isCommitted == true, "\(id.post) was permitted") }
    for claim in claims where !permitted.ids.contains(claim.id) {
      await permitted.ask(member, claim.id)
      #expect(try ground.value(of: claim.id)?.isCommitted == true)
    }
    #expect(permitted.ids == Set(claims.map(\.id)))
    await member.leave()
  }

  @Test(
    "A permit that is asked for while the daemon registers again is not given, and what it wrote is not lost", arguments: [false, true])
  func permitInFlight(isAnswer: Bool) async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    #expect(await member.holds(launch))
    let registration = Registration(ground, member)
    way.atNext(write: keys.claim(launch.id), beforeAnswer: isAnswer) { await registration.begin() }
    #expect(try await member.permit(launch.id) == nil)
    await registration.end()
    let value = try #require(try ground.value(of: launch.id))
    #expect(value.isCommitted == isAnswer)
    #expect(value.member == (await member.membership?.created))
    await member.release([launch.id], .givenUp)
    #expect(await member.holds(launch))
    #expect(try await member.permit(launch.id)?.allows(.zero) == true)
    await member.leave()
  }

  @Test(
    "What is told of a delivery while its daemon registers again stands in its claim, and nobody takes it over", arguments: [false, true])
  func noteInFlight(isAnswer: Bool) async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    #expect(await member.holds(launch))
    #expect(try await member.permit(launch.id) != nil)
    let outcome = Outcome(state: .published, finishedAt: .noon)
    let registration = Registration(ground, member)
    way.atNext(write: keys.claim(launch.id), beforeAnswer: isAnswer) { await registration.begin() }
    try await member.note(.ended(outcome), of: launch.id)
    await registration.end()
    #expect(try ground.value(of: launch.id)?.abandoned(launch.id)?.outcome == outcome)
    let other = try await ground.etcdMember("second")
    #expect(try await other.takeOver { _ in false } == [])
    await other.leave()
    await member.leave()
  }

  @Test("A claim whose daemon registered again before it heard of it is given back, and can be had")
  func claimInFlight() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    let registration = Registration(ground, member)
    way.atNext(write: keys.claim(launch.id), beforeAnswer: true) { await registration.begin() }
    await #expect(throws: EtcdClaimsError.self) { try await member.claim([launch]) }
    await registration.end()
    await member.beat()
    let other = try await ground.etcdMember("second")
    #expect(await other.holds(launch))
    await other.leave()
    await member.leave()
  }

  @Test("A registration whose answer is lost is followed by another one, and what is held stays held")
  func answerLost() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    #expect(await member.holds(launch))
    try await ground.endLease(of: member)
    let proxy = ground.servers.servers[0].clients
    way.atNext(write: keys.member("first")) { proxy.set(.losingAnswers) }
    await member.beat()
    #expect(await member.membership == nil)
    proxy.set(.open)
    proxy.cut()
    await member.beat()
    #expect(try await member.permit(launch.id) != nil)
    #expect(try ground.value(of: launch.id)?.isCommitted == true)
    await member.leave()
  }

  @Test("A member whose key was removed, and not its lease, becomes one again and keeps what it holds")
  func keyRemoved() async throws {
    let ground = try await EtcdGround()
    let member = try await ground.etcdMember("first")
    await member.fallSilent()
    #expect(await member.holds(launch))
    let permit = try #require(try await member.permit(launch.id))
    try ground.servers.ctl("del", keys.member("first"))
    await member.beat()
    #expect(!permit.allows(.zero), "the permit ended with the membership")
    let value = try #require(try ground.value(of: launch.id))
    #expect(value.isCommitted)
    #expect(value.member == (await member.membership?.created))
    await member.leave()
  }

  @Test("A member that loses its lease again while it registers permits nothing before it is a member, and forgets nothing")
  func twice() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    for claim in claims { #expect(await member.holds(claim)) }
    #expect(try await member.permit(launch.id) != nil)
    try await ground.endLease(of: member)
    way.atNext(write: keys.claim(launch.id)) {
      if let lease = await member.joining?.lease { try? ground.end(lease) }  // a failure shows below
    }
    await member.beat()
    #expect(try await member.permit(claims[1].id) == nil)
    await member.beat()
    for claim in claims.dropFirst() { #expect(try await member.permit(claim.id)?.allows(.zero) == true) }
    for claim in claims { #expect(try ground.value(of: claim.id)?.isCommitted == true) }
    await member.leave()
  }

  @Test("Who has left does not become a member again by a sign of life that was under way")
  func left() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    try await ground.endLease(of: member)
    way.atNext(write: keys.member("first")) { await member.leave() }
    await member.beat()
    #expect(await member.membership == nil)
    #expect(try ground.servers.ctl("get", "--prefix", "--keys-only", keys.members).isEmpty)
  }

  @Test("A claim that may be ours, as its answer was lost, keeps nobody else away")
  func unknownClaim() async throws {
    let (ground, way) = (try await EtcdGround(), OnTheWay())
    let member = try await ground.etcdMember("first", onTheWay: way)
    await member.fallSilent()
    let proxy = ground.servers.servers[0].clients
    way.atNext(write: keys.claim(launch.id)) { proxy.set(.losingAnswers) }
    await #expect(throws: (any Error).self) { try await member.claim([launch]) }
    proxy.set(.open)
    proxy.cut()
    #expect(try ground.value(of: launch.id) != nil)
    await member.beat()
    let other = try await ground.etcdMember("second")
    #expect(await other.holds(launch))
    await other.leave()
    await member.leave()
  }
}

/// Permits that were given.
private final class Permitted: Sendable {
  private let given = Mutex<Set<DeliveryID>>([])

  var ids: Set<DeliveryID> { given.withLock { $0 } }

  func ask(_ member: EtcdClaims, _ id: DeliveryID) async {
    // That it is no member now is a no.
    if let permit = try? await member.permit(id), permit.allows(.zero) { given.withLock { _ = $0.insert(id) } }
  }
}
