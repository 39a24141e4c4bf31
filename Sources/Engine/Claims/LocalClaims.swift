import Git
import Logging
import Schedule
import StateDirectory
import Synchronization

/// One daemon a repository: whoever holds the state directory's lock may publish, and asks before each commit point whether it still does.
///
/// A second directory on the same repository is found by the record that the first one leaves in it before it publishes anything: see
/// ``DaemonRecord``. Nothing is written while there is one daemon, but for that record. What was read of it counts for a while: ``LocalStanding``.
actor LocalClaims: Claims {
  let terms = ClaimTerms()
  /// Nobody else is there to have any.
  let news = AsyncStream<Void> { $0.finish() }

  private let repository: SourceRepository
  private var party: DaemonRecord.Party
  private let version: String
  private let lock: HeldLock
  private let clock: Clock
  private let isClockInDoubt: @Sendable () -> Bool
  private let memory: BootMemory?
  private let logger: Logger

  /// How soon this daemon reads what others ask.
  private var answersWithin = Duration.seconds(3600)
  /// What is known, for those who ask for each delivery.
  private nonisolated let standing: Mutex<LocalStanding>
  private var keeping: Task<Void, Never>?
  private var looking: (task: Task<Void, Never>, begun: Duration)?
  /// The branch that the settings choose for records, as it was given last.
  private var branch: String?
  /// When the reading of upstream began that is under way.
  private var reading: LocalStanding.Moment?
  /// When this process asked the other one, on the clock that counts from boot.
  private var askedAt: Duration?
  /// Whether the other one is asked although it has answered not long ago.
  private var isAnew = false
  /// Whether what a single pass has said, which nobody can expect to be back soon, is still to be shortened.
  private var isShortening = false
  /// Whether a person has said that nobody else publishes, and upstream has not heard of it.
  private var isByWord = false
  /// Another one, as this directory knows it by itself.
  private var known: KnownKeeper
  /// Whether the repository was looked through for others whose record somebody has taken away.
  private var hasLookedBack = false

  /// - Parameter origin: what an earlier process has left in the directory's place.
  init(
    _ repository: SourceRepository, party: DaemonRecord.Party, version: String, lock: HeldLock, clock: Clock,
    isClockInDoubt: @escaping @Sendable () -> Bool = { false }, origin: BootMemory.Origin = .unknown, memory: BootMemory? = nil,
    known: KnownKeeper = KnownKeeper(), logger: Logger
  ) {
    (self.repository, self.party, self.version, self.lock, self.clock, self.logger) = (repository, party, version, lock, clock, logger)
    (self.memory, self.known) = (memory, known)
    self.isClockInDoubt = isClockInDoubt
    let now = LocalStanding.Moment(sinceBoot: clock.sinceBoot(), wall: clock.now())
    var start = LocalStanding(answersWithin: answersWithin, awake: now)
    if case .inPlace(let facts) = origin {
      start = LocalStanding(
        answersWithin: facts.answersWithin > .zero ? facts.answersWithin : answersWithin, heard: facts.heard, awake: facts.awake ?? now)
      isByWord = facts.isByWord
      if isByWord { start.believeWord(at: now) } else { start.noteRunning(at: now) }
    }
    standing = Mutex(start)
  }

  func join() async throws { try lock.check() }
  func leave() async { noteRunning() }
  nonisolated func isOurs(_ account: AccountName) -> Bool { true }

  func expect(readingEvery interval: Duration) {
    (answersWithin, isAnew, isShortening) = (DaemonRecord.silence(readingEvery: interval), true, true)
  }

  nonisolated(nonsending) func claim(_ wanted: Claim) async throws -> ClaimAnswer {
    try await settle()
    return .held
  }

  nonisolated(nonsending) func claim(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer] {
    try await settle()
    return Dictionary(wanted.map { ($0.id, .held) }) { first, _ in first }
  }

  /// What has to be known at the commit point is asked for while there is time.
  private nonisolated(nonsending) func settle() async throws {
    try lock.check()
    try await stand(for: terms.longestCall + Self.ahead)
  }

  nonisolated(nonsending) func permit(_ id: DeliveryID) async throws -> CommitPermit? {
    try lock.check()
    // It has to hold after the commit point's flush as well.
    try await stand(for: terms.longestCall + .seconds(1))
    return CommitPermit(holds: { [self] duration in isPermitted(duration) })
  }

  private nonisolated func isPermitted(_ duration: Duration) -> Bool {
    lock.isHeld() && standing.withLock { $0.allows(duration, now: moment) }
  }

  /// Returns where this daemon may publish a call that takes so long at most, after asking upstream if need be: one question for all that wait.
  private nonisolated(nonsending) func stand(for duration: Duration) async throws {
    if standing.withLock({ $0.isSettled && $0.isFresh(for: duration, now: moment) }) { return }
    try await hear(for: duration)
  }

  nonisolated(nonsending) func release(_ ids: [DeliveryID], _ end: ClaimEnd) async {}

  /// What this directory left in flight is in its journal.
  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool, judging _: @escaping JudgeClaims) async throws -> [AbandonedClaim] { [] }

  private nonisolated var moment: LocalStanding.Moment { .init(sinceBoot: clock.sinceBoot(), wall: clock.now()) }
}

