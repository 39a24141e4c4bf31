import Git
import Logging
public import Schedule

/// P7, the last sentence: where another state directory publishes under local claims, this daemon holds everything and says who that is.
extension Engine {
  /// Looks who publishes from the repository, after each fetch.
  ///
  /// - Throws: ``AnotherDaemon`` where nothing may be begun or even taken in; ``GitError``.
  func lookForAnother(at tip: ObjectID) async throws {
    let another = try await claims.another(branch: try await recordBranch(at: tip), at: tip, asking: true)
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
    let replaced = try await claims.replaceAnother(branch: try await recordBranch(at: tip))
    fetchSignal.raise()
    return replaced
  }

  /// The branch that the settings choose for records, if they do; before anything was taken in, those of the commit that is about to be.
  private func recordBranch(at tip: ObjectID) async throws -> String? {
    if desired.catalog != nil { return desired.settings.record.branch }
    return try await content.catalog(at: tip).settings.record.branch
  }
}
