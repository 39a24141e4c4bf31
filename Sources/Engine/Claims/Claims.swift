import Git
import Schedule

/// The right to publish deliveries, shared between daemons. A delivery is claimed before it is prepared.
///
/// The engine asks in this order: ``join()``, then for each delivery ``isOurs(_:)``, ``claim(_:)``, ``permit(_:)`` and ``release(_:_:)``, and
/// ``takeOver()`` after each fetch and each piece of ``news``; at the end ``leave()``. An implementation may be asked about several deliveries
/// at the same time; what is asked for each delivery leaves the caller's actor only where the answer has to be fetched. What it throws is the
/// reason why nothing can be claimed now; nothing has gone out then, and it is asked again.
protocol Claims: Sendable {
  /// Told whose place is about to be taken, and until when that one may have published something.
  typealias Taking = @Sendable (_ keeper: DaemonRecord.Party, _ until: Instant) async throws -> Void

  var terms: ClaimTerms { get }

  /// One element whenever others may have changed what is ours: a member came or went, a claim was left behind. It ends with ``leave()``.
  var news: AsyncStream<Void> { get }

  /// Becomes a member, before anything else is asked.
  func join() async throws

  /// Ceases to be one, after the last outcome was recorded: what is still claimed is given up, so that others need not wait for it.
  func leave() async

  /// Whether this daemon is the one that should act for the account now. Says who should, not who may: it never waits and may be out of date.
  func isOurs(_ account: AccountName) -> Bool

  /// Claims deliveries, whose intents are on disk. Each gets an answer of its own.
  ///
  /// Claiming again what one holds is no error: the intent is replaced and the time starts over.
  ///
  /// - Throws: where it is not known whether anything was claimed; then nothing is held, and it may be asked again.
  nonisolated(nonsending) func claim(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer]

  /// Claims one, as claiming several does.
  nonisolated(nonsending) func claim(_ wanted: Claim) async throws -> ClaimAnswer

  /// The guard right before the commit point, which it also notes where others can see it: whether the claim is still held, and until when
  /// one call may run. `nil`: do not call.
  nonisolated(nonsending) func permit(_ id: DeliveryID) async throws -> CommitPermit?

  /// Tells what has happened to a delivery that is claimed, and is in the journal, for whoever may have to take it over. An implementation that
  /// has no place for it ignores it.
  ///
  /// - Throws: where a step of a preparation cannot be told; then the next step, which depends on it, is not made.
  nonisolated(nonsending) func note(_ event: DeliveryEvent, of id: DeliveryID) async throws

  /// Upstream is about to be read. What others have recorded by now will be in what is read.
  ///
  /// - Returns: what ``hasRead(_:)`` wants to hear when it was read and taken in; `nil` where that proves nothing.
  nonisolated(nonsending) func willRead() async -> UpstreamReading?
  func hasRead(_ reading: UpstreamReading) async

  /// Since when claims of this kind prove that what nobody has claimed or recorded was never begun; `nil`: they do not (P7).
  func inForceSince() async -> Instant?

  /// Gives claims back. What cannot be reached now is done by itself later.
  nonisolated(nonsending) func release(_ ids: [DeliveryID], _ end: ClaimEnd) async

  /// How often upstream is going to be read; a daemon that makes a single pass does not say so.
  func expect(readingEvery interval: Duration) async

  /// Another daemon that publishes from the repository although claims of this kind allow one only; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - branch: the branch that the settings choose for records, if they do.
  ///   - tip: the newest commit of the branch of the posts, where upstream has just been asked.
  ///   - isAsking: whether upstream may be read and written; otherwise what is known here has to do.
  func another(branch: String?, at tip: ObjectID?, asking isAsking: Bool, taking: Taking) async throws -> AnotherDaemon?

  /// Takes the place of that other one at a person's word.
  ///
  /// - Returns: who that was; `nil` where there was none.
  func replaceAnother(branch: String?, taking: Taking) async throws -> DaemonRecord.Party?

  /// The state directory has become another one: it was found to be an older copy of itself.
  func rename(_ incarnation: String) async

  /// A person says that no other daemon publishes, while upstream cannot be asked.
  func believeWord() async

  /// The process runs. Said at every interval, so that one that was suspended is noticed (N6).
  nonisolated func noteRunning()

  /// Whether what this directory left in flight is certainly nobody else's: no other process that has its memory is at work on it.
  var maySettle: Bool { get }

  /// Makes the claims of dead holders ours, each at most once in the whole world, and says what they were. What is not taken up, as ``note(_:of:)``
  /// tells, may be said again.
  ///
  /// - Parameters:
  ///   - isBusy: deliveries to leave alone, because something is being done for them here.
  ///   - judge: asked what to make of claims that anybody could have written; not of those that only members write.
  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool, judging judge: @escaping JudgeClaims) async throws -> [AbandonedClaim]
}

extension Claims {
  var maySettle: Bool { true }
  nonisolated(nonsending) func claim(_ wanted: Claim) async throws -> ClaimAnswer { try await claim([wanted]).answer(to: wanted) }
  nonisolated(nonsending) func note(_ event: DeliveryEvent, of id: DeliveryID) async throws {}
  nonisolated(nonsending) func willRead() async -> UpstreamReading? { nil }
  func hasRead(_ reading: UpstreamReading) async {}
  func inForceSince() async -> Instant? { nil }
  func expect(readingEvery interval: Duration) async {}
  func another(branch: String?, at tip: ObjectID?, asking isAsking: Bool, taking: Taking) async throws -> AnotherDaemon? { nil }
  func replaceAnother(branch: String?, taking: Taking) async throws -> DaemonRecord.Party? { nil }
  func rename(_ incarnation: String) async {}
  func believeWord() async {}
  nonisolated func noteRunning() {}
}

extension [DeliveryID: ClaimAnswer] {
  func answer(to claim: Claim) -> ClaimAnswer {
    guard let answer = self[claim.id] else { preconditionFailure("an implementation of Claims answers each claim") }
    return answer
  }
}

/// How an implementation wants to be asked.
struct ClaimTerms: Equatable, Sendable {
  /// How long before its instant a delivery is claimed at the latest, because claiming takes that long.
  var lead: Duration = .zero
  /// Whoever claims one delivery claims all that are due within this time with it. `zero`: each alone, at once.
  var horizon: Duration = .zero
  /// How long the call that cannot be taken back may take: a permit has to last longer. The platforms' calls end by themselves before it.
  var longestCall = Duration.seconds(30)
  /// Whether other daemons publish deliveries of this repository: then their records tell what has happened, too.
  var areShared = false
  /// Whether claims are files in the repository, which the record of the outcome removes.
  var areInRepository = false
}
