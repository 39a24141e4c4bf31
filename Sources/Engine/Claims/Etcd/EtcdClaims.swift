import Etcd
import Git
import Logging
import Platforms
import Schedule
import StateDirectory
import Synchronization

/// Claims of a fleet, in etcd: a member key with a lease a daemon, accounts shared out over the members that live, and a key a delivery from
/// the moment it is begun until its record is upstream.
///
/// Whose turn it is, says ``isOurs(_:)``; nobody relies on it. Who may, say transactions (C1), in which `member` is our own key, `F` the
/// revision that created it, `claim` the delivery's key, and `recorded` the marker of its account:
///
/// | step | only if | then |
/// | --- | --- | --- |
/// | claim | `create(member) = F`, `version(claim) = 0`, `mod(recorded) = seen` | claim := intent |
/// | commit point | `create(member) = F`, `mod(claim) = mine` | claim := intent, commit point |
/// | take over | `create(member) = F`, `mod(claim) = seen` | claim := the same, of ours |
/// | recorded | `mod(claim) = mine` | claim removed, recorded := anything |
///
/// **Why nothing is sent twice.** Two daemons cannot both be past the commit point of one attempt: both would need `mod(claim)`, and whoever
/// writes it second fails. A daemon that was paused behind its commit point makes no call: ``permit(_:)`` ends before its lease can (C2). What is
/// left is a daemon that begins a delivery because it does not know that another one has published it. While the other's claim is there, it cannot.
/// A claim goes only when its record is upstream, in a transaction that writes `recorded`. `seen` is what `recorded` was *before* the last
/// fetch that was taken in whole began. So if nothing was recorded since, `mod(recorded)` is still `seen`, every claim of the account that
/// ever went had its record upstream when that fetch began, and the engine has decided with that record in its memory. If something was, the claim
/// fails as ``ClaimAnswer/outdated`` and the engine fetches before it decides again. Our own records move `seen` along, so that a fleet at rest fetches no more than
/// a single daemon does.
///
/// **Why nothing is forgotten.** A claim hangs on no lease: what a dead member left stays until somebody takes it over, with intent, commit
/// point and outcome in its value. It is taken over after a fetch that began when its holder was known to be dead, so that a record which the holder had pushed
/// is known and only the key is removed.
///
/// **C5**: an etcd that went backwards has forgotten claims; no claim is made until the operator has looked.
actor EtcdClaims: Claims {
  nonisolated let terms: ClaimTerms
  nonisolated let news: AsyncStream<Void>
  let settings: EtcdSettings
  let keys: EtcdKeys
  let identity: Identity
  let lock: HeldLock
  let now: @Sendable () -> Instant
  let logger: Logger

  /// The members that live, as last heard; empty while we are none.
  private nonisolated let members = Mutex<Set<String>>([])
  private let tellNews: AsyncStream<Void>.Continuation
  private var beating: Task<Void, Never>?
  private var lastFailure: String?
  private var remembered: ClusterMark?

  var membership: Membership?
  /// Claims that are ours.
  var held: [DeliveryID: Held] = [:]
  /// What `recorded` was before the last fetch that was taken in; `nil` before the first.
  var seen: [AccountName: Int64]?
  /// Claims to give back as soon as etcd can be reached.
  var returning: [DeliveryID: ClaimEnd] = [:]
  var isReturning = false
  /// Claims of dead members, found before the last fetch that was taken in.
  var orphans: [DeliveryID: Orphan] = [:]
  /// Whether all claims have to be looked at for dead holders.
  var isScanDue = true
  /// When claims in etcd came into force.
  var since: Instant?
  /// Why no claim is made until the operator has looked (C5).
  var alarm: ClusterError?

  /// Which daemon this is.
  struct Identity: Equatable, Sendable {
    var incarnation: String
    var host: String
    /// The state directory: whoever holds its lock knows that its last process is dead.
    var state: String
  }

  /// Our own member key.
  struct Membership: Equatable, Sendable {
    var lease: LeaseID
    /// The revision that created the key: `F` (C1).
    var created: Int64
    /// Until when what we may do surely holds, on the clock that counts from boot (C2).
    var until: Duration
  }

  struct Held: Equatable, Sendable {
    var modified: Int64
    var events: [DeliveryEvent]
  }

  struct Orphan: Equatable, Sendable {
    var modified: Int64
    var value: EtcdClaimValue
  }

  init(_ settings: EtcdSettings, identity: Identity, lock: HeldLock, now: @escaping @Sendable () -> Instant, logger: Logger) {
    (self.settings, self.identity, self.lock, self.now, self.logger) = (settings, identity, lock, now, logger)
    terms = ClaimTerms(longestCall: settings.longestCall, areShared: true)
    keys = EtcdKeys(prefix: settings.prefix)
    (news, tellNews) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: Membership

  /// Registers. Where etcd cannot be reached, or has no quorum, it goes on trying, and nothing can be claimed meanwhile.
  func join() async throws {
    try lock.check()
    await beat()
    if let alarm { throw alarm }
    beating = Task { [weak self, settings] in
      while !Task.isCancelled {
        try? await Task.sleep(for: settings.beat)  // a cancelled one ends the loop
        guard !Task.isCancelled, let self else { return }
        await self.beat()
      }
    }
  }

  /// Gives everything back and ends the lease, so that others need not wait for it to run out.
  func leave() async {
    beating?.cancel()
    beating = nil
    tellNews.finish()
    for (id, claim) in held where !claim.events.contains(where: \.isDecisive) { returning[id] = .givenUp }
    await giveBack()
    guard let membership else { return }
    self.membership = nil
    members.withLock { $0 = [] }
    do throws(ClusterError) { try await settings.cluster.revoke(membership.lease) } catch { note(failing: error) }
  }

  nonisolated func isOurs(_ account: AccountName) -> Bool {
    members.withLock { Rendezvous.owner(of: account, among: $0) } == identity.incarnation
  }

  /// One sign of life, and a look at who else lives. Registers again where the lease or the key is gone: this etcd can end a lease
  /// whose signs of life it answers (C3).
  func beat() async {
    guard alarm == nil else { return }
    do throws(ClusterError) {
      if try await !isAlive() { try await register() }
      if let mark = settings.cluster.mark { remember(mark) }
      await giveBack()
      if lastFailure != nil { logger.notice("etcd answers again") }
      lastFailure = nil
    } catch {
      note(failing: error)
    }
  }

  private func isAlive() async throws(ClusterError) -> Bool {
    guard let old = membership else { return false }
    let sent = BootClock.now
    guard try await settings.cluster.keepAlive(old.lease) != nil else { return lose(old, "its lease has run out") }
    let answer = try await settings.cluster.read(.get(memberKey), .list(prefix: keys.members))
    guard answer.results[0].keys.first?.created == old.created else { return lose(old, "its key is gone") }
    if membership == old { membership?.until = sent + settings.timeToLive - settings.margin }
    take(members: answer.results[1].keys)
    return true
  }

  private func lose(_ old: Membership, _ reason: String) -> Bool {
    guard membership == old else { return membership != nil }
    membership = nil
    logger.error("no member of the fleet any more: \(reason)", metadata: ["prefix": "\(keys.prefix)"])
    return false
  }

  var memberKey: String { keys.member(identity.incarnation) }

  /// Takes in who lives; whoever came or went changes whose turn it is, and may have left claims.
  func take(members found: [KeyValue]) {
    let living = Set(found.map { String($0.key.dropFirst(keys.members.count)) })
    let old = members.withLock { members in
      defer { members = living }
      return members
    }
    guard old != living else { return }
    isScanDue = true
    logger.info("the fleet has changed", metadata: ["members": "\(living.count)"])
    tellNews.yield()
  }

  func tell() { tellNews.yield() }

  func inForceSince() async -> Instant? { since }

  /// Gives no sign of life any more, and says nothing.
  func fallSilent() { beating?.cancel() }

  // MARK: Trouble

  func note(failing error: ClusterError) {
    if case .wentBack = error.reason, alarm == nil {
      alarm = error
      membership = nil
      members.withLock { $0 = [] }
      logger.critical(
        "nothing is claimed any more: etcd has forgotten what it knew; let all daemons record what they have, and start them with another prefix",
        metadata: ["error": "\(error)"])
      return
    }
    guard lastFailure != "\(error)" else { return }
    lastFailure = "\(error)"
    logger.error("claims cannot be had", metadata: ["error": "\(error)"])
  }

  private func remember(_ mark: ClusterMark) {
    guard mark != remembered else { return }
    remembered = mark
    do { try settings.remember(mark) } catch { logger.error("how far etcd has come could not be saved", metadata: ["error": "\(error)"]) }
  }
}

/// Why nothing can be claimed now.
enum EtcdClaimsError: Error, Equatable, CustomStringConvertible {
  case notMember(String)

  var description: String {
    switch self {
    case .notMember(let prefix): "this daemon is no member of the fleet \(prefix) now; etcd cannot be reached, or has no quorum"
    }
  }
}
