import Git
import Logging
import Schedule
import StateDirectory
import Synchronization

/// One daemon a repository: whoever holds the state directory's lock may publish, and asks before each commit point whether it still does.
///
/// A second directory on the same repository is found by the record that the first one leaves in it before it publishes anything: see
/// ``DaemonRecord``. Nothing is written while there is one daemon, but for that record.
actor LocalClaims: Claims {
  let terms = ClaimTerms()
  /// Nobody else is there to have any.
  let news = AsyncStream<Void> { $0.finish() }

  private let repository: SourceRepository
  private let party: DaemonRecord.Party
  private let version: String
  private let lock: HeldLock
  private let clock: Clock
  private let isClockInDoubt: @Sendable () -> Bool
  private let logger: Logger

  /// How soon this daemon reads what others ask.
  private var answersWithin = Duration.seconds(3600)
  private var knowledge: Knowledge {
    get { shared.withLock { $0 } }
    set { shared.withLock { $0 = newValue } }
  }
  /// What is known, for those who ask for each delivery.
  private nonisolated let shared = Mutex(Knowledge.nothing)
  private var keeping: Task<Void, Never>?
  /// When this process asked the other one, on the clock that counts from boot.
  private var askedAt: Duration?
  /// Whether the other one is asked although it has answered not long ago.
  private var isAnew = false

  /// What the repository says of who publishes from it.
  private enum Knowledge: Sendable {
    case nothing
    /// It could not be said there that it is us. What is due goes out all the same; the next look at upstream brings another try.
    case unsaid
    case ours
    case others(AnotherDaemon)
  }

  init(
    _ repository: SourceRepository, party: DaemonRecord.Party, version: String, lock: HeldLock, clock: Clock,
    isClockInDoubt: @escaping @Sendable () -> Bool = { false },
    logger: Logger
  ) {
    (self.repository, self.party, self.version, self.lock, self.clock, self.logger) = (repository, party, version, lock, clock, logger)
    self.isClockInDoubt = isClockInDoubt
  }

  /// Whether what is known allows to publish; then there is nothing to wait for.
  private nonisolated var isSettled: Bool {
    switch shared.withLock({ $0 }) {
    case .ours, .unsaid: true
    case .nothing, .others: false
    }
  }

  func join() async throws { try lock.check() }
  func leave() async {}
  nonisolated func isOurs(_ account: AccountName) -> Bool { true }

  func expect(readingEvery interval: Duration) {
    (answersWithin, isAnew) = (max(.seconds(10), interval * 3), true)
  }

  nonisolated(nonsending) func claim(_ wanted: Claim) async throws -> ClaimAnswer {
    try await settle()
    return .held
  }

  nonisolated(nonsending) func claim(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer] {
    try await settle()
    return Dictionary(wanted.map { ($0.id, .held) }) { first, _ in first }
  }

  private nonisolated(nonsending) func settle() async throws {
    try lock.check()
    if !isSettled { try await keep() }
  }

  nonisolated(nonsending) func permit(_ id: DeliveryID) async throws -> CommitPermit? {
    try lock.check()
    if case .others(let another) = shared.withLock({ $0 }) { throw another }
    return .unlimited
  }

  nonisolated(nonsending) func release(_ ids: [DeliveryID], _ end: ClaimEnd) async {}

  /// What this directory left in flight is in its journal.
  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool) async throws -> [AbandonedClaim] { [] }

  func another(branch: String?, at tip: ObjectID?, asking isAsking: Bool) async throws -> AnotherDaemon? {
    if let tip, let seen = repository.seenDaemon(at: tip, branch: branch), isSettled(by: seen.record) { return nil }
    while true {
      let record = try await repository.daemonRecord(branch: branch, asking: isAsking, now: clock.now())
      if isSettled(by: record) { return nil }
      guard let record else { return nil }
      switch step(record) {
      case .publish, .answer:
        knowledge = .ours
        if isAsking, await !answer(record) { continue }  // somebody came between, and may have taken over
        return nil
      case .take where isAsking:
        let isWritten = try await write(record: ours(since: clock.now()), over: record, .take)
        if isWritten { logger.notice("took over from another daemon, which is gone", metadata: ["host": "\(record.keeper.host)"]) }
      case .ask where isAsking:
        var question = record
        question.asked = DaemonRecord.Word(party, at: clock.now())
        _ = try await write(record: question, over: record, .ask)
        (askedAt, isAnew) = (clock.sinceBoot(), false)
      case .ask, .take, .wait, .hold:
        let another = AnotherDaemon(record, asker: party)
        knowledge = .others(another)
        return another
      }
    }
  }

  /// Whether this daemon may publish without a word of its own; then that is what is known.
  private func isSettled(by record: DaemonRecord?) -> Bool {
    guard let record else {
      knowledge = .nothing
      return true
    }
    guard case .publish = step(record), record.answersWithin >= answersWithin else { return false }
    knowledge = .ours
    return true
  }

  func replaceAnother(branch: String?) async throws -> DaemonRecord.Party? {
    while true {
      guard let record = try await repository.daemonRecord(branch: branch, asking: true, now: clock.now()),
        !party.stands(for: record.keeper)
      else { return nil }
      if try await write(record: ours(since: clock.now()), over: record, .take) { return record.keeper }
    }
  }

  /// The clock that counts from boot has a say too: a wall clock that was set makes nobody gone.
  private func step(_ record: DaemonRecord) -> DaemonRecord.Step {
    let step = record.step(for: party, now: isClockInDoubt() ? nil : clock.now(), isAnew: isAnew)
    guard step == .take, record.asked != nil, let askedAt, clock.sinceBoot() < askedAt + record.answersWithin else { return step }
    return .wait(until: clock.now() + (askedAt + record.answersWithin - clock.sinceBoot()))
  }

  /// Before the first publication: from here on others ask. Two who come at the same time race for one record.
  private func keep() async throws {
    if case .nothing = knowledge {
      let task = keeping ?? Task { await sayOurs() }
      keeping = task
      let ended = Signal()
      let waits = [
        Task {
          await task.value
          ended.raise()
        },
        Task {
          try? await Task.sleep(for: Self.patience)  // ends early where it is not needed any more
          ended.raise()
        },
      ]
      await ended.wait()
      for wait in waits { wait.cancel() }
    }
    if case .others(let another) = knowledge { throw another }
  }

  private func sayOurs() async {
    defer { keeping = nil }
    do {
      knowledge = try await write(record: ours(since: clock.now()), over: nil, .keep) ? .ours : .others(.cameFirst)
    } catch {
      // Records cannot be pushed then either, which is said; a launch does not wait for them.
      logger.warning("upstream was not told that this daemon publishes; another one would not notice", metadata: ["error": "\(error)"])
      knowledge = .unsaid
    }
  }

  /// A launch waits for so long until upstream has taken the word, and no longer: it may be down, and publishing does not depend on it.
  private static let patience = Duration.seconds(5)

  /// Others believe that this daemon is gone unless they hear from it.
  ///
  /// - Returns: `false` where the record is another one by now.
  private func answer(_ record: DaemonRecord) async -> Bool {
    var answer = ours(since: record.since)
    answer.refused = record.asked.map { DaemonRecord.Word($0.party, at: clock.now()) } ?? record.refused
    if let asked = record.asked {
      logger.error(
        "another daemon wants to publish from this repository; it is told that this one does",
        metadata: ["host": "\(asked.party.host)", "state_directory": "\(asked.party.incarnation.prefix(8))"])
    }
    do {
      return try await write(record: answer, over: record, record.asked == nil ? .keep : .answer)
    } catch {
      logger.error("the other daemon could not be told, and may take over", metadata: ["error": "\(error)"])
      return true
    }
  }

  private func ours(since: Instant) -> DaemonRecord {
    DaemonRecord(keeper: party, since: since, answersWithin: answersWithin, version: version)
  }

  private func write(record: DaemonRecord, over seen: DaemonRecord?, _ act: DaemonRecord.Act) async throws -> Bool {
    try await repository.write(record, over: seen, as: act, by: party.host, now: clock.now())
  }
}
