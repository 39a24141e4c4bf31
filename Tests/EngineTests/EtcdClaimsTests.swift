import Etcd
import Git
import HTTP
import Logging
import Schedule
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Claims in etcd", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct EtcdClaimsTests {
  let launch = Claim.example("launch")

  @Test("Row 51: a daemon whose lease ended while it was paused cannot pass the commit point, and becomes a member again by itself")
  func leaseGone() async throws {
    let ground = try await EtcdGround()
    let member = try await ground.etcdMember("first")
    #expect(try await member.claim([launch]) == [launch.id: .held])
    let old = try #require(await member.membership)
    try ground.end(old.lease)
    #expect(try await member.permit(launch.id) == nil)
    await member.beat()
    let new = try #require(await member.membership)
    #expect(new.created > old.created)
    #expect(try await member.claim([launch]) == [launch.id: .held])
    #expect(try await member.permit(launch.id) != nil)
    await member.leave()
  }

  @Test("Row 52: the permit ends before the lease can, so a daemon that was paused behind its commit point makes no call")
  func permitEnds() async throws {
    let ground = try await EtcdGround()
    let member = try await ground.etcdMember("first")
    await member.fallSilent()
    let before = BootClock.now
    await member.beat()
    #expect(try await member.claim([launch]) == [launch.id: .held])
    let permit = try #require(try await member.permit(launch.id))
    let until = try #require(permit.until)
    #expect(until <= BootClock.now + ground.timeToLive - ground.timeToLive / 12)
    #expect(until >= before + ground.timeToLive - ground.timeToLive / 12)
    #expect(permit.allows(member.terms.longestCall, now: before))
    #expect(!permit.allows(member.terms.longestCall, now: before + ground.timeToLive / 2))
    await member.leave()
  }

  @Test("Row 52: what it had committed is taken over with its commit point, and what it says afterwards changes nothing")
  func takenOverBehindCommitPoint() async throws {
    let ground = try await EtcdGround()
    let paused = try await ground.etcdMember("first")
    #expect(try await paused.claim([launch]) == [launch.id: .held])
    try await paused.note(.remembered(name: "publish_id", value: "7"), of: launch.id)
    #expect(try await paused.permit(launch.id) != nil)
    try await ground.kill("first")
    try await ground.outlast()
    let heir = try await ground.etcdMember("second")
    let found = try await heir.takeOver { _ in false }
    #expect(found.map(\.committedAt) != [nil])
    #expect(found.map(\.remembered) == [[.init(name: "publish_id", value: "7")]])
    let outcome = Outcome(state: .published, finishedAt: .noon)
    try await paused.note(.ended(outcome), of: launch.id)
    await paused.release([launch.id], .recorded)
    await paused.beat()
    #expect(try await paused.claim([launch]) != [launch.id: .held])
    try await heir.note(.ended(outcome), of: launch.id)
    await heir.leave()
    let next = try await ground.etcdMember("third")
    await paused.leave()
    if let reading = await next.willRead() { await next.hasRead(reading) }
    #expect(try await next.takeOver { _ in false }.map(\.outcome) == [outcome])
    await next.leave()
  }

  @Test("Row 53: without a quorum nothing is claimed; with it again everything goes on alone")
  func quorum() async throws {
    let ground = try await EtcdGround(3, timeToLive: .seconds(4))
    let member = try await ground.etcdMember("first")
    let leader = try await ground.servers.leader()
    leader.kill()
    try await eventuallyHeld(member)
    let others = ground.servers.servers.filter { $0.name != leader.name }
    others[0].pause()
    await #expect(throws: (any Error).self) { try await member.claim([Claim.example("second")]) }
    await #expect(throws: (any Error).self) { try await member.permit(launch.id) }
    others[0].resume()
    try ground.servers.start(leader)
    try await eventuallyHeld(member, Claim.example("second"))
    await member.leave()
  }

  @Test("Row 53: a leader whom nobody hears any more costs time, not claims")
  func oneWay() async throws {
    let ground = try await EtcdGround(3, timeToLive: .seconds(4))
    let member = try await ground.etcdMember("first")
    let leader = try await ground.servers.leader()
    leader.peers.set(.losingAnswers)
    try await eventuallyHeld(member)
    leader.peers.set(.open)
    leader.peers.cut()
    try await eventuallyHeld(member, Claim.example("second"))
    #expect(try await member.permit(launch.id) != nil)
    await member.leave()
  }

  private func eventuallyHeld(_ member: EtcdClaims, _ claim: Claim? = nil) async throws {
    let claim = claim ?? launch
    try await eventually("a claim that is held", within: .seconds(120)) {
      let answer = try? await member.claim([claim])  // that it cannot be asked yet is what is waited out
      if answer == nil, await member.membership == nil { await member.beat() }
      return answer == [claim.id: .held]
    }
  }

  @Test("Row 54: a claim and a commit point whose answers were lost are found, and hold once")
  func answerLost() async throws {
    let ground = try await EtcdGround(timeToLive: .seconds(6))
    let member = try await ground.etcdMember("first")
    let proxy = ground.servers.servers[0].clients
    for step in ["claim", "permit"] {
      proxy.set(.losingAnswers)
      let lost = proxy.answersLost
      async let answer = step == "claim" ? await member.holds(launch) : (try? await member.permit(launch.id)) != nil
      try await eventually("a lost answer to the \(step)", is: { proxy.answersLost > lost })
      proxy.set(.open)
      proxy.cut()
      #expect(await answer)
    }
    let other = try await ground.etcdMember("second")
    #expect(await !other.holds(launch))
    let keys = try ground.servers.ctl("get", "--prefix", "--keys-only", "posthorn/test/claims/")
    #expect(keys.split(separator: "\n") == ["posthorn/test/claims/launch/acme"])
    await member.leave()
    await other.leave()
  }

  @Test("Row 55: an etcd that was restored from a backup stops all claims, after a restart too")
  func restored() async throws {
    let ground = try await EtcdGround()
    let folder = try TemporaryFolder("backup")
    let mark = Mutex<ClusterMark?>(nil)
    let member = try ground.claims("first", remember: { new, _ in mark.withLock { $0 = new } })
    try await member.join()
    try ground.servers.snapshot(to: folder.path("snapshot"))
    if let reading = await member.willRead() { await member.hasRead(reading) }
    for number in 1...5 { #expect(await member.holds(Claim.example("launch-\(number)"))) }
    await member.beat()
    try await ground.servers.restore(from: folder.path("snapshot"))
    await member.beat()
    await #expect(throws: ClusterError.self) { try await member.claim([launch]) }
    await #expect(throws: ClusterError.self) { try await member.permit(Claim.example("launch-1").id) }
    #expect(!member.isOurs(launch.id.account))
    let known = try #require(mark.withLock { $0 })
    await #expect(throws: ClusterError.self) { try await ground.claims("first", mark: known).join() }
    await member.leave()
  }

  @Test("What others have recorded has to be read before anything of the account is claimed; what one recorded oneself need not")
  func outdated() async throws {
    let ground = try await EtcdGround()
    let (one, other) = (try await ground.etcdMember("first"), try await ground.etcdMember("second"))
    #expect(await one.holds(launch))
    await one.release([launch.id], .recorded)
    #expect(try await other.claim([launch]) == [launch.id: .outdated])
    #expect(try await other.claim([Claim.example("other")]).values.map { $0 } == [.outdated])
    #expect(await one.holds(Claim.example("next")))
    if let reading = await other.willRead() { await other.hasRead(reading) }
    #expect(await other.holds(Claim.example("other")))
    await one.leave()
    await other.leave()
  }

  @Test("A reading that began before something was recorded does not prove that it was read")
  func readingBegan() async throws {
    let ground = try await EtcdGround()
    let (one, other) = (try await ground.etcdMember("first"), try await ground.etcdMember("second"))
    #expect(await one.holds(launch))
    let early = try #require(await other.willRead())
    await one.release([launch.id], .recorded)
    await other.hasRead(early)
    #expect(try await other.claim([launch]) == [launch.id: .outdated])
    await one.leave()
    await other.leave()
  }

  @Test("Each account is one member's, and a member that goes moves no account but its own")
  func shares() throws {
    let accounts = try (1...200).map { try #require(AccountName("a\($0)")) }
    let members = ["one", "two", "three", "four", "five"]
    let owners = Dictionary(uniqueKeysWithValues: accounts.map { ($0, Rendezvous.owner(of: $0, among: members)) })
    for member in members { #expect((20...60).contains(owners.values.count { $0 == member })) }
    for (account, owner) in owners {
      let heir = Rendezvous.owner(of: account, among: members.filter { $0 != "two" })
      #expect(owner == "two" ? heir != "two" : heir == owner)
    }
    #expect(Rendezvous.owner(of: accounts[0], among: []) == nil)
  }
}

@Suite("Row 56: an etcd that answers strangely")
struct StrangeEtcdTests {
  @Test("Row 56: a sign of life without a time to live, garbage or silence costs the membership, never the daemon")
  func strange() async throws {
    let answer = Mutex(#"{"result": {"ID": "ID"}}"#)
    let receiver = try Receiver { arrival in
      let body = String(decoding: arrival.body, as: UTF8.self)
      let lease = body.components(between: #""ID":""#, and: "\"")
      let header = #""header": {"cluster_id": "1", "revision": "5"}"#
      if arrival.target.hasSuffix("grant") { return .reply(200, body: Array("{\(header), \"ID\": \"\(lease)\", \"TTL\": \"3\"}".utf8)) }
      if arrival.target.hasSuffix("revoke") { return .reply(200, body: Array("{\(header)}".utf8)) }
      if arrival.target.hasSuffix("keepalive") {
        return .reply(200, body: Array(answer.withLock { $0 }.replacing("ID\"}", with: "\(lease)\"}").utf8))
      }
      let count = body.components(between: "\"success\":[", and: "]").count { $0 == "{" } / 2
      let part = body.contains("request_put") ? #"{"response_put": {}}"# : #"{"response_range": {}}"#
      return .reply(
        200,
        body: Array(
          "{\(header), \"succeeded\": true, \"responses\": [\(Array(repeating: part, count: count).joined(separator: ","))]}".utf8))
    }
    defer { receiver.stop() }
    let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
    let cluster = Cluster(
      [try Endpoint(receiver.url(""))], deadline: .milliseconds(300), send: { request throws(HTTPError) in try await client.send(request) })
    let member = EtcdClaims(
      EtcdSettings(cluster: cluster, prefix: "p", timeToLive: .seconds(60), remember: { _, _ in }),
      identity: .init(incarnation: "first", host: "h", state: "s", life: "one", place: nil), lock: HeldLock(path: "lock") { true },
      now: { .now },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await member.join()
    await member.fallSilent()
    let first = try #require(await member.membership)
    await member.beat()
    let second = try #require(await member.membership)
    #expect(first.lease != second.lease, "a lease without a time to live is gone, and another one is taken")
    for text in [
      "garbage", "", #"{"error": {"grpc_code": 14, "http_code": 503, "message": "no leader"}}"#, #"{"result": {"ID": "1", "TTL": "x"}}"#,
    ] {
      answer.withLock { $0 = text }
      await member.beat()
      #expect(await member.membership?.until == second.until, "it proves nothing: the time goes on running")
    }
    await member.leave()
    await client.shutdown()
  }
}

extension String {
  /// What stands between the first `start` and the next `end` after it.
  fileprivate func components(between start: String, and end: String) -> Substring {
    guard let first = firstRange(of: start), let last = self[first.upperBound...].firstRange(of: end) else { return "" }
    return self[first.upperBound..<last.lowerBound]
  }
}
