public import Git
public import Logging
public import Schedule
public import Signatures
public import StateDirectory

/// What a person says to jobs that keep no state directory: a record under the seal of the key that they share, which the next of them reads.
///
/// A word is bound to what it is about: to try again, or how a doubt has ended, to the attempt after the last one, which it takes the number of;
/// to let a burst go, to a commit and an hour. So it is obeyed once, and somebody who puts it back later has nothing sent.
public struct PushedWord: Sendable {
  private let repository: SourceRepository
  private let content: ContentSource
  private let speaker: Speaker

  struct Speaker: Sendable {
    /// The person, in one word.
    var person: String
    var host: String
    var version: String
  }

  /// What came of a word on one delivery.
  public enum Answer: Equatable, Sendable {
    case said(DeliveryID)
    /// Nothing is to be said; why, and what to do.
    case refused(DeliveryID, because: String)
  }

  /// - Parameters:
  ///   - state: where a mirror may be kept; its lock must be held.
  ///   - key: the one that the jobs are given, too.
  public init(
    by person: String, _ options: Engine.Options, sealedWith key: SigningKey, location: Location, access: Access, state: Folder,
    zones: Zones,
    platforms: [PlatformSchema], logger: Logger
  ) {
    speaker = Speaker(person: person, host: options.host, version: options.version)
    // What is said here is no process's that could be asked for more.
    repository = SourceRepository(
      location: location, folder: options.folder, access: access, state: state,
      seals: SealTrust(
        keys: HostKeys(key: key, isGiven: true, voucher: nil), folder: options.folder, incarnation: Life.drawn().id,
        pinned: [key.publicKey.id]), logger: logger)
    content = ContentSource(
      path: repository.path, screening: repository.screening, folder: options.folder, branch: location.branch,
      environment: ContentEnvironment(zones: zones, platforms: platforms))
  }

  /// Has what failed, was missed or was cancelled tried again, of one post, to one account or to all.
  ///
  /// - Returns: an answer for each delivery that was ever recorded.
  public func retry(_ post: PostID, _ account: AccountName?, now: Instant) async throws -> [Answer] {
    try await repository.say(.again, of: post, account, branch: try await branch(now), speaker, now: now)
  }

  /// Says how a delivery in doubt, or one that is held because nobody vouches for a record of it, has ended.
  ///
  /// - Returns: `nil` where it was never recorded.
  public func resolve(_ id: DeliveryID, _ word: PersonsWord, now: Instant) async throws -> Answer? {
    let tip = try await repository.fetch(now: now)
    let branch = try await content.catalog(at: tip).settings.record.branch
    return try await repository.say(.ended(word), of: id.post, id.account, branch: branch, speaker, now: now) {
      try await content.asked(id, at: tip, now: now)
    }.first
  }

  /// Lets go what became due at once through a commit, or was there before it.
  ///
  /// - Parameter beginning: of the commit's id.
  /// - Returns: the commit; `nil` where the branch has none, or several, that begin so.
  public func letGo(burst beginning: String, now: Instant) async throws -> ObjectID? {
    let branch = try await branch(now)
    guard let commit = try await repository.commit(beginningWith: beginning) else { return nil }
    let word = BurstWord(commit: commit.hex, by: speaker.person, at: now, host: speaker.host, version: speaker.version)
    try await repository.say(word, branch: branch, now: now)
    return commit
  }

  /// The branch that records go to, as the newest settings say.
  private func branch(_ now: Instant) async throws -> String? {
    try await content.catalog(at: try await repository.fetch(now: now)).settings.record.branch
  }
}

extension ContentSource {
  /// The first attempt of what the content asks for at a commit, whatever records say of it (N1); `nil` where it does not.
  func asked(_ id: DeliveryID, at tip: ObjectID, now: Instant) async throws -> Intent? {
    var desired = Desired(tzdata: environment.zones.version)
    let adoption = try await adoption(from: desired, to: tip)
    _ = desired.adopt(adoption, at: now...now)
    guard let (post, delivery) = desired.delivery(id), let catalog = adoption.catalog else { return nil }
    let material = try material(post, delivery: delivery, account: catalog.account(id.account), catalog: catalog)
    return Intent(post, delivery, material, attempt: 1, firstAttempt: 1, tzdata: environment.zones.version, at: now)
  }
}
