import Git
import Logging
public import Schedule
import StateDirectory

/// P7, the last sentence: where another state directory publishes under local claims, this daemon holds everything and says who that is.
extension Engine {
  /// Looks who publishes from the repository, after each fetch.
  ///
  /// - Throws: ``AnotherDaemon`` where nothing may be begun or even taken in; ``GitError``.
  func lookForAnother(at tip: ObjectID) async throws {
    let branch = try await recordBranch(at: tip)
    var another = try await lookElsewhere(than: branch, at: tip)
    if another == nil { another = try await self.another(branch: branch, at: tip, asking: true) }
    let isNew = (another != nil) != isDisplaced
    isDisplaced = another != nil
    silentUntil = another?.until
    if let another {
      leavePlace()
      throw another
    }
    guard isNew else { return }
    logger.notice("no other daemon publishes from this repository")
    report.claimFailure = nil
    if hasBegun { shareOut() }
  }

  /// The same at a start, before upstream was asked.
  func recallAnother() async {
    guard desired.catalog != nil else { return }
    do {
      guard let another = try await another(branch: desired.settings.record.branch, at: nil, asking: false) else { return }
      isDisplaced = true
      noteClaims(failing: another)
    } catch {
      // What cannot be read here is read, and its failure said, with the first fetch.
      logger.debug("who publishes is not known yet", metadata: ["error": "\(error)"])
    }
  }

  /// Another daemon that publishes, by its own word or because deliveries are claimed in the repository. One file there forbids, and ends
  /// nothing: what is due is held until it is gone or a person has spoken (N7).
  private func another(branch: String?, at tip: ObjectID?, asking isAsking: Bool) async throws -> AnotherDaemon? {
    let another = try await claims.another(branch: branch, at: tip, asking: isAsking, taking: taking)
    guard !claims.terms.areInRepository else { return another }
    if let tip, repository.isKnownUnclaimed(at: tip, branch: branch) { return another }
    // Who has just asked for another daemon has read the branch, too.
    let claiming = try await repository.claiming(branch: branch, asking: isAsking && claims.terms.areShared)
    return AnotherDaemon(claiming, at: "\(options.folder)/\(ClaimingRecord.file)") ?? another
  }

  /// A person says that the other daemon is gone for good.
  ///
  /// - Returns: whose place was taken.
  public func takeOverRepository() async throws -> TakeOver {
    // A person who says so where no daemon runs is about to start one: it need not be waited for as long as for a single pass.
    await claims.expect(readingEvery: options.interval)
    let replaced: DaemonRecord.Party?
    do {
      let tip = try await repository.fetch(now: now())
      let branch = try await recordBranch(at: tip)
      var before: DaemonRecord.Party?
      for other in try await otherRecordBranches(than: branch, upTo: tip, hasNewSettings: true) {
        before = try await unlessGone { try await claims.replaceAnother(branch: other, taking: taking) } ?? before
      }
      before = try await claims.replaceAnother(branch: branch, taking: taking) ?? before
      let claimer = claims.terms.areInRepository ? nil : try await repository.endClaiming(branch: branch, by: options.host, now: now())
      replaced = before ?? claimer
    } catch let error as GitError where !error.isDamage {
      // Who says so where upstream cannot be asked says as well that this directory is no older copy.
      await claims.believeWord()
      isDisplaced = false
      vouch()
      begin()
      if hasBegun { shareOut() }
      return .byWord(error)
    }
    fetchSignal.raise()
    return replaced.map { .replaced($0) } ?? .nobody
  }

  /// What came of a person's word that nobody else publishes.
  public enum TakeOver: Sendable {
    case nobody
    case replaced(DaemonRecord.Party)
    /// Upstream could not be asked, and is told as soon as it can.
    case byWord(any Error)
  }

  /// Whoever had another state directory may have sent what this one does not know of: it learns again before anything goes out (P7). Journaled
  /// before the place is taken, so that no crash forgets it. A copy of this directory is recognized by the records that it left.
  private var taking: Claims.Taking { { [self] keeper, until in try await learnAgain(after: keeper, until: until) } }

  private func learnAgain(after keeper: DaemonRecord.Party, until: Instant) async throws {
    guard keeper.incarnation != incarnation.id else { return }
    // Whoever stood here before a new directory was made had ended by then; what was restored has another name than its own record.
    let isPredecessor = !place.isEmpty && keeper.place == place && (!observed.hasLearned || observed.restoredAt != nil)
    if !isPredecessor { try await append([.restored(at: pastEnd(until))]) }
  }

  /// The same on the branches that records went to before: whoever has not seen the settings change keeps its word there.
  private func lookElsewhere(than branch: String?, at tip: ObjectID) async throws -> AnotherDaemon? {
    guard !claims.terms.areShared else { return nil }  // those who share the work ask nobody
    let others = try await otherRecordBranches(than: branch, upTo: tip, hasNewSettings: true)
    for other in others where isDisplaced || !lookedElsewhere.contains(other) {
      if let another = try await unlessGone({ try await claims.another(branch: other, at: nil, asking: true, taking: taking) }) {
        await repository.choose(branch)
        return another
      }
      lookedElsewhere.insert(other)
    }
    return nil
  }

  /// A branch that is gone says nothing.
  private func unlessGone<Value>(_ body: () async throws -> Value?) async throws -> Value? {
    do { return try await body() } catch let error as GitError where error.reason == .notFound { return nil }
  }

  /// The branch that the settings choose for records, if they do; before anything was taken in, those of the commit that is about to be.
  private func recordBranch(at tip: ObjectID) async throws -> String? {
    if desired.catalog != nil { return desired.settings.record.branch }
    return try await content.catalog(at: tip).settings.record.branch
  }
}
