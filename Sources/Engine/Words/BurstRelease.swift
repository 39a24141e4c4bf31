import Git
import Logging
import Schedule

/// What a person's word lets go of a burst that a process without a memory finds: what was to go out at that commit, and is due by then.
struct BurstRelease: Sendable {
  /// Posts that are not what they were at the commit.
  var changed: Set<String>
  /// The last instant at which what is meant is due.
  var latest: Instant

  func letsGo(_ post: String, due instant: Instant) -> Bool { instant <= latest && !changed.contains(post) }
}

extension SourceRepository {
  /// A person's word on a burst that stands on the branch of the records, as far as that is known here; `nil` where there is none, or none
  /// under the seal of a key of this host.
  func burstWord(branch: String?) throws -> BurstWord? {
    choose(branch)
    let handle = try opened()
    guard let tip = try handle.repository.reference(reference(of: recordBranch)) else { return nil }
    let read = { (json: JSON) throws -> (word: BurstWord, message: [UInt8]) in (try BurstWord(json: json), Seal.message(of: json)) }
    let why: String
    switch try ownFile(BurstWord.file, at: tip, in: handle.repository, read) {
    case .absent: return nil
    case .unreadable(let reason): why = reason
    case .record((let word, let message)):
      guard let fault = try seals.fault(of: word.seal, over: message, isOwn: true, at: tip, in: handle.repository) else { return word }
      why = fault
    }
    if toldOfBurst != why {
      logger.error("nobody vouches for a person's word on a burst; it lets nothing go", metadata: ["because": "\(why)"])
    }
    toldOfBurst = why
    return nil
  }
}

extension ContentSource {
  /// What a word lets go as of `tip`; `nil` where it is of a commit that the branch does not have.
  func release(by word: BurstWord, at tip: ObjectID) throws -> BurstRelease? {
    guard let commit = ObjectID(hex: word.commit), try isAncestor(commit, of: tip) else { return nil }
    var changed: Set<String> = []
    try withRepository { try $0.changes(from: commit, to: tip, under: "\(folder)/posts") { changed.insert($0.path) } }
    return BurstRelease(changed: changed, latest: word.latest)
  }
}

extension Engine {
  /// What a person's word lets go of what an adoption brings.
  func release(of adoption: Adoption, branch: String?) async throws -> BurstRelease? {
    guard !adoption.posts.isEmpty, let word = try await repository.burstWord(branch: branch) else { return nil }
    return try await content.release(by: word, at: adoption.commit)
  }

  /// Does what a person's word says of a burst that was found before it was given.
  func obeyBurstWord() async throws {
    guard let word = try await repository.burstWord(branch: desired.settings.record.branch), word != burstWord else { return }
    burstWord = word
    let count = observed.acknowledgedBursts.contains(word.commit) ? 0 : try await acknowledgeBurst(word.commit)
    if count > 0 { logger.notice("a person lets a burst go", metadata: ["commit": "\(word.commit.prefix(12))", "by": "\(word.by)"]) }
  }
}