// MARK: - Who publishes

extension LocalClaims {
  func willRead() async -> UpstreamReading? {
    reading = moment
    return nil
  }

  func another(branch: String?, at tip: ObjectID?, asking isAsking: Bool, taking: Taking) async throws -> AnotherDaemon? {
    self.branch = branch
    if !isAsking, isByWord { return nil }
    let begun = isAsking ? reading ?? moment : nil
    if let tip, let seen = repository.seenDaemon(at: tip, branch: branch), isSettled(by: try believed(seen.record), at: begun) {
      return nil
    }
    while true {
      let upstream = try await repository.daemonRecord(branch: branch, asking: isAsking, now: clock.now())
      if isAsking { try await lookBack(behind: upstream) }
      let record = try believed(upstream)
      if isSettled(by: record, at: begun) { return nil }
      guard let record else { return nil }
      switch step(record) {
      case .publish, .answer:
        guard isAsking else {
          note(.ours, record, at: nil)
          return nil
        }
        guard let standing = await answer(record) else { continue }  // somebody came between, and may have taken over
        note(.ours, standing, at: begun)
        return nil
      case .take where isAsking:
        // Its silence shows that it had not read upstream since it was asked, and so for how long it may have gone on.
        let silence = isByWord ? nil : record.asked.map { min(clock.now(), $0.at + record.answersWithin) }
        try await taking(record.keeper, silence ?? clock.now())
        guard try await write(record: ours(since: clock.now()), over: upstream, .take) else { continue }
        try known.remember(nil)
        logger.notice("took over from another daemon, which is gone", metadata: ["host": "\(record.keeper.host)"])
      case .ask where isAsking:
        var question = record
        question.asked = DaemonRecord.Word(party, at: clock.now())
        guard try await write(record: question, over: upstream, .ask) else { continue }
        (askedAt, isAnew) = (clock.sinceBoot(), false)
        try known.remember(question)
      case .ask, .take, .wait, .hold:
        let another = AnotherDaemon(record, asker: party)
        note(.others(another), record, at: begun)
        return another
      }
    }
  }

  /// What upstream's record means to this directory, which remembers another one better than the repository does.
  private func believed(_ upstream: DaemonRecord?) throws(StateError) -> DaemonRecord? {
    let record = DaemonRecord.believed(upstream, knowing: known.record, by: party)
    try known.remember(record?.remembered(by: party, knowing: known.record))
    return record
  }

  /// The first time that this process finds no record, or somebody else's: those before it say who may be there besides, and for how long.
  private func lookBack(behind upstream: DaemonRecord?) async throws {
    guard !hasLookedBack, known.record == nil else { return }
    hasLookedBack = true
    if let upstream, upstream.remembered(by: party, knowing: nil) == nil { return }
    let others = try await repository.formerDaemonRecords(branch: branch, now: clock.now())
      .compactMap { $0.remembered(by: party, knowing: nil) }
    guard var other = upstream ?? others.first else { return }
    // Of the one that it names and of the one before, which a forger may have pushed away: both may be there. A process before them in the same
    // place has ended.
    let keepers = others.reduce(into: [other.keeper]) { keepers, former in
      if !keepers.contains(where: { $0.stands(for: former.keeper) }) { keepers.append(former.keeper) }
    }.prefix(2)
    let silence = others.filter { keepers.contains($0.keeper) }.map(\.answersWithin).max() ?? .zero
    (other.answersWithin, other.asked) = (max(other.answersWithin, silence), nil)
    try known.remember(other)
  }

