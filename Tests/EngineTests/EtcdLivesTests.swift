import Etcd
import Git
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

/// N5 in etcd: two lives of one state directory are two daemons.
@Suite("Lives in etcd", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct EtcdLivesTests {
  let launch = Claim.example("launch")
  let keys = EtcdKeys(prefix: "posthorn/test")

  @Test(
    "A copy of a state directory, on a cloned machine or not, takes no lease from the daemon that lives, and waits",
    arguments: ["there", nil])
  func copied(place: String?) async throws {
    let ground = try await EtcdGround()
    let original = try await ground.etcdMember("first")
    #expect(await original.holds(launch))
    let copy = try await ground.etcdMember("first", place: place)
    await copy.fallSilent()
    #expect(await copy.membership == nil)
    await #expect(throws: EtcdClaimsError.self) { try await copy.claim([Claim.example("other")]) }
    #expect(try await original.permit(launch.id) != nil)
    await original.leave()
    await copy.beat()
    #expect(await copy.membership != nil)
    await copy.leave()
  }

  @Test("The next process with the same lock takes its predecessor's place at once, and what that one left is left by a dead one")
  func restarted() async throws {
    let ground = try await EtcdGround(timeToLive: .seconds(60))
    let first = try await ground.etcdMember("first")
    await first.fallSilent()
    #expect(await first.holds(launch))
    #expect(try await first.permit(launch.id) != nil)
    let second = try await ground.etcdMember("first")
    #expect(try await second.takeOver { _ in false }.map(\.committedAt) != [nil])
    #expect(try await first.permit(launch.id) == nil)
    await second.leave()
  }

  @Test("What an older version wrote is read, and its lease is left to run out")
  func olderVersion() async throws {
    let ground = try await EtcdGround()
    let lease = try ground.servers.ctl("lease", "grant", "60").split(separator: " ")[1]
    let value = #"{"host": "host-of-first", "state": "/state"}"#
    try ground.servers.ctl("put", "--lease=\(lease)", keys.member("first"), value)
    let old = EtcdClaimValue(member: 1, life: nil, host: "host-of-first", events: [.intended(launch.intent), .committed(at: .noon)])
    let text = String(decoding: old.bytes(of: launch.id), as: UTF8.self).replacing(#""life":null,"#, with: "")
    #expect(!text.contains("life"))
    try ground.servers.ctl("put", keys.claim(launch.id), text)
    let next = try await ground.etcdMember("first")
    await next.fallSilent()
    #expect(await next.membership == nil)
    try ground.servers.ctl("lease", "revoke", String(lease))
    await next.beat()
    if let reading = await next.willRead() { await next.hasRead(reading) }
    #expect(try await next.takeOver { _ in false }.map(\.committedAt) == [.noon])
    await next.leave()
  }
}
