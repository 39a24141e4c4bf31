import Etcd
import Foundation
import Git
import Platforms
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

@Suite("A fleet's engine", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct EtcdEngineTests {
  private func pass(_ stage: Stage, by runner: String, in ground: EtcdGround) async throws {
    _ = try await stage.engine(by: runner, claims: .etcd, etcd: try ground.settings()).reconcile()
  }

  @Test("What a platform still works on stays claimed from one pass to the next, and nobody else sends it")
  func submitted() async throws {
    let ground = try await EtcdGround(timeToLive: .seconds(30))
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    stage.platform.answer(.submitted(Remote(id: "7")))
    for _ in 1...2 { try await pass(stage, by: "first", in: ground) }
    let launch = Claim.example("launch")
    #expect(try ground.value(of: launch.id)?.isCommitted == true)
    let other = try await ground.etcdMember("second")
    #expect(await !other.holds(launch))
    await other.leave()
    stage.platform.answer(confirm: [.published(Remote(id: "7"))])
    try await pass(stage, by: "first", in: ground)
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == ["published"])
    #expect(try ground.value(of: launch.id) == nil)
  }

  @Test("What another life of the same directory has recorded is heard by a copy of it, and not sent again")
  func anotherLife() async throws {
    let ground = try await EtcdGround(timeToLive: .seconds(30))
    let stage = try Stage(leaps: true, ["posts/early.yaml": post()])
    try await pass(stage, by: "first", in: ground)
    let original = try stage.engine(by: "first", claims: .etcd, etcd: try ground.settings())
    try await original.start()
    try FileManager.default.copyItem(atPath: stage.host.path("first"), toPath: stage.host.path("copy"))
    let copy = try stage.engine(by: "copy", claims: .etcd, etcd: try ground.settings())
    try await copy.start()
    await copy.fetchOnce()
    try stage.repository.push(["posts/launch.yaml": post()])
    await original.fetchOnce()
    await original.untilIdle()
    await original.recordAll(tries: 5)
    _ = try await original.finish()
    await (copy.claims as? EtcdClaims)?.beat()
    for _ in 1...2 { await copy.fetchOnce() }
    await copy.untilIdle()
    _ = try await copy.finish()
    #expect(stage.platform.calls.map(\.id) == ["early", "launch"])
    #expect(await (copy.claims as? EtcdClaims)?.doubled == nil)
  }
}
