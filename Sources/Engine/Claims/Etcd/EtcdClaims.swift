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
/// **Why nothing is written over.** A claim is written with the revision at which its events stood (N4), one write of it after another: see
/// ``write(_:asMember:_:)``. After each await, who we are and what is ours is asked again; a new member permits nothing before all that it held
/// bears its number.
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
  private var remembered: (mark: ClusterMark, witness: EtcdWitness?)?

  let turns = Turns<Matter>()
  private nonisolated let standing = Mutex(Standing())
  /// Nothing is claimed or permitted without one.
  var membership: Membership? { didSet { standing.withLock { $0.member = membership?.created } } }
  /// Registered, and not yet a member that may claim.
  var joining: Membership?
  var hasLeft = false
  /// Who is a member under our name.
  var doubled: EtcdClaimsError.Another?
  /// Claims that are ours, as they were written last. Changed only by whose turn it is.
  var held: [DeliveryID: Held] = [:]
  /// Those among them that a dead member left, and that the engine has not taken up yet.
  var inherited: [DeliveryID: AbandonedClaim] = [:]
  /// What `recorded` was before the last fetch that was taken in; `nil` before the first.
  var seen: [AccountName: Int64]?
  /// Claims to give back as soon as etcd can be reached.
  var returning: [DeliveryID: ClaimEnd] = [:]
  var isReturning = false
  /// Claims of dead members, found before the last fetch that was taken in.
  var orphans: [DeliveryID: Orphan] = [:]
  /// How often there was a reason to look at all claims for dead holders, and how many of the reasons have been seen to.
  var scansAsked = 1
  var scansMade = 0
  /// When claims in etcd came into force.
  var since: Instant?
  /// Why no claim is made until the operator has looked (C5).
  var alarm: ClusterError?
  /// The revision that wrote our own key last, as far as we know (C5).
  var witness: Int64?
  /// The revision at which the members were read.
  private var membersRead: Int64 = 0

  /// Which daemon this is.
  struct Identity: Equatable, Sendable {
    var incarnation: String
    var host: String
    /// The state directory's path, for people.
    var state: String
    /// This process.
    var life: String
    /// The file whose lock it has; see ``EtcdMember/place``.
    var place: String?
  }

  /// What only one at a time does something about.
  enum Matter: Hashable {
    case membership, returning
    case claim(DeliveryID)
  }

  /// Our own member key.
  struct Membership: Equatable, Sendable {
    var lease: LeaseID
    /// The revision that created the key: `F` (C1).
    var created: Int64
    /// Until when what we may do surely holds, on the clock that counts from boot (C2).
    var until: Duration
  }

  /// A claim of ours as it stands in etcd: what it says, and the revision that says so.
  struct Held: Equatable, Sendable {
    var modified: Int64
    /// The membership that it was written under.
    var member: Int64
    var events: [DeliveryEvent]
  }

  /// What is asked right before an act, by those who cannot wait.
  private struct Standing {
    /// The membership that counts.
    var member: Int64?
    /// The one that counted when the last reading of upstream began that was taken in.
    var reader: Int64?
  }

  struct Orphan: Equatable, Sendable {
    var modified: Int64
    var value: EtcdClaimValue
  }

  init(_ settings: EtcdSettings, identity: Identity, lock: HeldLock, now: @escaping @Sendable () -> Instant, logger: Logger) {
    (self.settings, self.identity, self.lock, self.now, self.logger) = (settings, identity, lock, now, logger)
    terms = ClaimTerms(longestCall: settings.longestCall, areShared: true)
    keys = EtcdKeys(prefix: settings.prefix)
    if let known = settings.witness, known.incarnation ?? identity.incarnation == identity.incarnation { witness = known.revision }
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
    hasLeft = true
    beating?.cancel()
    beating = nil
    tellNews.finish()
    for (id, claim) in held where !claim.events.contains(where: \.isDecisive) { returning[id] = .givenUp }
    await turns.take(.returning)  // somebody may be at it, and has not seen these
    turns.end(.returning)
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
    await turns.take(.membership)
    defer { turns.end(.membership) }
    guard alarm == nil, !hasLeft else { return }
    do throws(ClusterError) {
      if try await isAlive() { try await bearWitness() } else if !hasLeft { try await register() }
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
    take(members: answer.results[1].keys, at: answer.revision)
    return true
  }

  private func lose(_ old: Membership, _ reason: String) -> Bool {
    guard membership == old else { return membership != nil }
    membership = nil
    logger.error("no member of the fleet any more: \(reason)", metadata: ["prefix": "\(keys.prefix)"])
    return false
  }

  /// A member is the only one under its directory's name: what a copy finds in flight is the original's, and how that ended is in what is read from
  /// upstream once the original is a member no more.
  nonisolated var maySettle: Bool { standing.withLock { $0.member != nil && $0.member == $0.reader } }

  /// Whether it is still that membership that counts.
  nonisolated func isUsable(_ created: Int64) -> Bool { standing.withLock { $0.member == created } }

  func noteReading(as member: Int64?) { standing.withLock { $0.reader = member } }

  var memberKey: String { keys.member(identity.incarnation) }

  /// What our claims are written under; 0 while we are registered nowhere.
  var number: Int64 { (membership ?? joining)?.created ?? 0 }

  /// Takes in who lives, unless more is known already; whoever came or went changes whose turn it is, and may have left claims.
  func take(members found: [KeyValue], at revision: Int64) {
    guard revision >= membersRead else { return }
    membersRead = revision
    let living = Set(found.map { String($0.key.dropFirst(keys.members.count)) })
    let old = members.withLock { members in
      defer { members = living }
      return members
    }
    guard old != living else { return }
    scansAsked += 1
    logger.info("the fleet has changed", metadata: ["members": "\(living.count)"])
    tellNews.yield()
  }

  func tell() { tellNews.yield() }

  func inForceSince() async -> Instant? { since }

  /// Gives no sign of life any more, and says nothing.
  func fallSilent() { beating?.cancel() }

  // MARK: Trouble

  func note(failing error: ClusterError) {
    if error.isForgetful, alarm == nil {
      alarm = error
      membership = nil
      members.withLock { $0 = [] }
      if error.isOfSameCluster { Task { await tellOthers() } }
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
    let witness = witness.map { EtcdWitness(incarnation: identity.incarnation, revision: $0) }
    guard remembered.map({ $0 != (mark, witness) }) ?? true else { return }
    remembered = (mark, witness)
    do { try settings.remember(mark, witness) } catch {
      logger.error("how far etcd has come could not be saved", metadata: ["error": "\(error)"])
    }
  }
}

/// Why nothing can be claimed now.
enum EtcdClaimsError: Error, Equatable, CustomStringConvertible {
  case notMember(String)
  case doubled(by: Another)

  /// Who is a member under the name of our state directory.
  struct Another: Equatable, Sendable {
    var host: String
    var state: String
    /// The revision that created its key.
    var since: Int64
  }

  var description: String {
    switch self {
    case .notMember(let prefix): "this daemon is no member of the fleet \(prefix) now; etcd cannot be reached, or has no quorum"
    case .doubled(let another):
      "a daemon on \(another.host) (state directory \(another.state)) is a member of the fleet under this state directory's name, which was copied; "
        + "stop one of the two, or start this one with a new --state to have both"
    }
  }
}