  /// Whether this daemon may publish without a word of its own; then that is what is known.
  private func isSettled(by record: DaemonRecord?, at begun: LocalStanding.Moment?) -> Bool {
    guard let record else {
      note(.nothing, nil, at: begun)
      return true
    }
    guard case .publish = step(record), record.answersWithin >= answersWithin else { return false }
    if isShortening, record.answersWithin > answersWithin { return false }
    note(.ours, record, at: begun)
    return true
  }

  /// - Parameter begun: when the reading began; `nil` where upstream was not read.
  private func note(_ says: LocalStanding.Says, _ record: DaemonRecord?, at begun: LocalStanding.Moment?) {
    standing.withLock { standing in
      standing.says = says
      standing.answersWithin = record?.answersWithin ?? answersWithin
      if let begun { standing.hear(at: begun) }
    }
    if case .others = says { return memory?.forget() ?? () }
    guard let begun else { return }
    isByWord = false
    memory?.update { facts in
      (facts.heard, facts.awake, facts.isByWord) = (begun, moment, false)
      facts.answersWithin = record?.answersWithin ?? answersWithin
    }
  }

  func replaceAnother(branch: String?, taking: Taking) async throws -> DaemonRecord.Party? {
    while true {
      let upstream = try await repository.daemonRecord(branch: branch, asking: true, now: clock.now())
      guard let record = try believed(upstream), !party.stands(for: record.keeper) else { return nil }
      try await taking(record.keeper, clock.now())
      guard try await write(record: ours(since: clock.now()), over: upstream, .take) else { continue }
      try known.remember(nil)
      return record.keeper
    }
  }

  func rename(_ incarnation: String) { party.incarnation = incarnation }

  func believeWord() async {
    isByWord = true
    standing.withLock { $0.believeWord(at: moment) }
    memory?.update { ($0.isByWord, $0.awake) = (true, moment) }
  }

  nonisolated func noteRunning() {
    standing.withLock { $0.noteRunning(at: moment) }
    memory?.update { $0.awake = moment }
  }

  /// The clock that counts from boot has a say too: a wall clock that was set makes nobody gone.
  private func step(_ record: DaemonRecord) -> DaemonRecord.Step {
    let step = record.step(for: party, now: isClockInDoubt() ? nil : clock.now(), isAnew: isAnew)
    switch step {
    case .ask, .wait, .hold: return isByWord ? .take : step
    case .take:
      guard record.asked != nil, let askedAt, clock.sinceBoot() < askedAt + record.answersWithin else { return step }
      return .wait(until: clock.now() + (askedAt + record.answersWithin - clock.sinceBoot()))
    case .publish, .answer: return step
    }
  }

  /// Others believe that this daemon is gone unless they hear from it.
  ///
  /// - Returns: what stands there now; `nil` where somebody else has changed it.
  private func answer(_ record: DaemonRecord) async -> DaemonRecord? {
    isShortening = false
    var answer = ours(since: record.since)
    answer.refused = record.asked.map { DaemonRecord.Word($0.party, at: clock.now()) } ?? record.refused
    if let asked = record.asked {
      logger.error(
        "another daemon wants to publish from this repository; it is told that this one does",
        metadata: ["host": "\(asked.party.host)", "state_directory": "\(asked.party.incarnation.prefix(8))"])
    }
    do {
      return try await write(record: answer, over: record, record.asked == nil ? .keep : .answer) ? answer : nil
    } catch {
      if record.asked != nil { logger.error("the other daemon could not be told, and may take over", metadata: ["error": "\(error)"]) }
      return record
    }
  }

  private func ours(since: Instant) -> DaemonRecord {
    DaemonRecord(keeper: party, since: since, answersWithin: answersWithin, version: version)
  }

