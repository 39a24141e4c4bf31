import Git
import Logging
public import Schedule

/// P7, the last sentence: where another state directory publishes under local claims, this daemon holds everything and says who that is.
extension Engine {
  /// Looks who publishes from the repository, after each fetch.
  ///
  /// - Throws: ``AnotherDaemon`` where nothing may be begun or even taken in; ``GitError``.
  func lookForAnother(at tip: ObjectID) async throws {
    let branch = try await recordBranch(at: tip)
    var another = try await lookElsewhere(than: branch, at: tip)
    if another == nil { another = try await claims.another(branch: branch, at: tip, asking: true) }
    let isNew = (another != nil) != isDisplaced
    isDisplaced = another != nil
    if let another { throw another }
    guard isNew else { return }
    logger.notice("no other daemon publishes from this repository")
    report.claimFailure = nil
    if hasBegun { shareOut() }
  }

  /// The same at a start, before upstream was asked.
  func recallAnother() async {
    guard desired.catalog != nil else { return }
    do {
      isDisplaced = try await claims.another(branch: desired.settings.record.branch, at: nil, asking: false) != nil
    } catch {
      // What cannot be read here is read, and its failure said, with the first fetch.
      logger.debug("who publishes is not known yet", metadata: ["error": "\(error)"])
    }
  }

  /// A person says that the other daemon is gone for good.
  ///
  /// - Returns: whose place was taken; `nil` where nobody else publishes.
  public func takeOverRepository() async throws -> DaemonRecord.Party? {
    let tip = try await repository.fetch(now: now())
    let branch = try await recordBranch(at: tip)
    var replaced: DaemonRecord.Party?
    for other in try await otherRecordBranches(than: branch, upTo: tip, hasNewSettings: true) {
      replaced = try await unlessGone { try await claims.replaceAnother(branch: other) } ?? replaced
    }
    replaced = try await claims.replaceAnother(branch: branch) ?? replaced
    fetchSignal.raise()
    return replaced
  }

  /// The same on the branches that records went to before: whoever has not seen the settings change keeps its word there.
  private func lookElsewhere(than branch: String?, at tip: ObjectID) async throws -> AnotherDaemon? {
    let others = try await otherRecordBranches(than: branch, upTo: tip, hasNewSettings: true)
    for other in others where isDisplaced || !lookedElsewhere.contains(other) {
      if let another = try await unlessGone({ try await claims.another(branch: other, at: nil, asking: true) }) { return another }
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
