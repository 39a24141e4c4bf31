public import Git
public import Logging
public import Platforms
public import Schedule
public import StateDirectory

/// Brings what has happened towards what the repository asks for: adopts commits, publishes what is due, and hands outcomes to the
/// recorder. The only place where the parts meet.
///
/// The actor owns all decisions and the memory of them; whatever blocks (git, the disk, the network) happens elsewhere and is awaited.
public actor Engine {
  let options: Options
  let repository: SourceRepository
  let content: ContentSource
  let desiredFile: DesiredFile
  let media: MediaStore
  let mediaAccess: MediaAccess?
  /// Deliveries whose media are being brought before they are due.
  var readingAhead: Set<DeliveryID> = []
  let log: EventLog
  var incarnation: Incarnation
  /// Which of the processes on this incarnation this is.
  let life = Life.drawn()
  /// Where the state directory comes from, as this machine remembers it, and what it is to remember.
  let origin: BootMemory.Origin
  let memory: BootMemory?
  /// Names the place that the directory stands at; empty where that cannot be told.
  let place: String
  /// What happened before the journal's first entry is known to upstream's history alone.
  let hasLostPast: Bool
  /// What is known of keys, and of records that nobody vouches for.
  var seals: SealMemory
  /// What vouches for what this host writes.
  let sealKeys: HostKeys
  /// Attempts that may have gone out twice, until a person has looked.
  var doubles: DoubleMemory
  let platforms: @Sendable (String) -> (any Platform)?
  let credentialStamp: @Sendable (AccountName) -> String?
  let schemas: [String: PlatformSchema]
  /// The system's zone data, where it is not what it last was; cheap where it is.
  let freshZones: @Sendable () -> Zones?
  let claims: any Claims
  let lock: HeldLock
  let clock: Clock
  let secondClock: SecondClock
  let state: Folder
  let logger: Logger

  var desired: Desired
  /// The schedule as it was left on disk, which is read while the past is; nobody keeps it once it was taken up.
  var savedDesired: Task<DesiredFile.Saved?, any Error>?
  /// Whether the schedule is that of upstream's tip, as this process has seen it, and not one that was left on disk.
  var isCurrent = false
  var observed: Observed

  /// Reminders: which delivery to look at, and when.
  var queue = DueQueue()
  /// Everything that is scheduled until then has one, where it needs one.
  var lookedThrough = Instant.distantPast
  var alarm: Alarm?
  var paces: [AccountName: AccountPace] = [:]
  /// Deliveries that something is being done for; nothing else touches them until it has ended.
  var inFlight: InFlight
  /// Calls that are under way, and deliveries that are ready for theirs.
  var calls: CallSlots
  /// Deliveries that are due and wait for a place of their account, and whose turn is next.
  var waitingForPlace: [AccountName: DueQueue] = [:]
  var placeTurns: ArraySlice<AccountName> = []
  /// Deliveries that the content ceased to ask for while something was being done for them, and the posts that they were of.
  var calledOff: [DeliveryID: DesiredPost] = [:]
  /// Deliveries that are due and held; looked at again whenever a cause may have gone.
  var heldWhenDue: Set<DeliveryID> = []
  /// Deliveries whose claims cannot be read, until upstream is looked at again, and what was said of that.
  var unclaimable: [DeliveryID: HoldReason] = [:]
  var saidUnclaimable: [DeliveryID: HoldReason] = [:]
  /// What was said of holds: of a burst once, of anything else once a delivery.
  var saidHolds: [DeliveryID: HoldReason] = [:]
  var saidBursts: Set<String> = []
  /// Zone data that every time is being computed with again, and deliveries that wait for it.
  var newZones: Zones?
  var waitingForZones: Set<DeliveryID> = []
  var zonesCheckedAt = Instant.distantPast
  /// Deliveries that are due and wait for their account's limits.
  var paced: Set<DeliveryID> = []
  /// Those that wait for another of their account to end, the one that was due first in front.
  var waitingForAnother: [AccountName: DueQueue] = [:]

  /// What is on the way to its claim; see ``claim(_:for:)``.
  var gathering = ClaimGathering()
  /// Attempts that were begun and not committed when this directory's last process ended; a claim that it left on them proves nothing.
  var resumed: [DeliveryID: Intent] = [:]

  /// Claims that are ours since their holder was taken for dead, on deliveries for which something was being done here at that moment.
  var untaken: [AbandonedClaim] = []
  /// What other daemons recorded of deliveries that are in flight here.
  var untold: [DeliveryID: [HistoryRecord]] = [:]

  /// A person's word on a burst that was obeyed.
  var burstWord: BurstWord?

  /// The commit of the records' branch up to which those of other daemons are in memory.
  var heardTip: ObjectID?
  var hearing = 0

  /// Posts whose status file upstream may not say what is true.
  var dirtyPosts: Set<PostID> = []
  /// Where posts lay that lie elsewhere now: their status files there are to go.
  var strayStatuses: [String: PostID] = [:]

  var obstructed = Obstructed()

  /// What was seen of accounts and is not recorded yet, and when each was asked about last.
  var accountNews: [AccountName: AccountNews] = [:]
  var accountSyncs: [AccountName: Instant] = [:]
  var hasReadAccountRecords = false

  /// What decisions get the time from, and the doubt that it was found in last.
  let gate: ClockGate
  var clockDoubt: ClockTrust.Doubt?
  /// Whether it was said that no server tells the time.
  var isClockSilenceSaid = false
  /// Whether it is known which servers could be asked.
  var hasLookedForServers = false

  /// What the branch stands still at.
  var rewritten: RewrittenBranch?

  /// The adoption under way, if any: the next one waits for it.
  var adoption: Task<Void, any Error>?
  /// What somebody is still to be told, oldest first, and who is at it.
  var notices: ArraySlice<Notice> = []
  var tellers: [Int: Task<Void, Never>] = [:]
  var alarms = OpenAlarms()
  /// By the boot clock: when the process ends, and nobody is told any more.
  var lastTelling: Duration?
  /// Deliveries of whose hold somebody is being told.
  var tellingHolds: [DeliveryID: Task<Void, Never>] = [:]
  var entriesAtCheckpoint = 0
  var lastUpkeep: Instant
  /// Deliveries whose outcome is in memory and waits for room on disk; nobody else is told of it before.
  var unwritten: Set<DeliveryID> = []
  /// Whether that was said already.
  var isOutOfRoom = false
  var isStopping = false
  /// Whether deliveries may be looked at: not before upstream was asked, or could not be.
  var hasBegun = false
  /// Whether another process publishes from the repository, or may do so unheard, which claims of this kind do not allow.
  var isDisplaced = false
  /// Branches that records went to before, on which nobody else says that they publish.
  var lookedElsewhere: Set<String> = []
  /// Until when what others record there is heard.
  var hearingElsewhereUntil = Instant.distantPast
  /// When another one that was asked has been silent for long enough.
  var silentUntil: Instant?
  /// Whether this start may be one of a copy: nothing is begun then.
  var mayBeCopy: Bool
  /// Whether the machine remembers this process.
  var isRemembered = false
  /// Whether something may be past its commit point without anybody asking how it ended, or have ended badly with nobody told.
  var hasFlightsToRecover = true
  var hasComparedMainBranch = false
  /// Whether the history upstream was asked what it has that this state directory does not know.
  var hasAskedHistory = false
  var failure: (any Error)?
  var idleWaiters: [CheckedContinuation<Void, Never>] = []
  /// Looks at upstream, and commits of records.
  var readings = Rounds()
  var recordings = Rounds()
  var confirmLimit: Duration?
  var report = PassReport()
  let fetchSignal = Signal()
  /// Upstream has to be heard soon.
  let hearSignal = Signal()
  let recordSignal = Signal()
  /// What is to be recorded may be worth a commit.
  let ripeSignal = Signal()
  let stopSignal = Signal()
  /// A call to upstream hangs for good (G13).
  let overrun: Overrun

  /// Opens the state directory's journal and schedule. The lock must be held, and `isLockHeld` says whether it still is.
  ///
  /// - Throws: ``StateError`` where the journal is damaged: nothing may be published then.
  public init(
    _ options: Options, location: Location, access: Access, state: Folder, zones: Zones,
    freshZones: @escaping @Sendable () -> Zones? = { nil }, platforms: [any Platform],
    credentialStamp: @escaping @Sendable (AccountName) -> String?, isLockHeld: @escaping @Sendable () -> Bool, etcd: EtcdSettings? = nil,
    media: MediaAccess? = nil, clock: Clock = .system(), secondClock: SecondClock = .none, logger: Logger
  ) throws {
    let schemas = platforms.map { type(of: $0).schema }
    let byName = Dictionary(zip(schemas.map(\.name), platforms)) { first, _ in first }
    self.options = options
    self.platforms = { byName[$0] }
    self.schemas = Dictionary(schemas.map { ($0.name, $0) }) { first, _ in first }
    self.credentialStamp = credentialStamp
    self.freshZones = freshZones
    self.clock = clock
    self.secondClock = secondClock
    self.state = state
    self.logger = logger
    lastUpkeep = clock.now()
    inFlight = InFlight(limit: options.inFlightLimit)
    calls = CallSlots(limit: options.inFlightLimit)
    let overrun = Overrun()
    var access = access
    access.onOverrun = { overrun.note($0) }
    self.overrun = overrun
    seals = try SealMemory(of: state)
    doubles = try DoubleMemory(of: state)
    rewritten = try RewrittenBranch(of: state)
    let keys = try HostKeys.of(state, given: options.sealKey)
    sealKeys = keys
    if seals.pinned.insert(keys.id).inserted { try seals.save(in: state) }
    repository = SourceRepository(
      location: location, folder: options.folder, access: access, state: state,
      seals: SealTrust(
        keys: keys, folder: options.folder, incarnation: try Incarnation.of(state, now: clock.now()).id, pinned: seals.pinned,
        sealedOnto: seals.sealedOnto),
      logger: logger)
    content = ContentSource(
      path: repository.path, screening: repository.screening, folder: options.folder, branch: location.branch,
      environment: ContentEnvironment(zones: zones, platforms: schemas))
    let desiredFile = DesiredFile(in: state)
    self.desiredFile = desiredFile
    savedDesired = Task { try await desiredFile.load() }
    self.media = MediaStore(in: state)
    mediaAccess = media
    desired = Desired(tzdata: zones.version)
    let opened = try EventLog.open(in: state, now: clock.now(), logger: logger)
    log = opened.log
    observed = opened.observed
    incarnation = opened.incarnation
    hasLostPast = opened.hasLostPast
    let gate = ClockGate(
      clock, ClockTrust(saved: try Self.savedClock(in: state), first: clock.reading, newestRecord: observed.newestEnd))
    self.gate = gate
    do {
      memory = try options.bootMemory.map { path throws(StateError) in try BootMemory(in: path, of: state, boot: clock.boot) }
    } catch {
      memory = nil
      logger.warning(
        "this machine remembers nothing of the state directory: each start waits for upstream", metadata: ["error": "\(error)"])
    }
    let origin = memory?.origin(of: incarnation.id, journal: log.journal.recovery.last) ?? .unknown
    self.origin = origin
    if case .inPlace = origin { mayBeCopy = false } else { mayBeCopy = true }
    place = clock.boot.isEmpty ? "" : String(ContentDigest.sha256("\(clock.boot) \(try state.place())".utf8).prefix(16))
    lock = HeldLock(path: state.path(of: "lock"), isHeld: isLockHeld)
    precondition(options.claims != .etcd || etcd != nil, "whoever chooses claims in etcd says where it is")
    claims =
      if let etcd {
        EtcdClaims(
          etcd, identity: try EtcdClaims.Identity(incarnation, life, host: options.host, state: state, boot: clock.boot), lock: lock,
          now: clock.now, logger: logger)
      } else if options.claims == .push {
        PushClaims(
          repository, host: options.host, version: options.version, incarnation: incarnation.id, life: life, predecessor: origin.life,
          lock: lock, now: clock.now)
      } else {
        LocalClaims(
          repository,
          party: DaemonRecord.Party(
            host: options.host, incarnation: incarnation.id, place: place, life: life.id),
          version: options.version, lock: lock, clock: clock, isClockInDoubt: { gate.now.isInDoubt }, origin: origin, memory: memory,
          known: try KnownKeeper(of: state), logger: logger)
      }
  }

  /// The wall clock, right or wrong: for what is written down or shown. A decision asks ``gate``.
  func now() -> Instant { clock.now() }

  /// Whether deliveries may be looked at and begun.
  var mayBegin: Bool { hasBegun && !isStopping && !isDisplaced && observed.hasLearned }

  /// Returns once the engine gets to it: whoever waits here in vain knows that it has stalled.
  public func isAlive() {}

  /// What the next start would have to replay.
  var entriesSinceCheckpoint: Int { log.journal.recovery.entries + log.journal.statistics.entries - entriesAtCheckpoint }

  /// Whether it would save the next start more than it costs this end: it writes all that is stored, the journal has what happened since.
  var isWorthCheckpoint: Bool { entriesSinceCheckpoint * 100 >= observed.count }

  /// Replaces the checkpoint, so that the next start has little to replay. Without space for it the journal stays as long as it is.
  func checkpoint() async throws {
    try requireState()
    let snapshot = observed
    let covered = try await log.journal.flush()  // enqueued behind exactly the events that the snapshot has
    do {
      let packed = try await desiredFile.checkpoint(snapshot, covering: covered, in: log)
      observed.goOn(from: packed, of: snapshot)
    } catch let error as StateError where error.isLackOfSpace {
      return logger.error("there is no room for a checkpoint", metadata: ["error": "\(error)"])
    }
    entriesAtCheckpoint += entriesSinceCheckpoint
  }

  /// Asked before anything is begun, said upstream, or replaced on disk: whether our own promises still hold.
  ///
  /// - Throws: ``StateError`` if a flush has failed (F3), or the lock's file is no longer ours and another daemon may be at work (F8).
  func requireState() throws {
    if let failure = log.folder.failedFlush {
      throw StateError("rely on", log.folder.path, .stopped(by: failure.description))
    }
    try lock.check()
  }
}