  private func write(record: DaemonRecord, over seen: DaemonRecord?, _ act: DaemonRecord.Act) async throws -> Bool {
    try await repository.write(record, over: seen, as: act, by: party.host, now: clock.now())
  }
}

// MARK: - Asking upstream before something goes out

extension LocalClaims {
  /// - Throws: ``AnotherDaemon``; ``Unheard``.
  private func hear(for duration: Duration) async throws {
    noteRunning()
    if standing.withLock({ !$0.isFresh(for: duration, now: moment) && !$0.isCutOff(now: moment) }) { await look() }
    if case .nothing = standing.withLock({ $0.says }) { await keep() }
    let (says, isAllowed) = standing.withLock { ($0.says, $0.allows(terms.longestCall, now: moment)) }
    if case .others(let another) = says { throw another }
    guard isAllowed else { throw Unheard() }
  }

  /// Reads upstream, once for everybody who needs that now.
  private func look() async {
    let begun = looking?.begun ?? clock.sinceBoot()
    let task = looking?.task ?? Task { await lookOnce() }
    looking = (task, begun)
    guard await Self.ends(task, within: Self.patience - (clock.sinceBoot() - begun)) else {
      return standing.withLock { $0.noteUnanswered(at: moment) }
    }
  }

  private func lookOnce() async {
    defer { looking = nil }
    let begun = moment
    do {
      guard let record = try believed(try await repository.newestDaemonRecord(branch: branch, now: clock.now())) else {
        return note(.nothing, nil, at: begun)
      }
      switch step(record) {
      case .publish, .answer: note(.ours, record, at: begun)
      case .ask, .wait, .hold, .take:
        // By a person's word its place is taken with the next fetch.
        if isByWord { return standing.withLock { $0.noteUnanswered(at: moment) } }
        note(.others(AnotherDaemon(record, asker: party)), record, at: begun)
      }
    } catch {
      logger.debug("upstream does not say who publishes", metadata: ["error": "\(error)"])
      standing.withLock { $0.noteUnanswered(at: moment) }
    }
  }

  /// Before the first publication: from here on others ask. Two who come at the same time race for one record.
  private func keep() async {
    // Nobody waits for an upstream that was just found not to answer.
    let patience = standing.withLock { $0.isCutOff(now: moment) } ? .zero : Self.patience
    let task = keeping ?? Task { await sayOurs() }
    keeping = task
    guard await !Self.ends(task, within: patience) else { return }
    standing.withLock { standing in
      standing.noteUnanswered(at: moment)
      if case .nothing = standing.says { standing.says = .unsaid }
    }
  }

  private func sayOurs() async {
    defer { keeping = nil }
    let begun = moment
    do {
      let record = ours(since: clock.now())
      let isWritten = try await write(record: record, over: nil, .keep)
      note(isWritten ? .ours : .others(.cameFirst), isWritten ? record : nil, at: begun)
    } catch {
      // Records cannot be pushed then either, which is said; a launch does not wait for them.
      logger.warning("upstream was not told that this daemon publishes; another one would not notice", metadata: ["error": "\(error)"])
      standing.withLock { standing in
        if case .nothing = standing.says { standing.says = .unsaid }
        standing.noteUnanswered(at: moment)
      }
    }
  }

  /// Whether the task ends within the time; it goes on afterwards.
  private static func ends(_ task: Task<Void, Never>, within time: Duration) async -> Bool {
    guard time > .zero else { return false }
    let (answers, answer) = AsyncStream<Bool>.makeStream()
    let waits = [
      Task {
        await task.value
        answer.yield(true)
      },
      Task {
        try? await Task.sleep(for: time)  // ends early where it is not needed any more
        answer.yield(false)
      },
    ]
    defer { for wait in waits { wait.cancel() } }
    for await isOver in answers { return isOver }
    return false
  }

  /// A launch waits for so long for upstream, and no longer: it may be down, and publishing does not depend on it.
  private static let patience = Duration.seconds(5)
  /// Longer than a delivery is claimed before its commit point, as a rule.
  private static let ahead = Duration.seconds(10)
}
