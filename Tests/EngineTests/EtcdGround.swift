import Etcd
import Git
import HTTP
import Logging
import Schedule
import StateDirectory
import Support
import Synchronization

@testable import Engine

/// A real etcd, and members that a test can kill.
final class EtcdGround: ClaimsGround {
  let servers: EtcdCluster
  private let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
  private let members = Mutex<[String: EtcdClaims]>([:])
  private let dead = Mutex<[LeaseID]>([])
  let timeToLive: Duration

  init(_ count: Int = 1, timeToLive: Duration = .seconds(3)) async throws {
    servers = try await EtcdCluster(count)
    self.timeToLive = timeToLive
  }

  /// - Parameters:
  ///   - mark: how far the cluster had come when the member last lived.
  ///   - witness: the revision of its own key then.
  ///   - place: where its lock is; of a copy that is elsewhere.
  ///   - onTheWay: what happens to its requests.
  func claims(
    _ name: String, mark: ClusterMark? = nil, witness: EtcdWitness? = nil, place: String? = "here",
    remember: @escaping @Sendable (ClusterMark, EtcdWitness?) -> Void = { _, _ in }, onTheWay: OnTheWay = OnTheWay()
  ) throws -> EtcdClaims {
    EtcdClaims(
      try settings(mark: mark, witness: witness, remember: remember, onTheWay: onTheWay),
      identity: .init(incarnation: name, host: "host-of-\(name)", state: "/state", life: Life.drawn().id, place: place),
      lock: HeldLock(path: "lock") { true }, now: { .now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// What a daemon of this fleet is told.
  func settings(
    mark: ClusterMark? = nil, witness: EtcdWitness? = nil, remember: @escaping @Sendable (ClusterMark, EtcdWitness?) -> Void = { _, _ in },
    onTheWay: OnTheWay = OnTheWay()
  ) throws -> EtcdSettings {
    // Members outlive the ground in some tests, and the servers with them.
    let (client, servers) = (client, servers)
    let cluster = Cluster(
      try servers.urls.split(separator: ",").map { try Endpoint(String($0)) }, mark: mark, deadline: .milliseconds(500),
      send: { [servers] request throws(HTTPError) in
        _ = servers
        await onTheWay.before(request)
        let answer = try await client.send(request)
        await onTheWay.after(request)
        return answer
      })
    return EtcdSettings(cluster: cluster, prefix: "posthorn/test", timeToLive: timeToLive, witness: witness, remember: remember)
  }

  func member(_ name: String) async throws -> any Claims { try await etcdMember(name) }

  /// A member that has joined, and has read upstream.
  func etcdMember(_ name: String, place: String? = "here", onTheWay: OnTheWay = OnTheWay()) async throws -> EtcdClaims {
    let claims = try claims(name, place: place, onTheWay: onTheWay)
    try await claims.join()
    if let reading = await claims.willRead() { await claims.hasRead(reading) }
    members.withLock { $0[name] = claims }
    return claims
  }

  func kill(_ name: String) async throws {
    guard let member = members.withLock({ $0[name] }) else { return }
    await member.fallSilent()
    if let lease = await member.membership?.lease { dead.withLock { $0.append(lease) } }
  }

  /// etcd ends the leases of the dead, which would take a time to live.
  func outlast() async throws {
    for lease in dead.withLock({ $0 }) { try end(lease) }
  }

  func end(_ lease: LeaseID) throws {
    try servers.ctl("lease", "revoke", String(lease.number, radix: 16))
  }
}

extension EtcdGround {
  /// What stands in the claim of a delivery; `nil` where there is none.
  func value(of id: DeliveryID) throws -> EtcdClaimValue? {
    let text = try servers.ctl("get", "--print-value-only", EtcdKeys(prefix: "posthorn/test").claim(id))
    return EtcdClaimValue(Array(text.utf8.dropLast()), of: id)
  }
}

/// What a test lets happen while a request is on its way to etcd, or its answer on the way back.
final class OnTheWay: Sendable {
  typealias Event = @Sendable () async -> Void

  private struct Trap: Sendable {
    var key: String
    var isAnswer: Bool
    var event: Event
  }

  private let traps = Mutex<[Trap]>([])

  /// Runs `event` once, before the next transaction that writes `key` leaves, or before its answer is heard.
  func atNext(write key: String, beforeAnswer isAnswer: Bool = false, _ event: @escaping Event) {
    traps.withLock { $0.append(Trap(key: key, isAnswer: isAnswer, event: event)) }
  }

  func before(_ request: Request) async { await spring(request, isAnswer: false) }
  func after(_ request: Request) async { await spring(request, isAnswer: true) }

  private func spring(_ request: Request, isAnswer: Bool) async {
    guard case .bytes(let bytes)? = request.body else { return }
    let body = String(decoding: bytes, as: UTF8.self)
    let trap = traps.withLock { traps -> Trap? in
      let sprung = traps.firstIndex { trap in
        trap.isAnswer == isAnswer && body.contains(#""request_put":{"key":"\#(Base64.encode(Array(trap.key.utf8)))""#)
      }
      return sprung.map { traps.remove(at: $0) }
    }
    await trap?.event()
  }
}

/// A daemon that loses its lease and registers again, beside whatever else it does.
final class Registration: Sendable {
  private let ground: EtcdGround
  private let member: EtcdClaims
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ ground: EtcdGround, _ member: EtcdClaims) { (self.ground, self.member) = (ground, member) }

  /// Returns once it has got as far as it can without what else is under way.
  func begin() async {
    let old = await member.membership?.created
    try? await ground.endLease(of: member)  // a failure shows in what follows
    task.withLock { $0 = Task { [member] in await member.beat() } }
    for _ in 1...500 {
      if await member.joining != nil { return }
      if let created = await member.membership?.created, created != old { return }
      try? await Task.sleep(for: .milliseconds(10))  // cancelled, it ends all the sooner
    }
  }

  func end() async { await task.withLock { $0 }?.value }
}

extension EtcdGround {
  /// Ends the lease of a member that lives, as a person or etcd itself may.
  func endLease(of member: EtcdClaims) async throws {
    if let lease = await member.membership?.lease { try end(lease) }
  }
}

extension EtcdClaimValue {
  /// Whether whoever takes it over has to suppose that it was sent.
  var isCommitted: Bool { events.isCommitted }
}
