import Git
import Schedule
import Signatures

// A person's word, written where the next job finds it.
extension SourceRepository {
  /// What a person says of a delivery that has a record.
  enum Saying: Sendable {
    /// It is to be tried again.
    case again
    /// This is how it has ended.
    case ended(PersonsWord)
  }

  /// - Parameter asked: what the content asks for, where the last record is nobody's.
  func say(
    _ saying: Saying, of post: PostID, _ account: AccountName?, branch: String?, _ speaker: PushedWord.Speaker, now: Instant,
    asked: @Sendable () async throws -> Intent? = { nil }
  ) async throws -> [PushedWord.Answer] {
    choose(branch)
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      var (answers, words) = ([PushedWord.Answer](), [HistoryRecord]())
      for found in try lastRecords(of: post, at: tip, in: handle.repository) where account.map({ $0 == found.record.account }) ?? true {
        var last = Optional(found.record)
        if let tip, let doubt = try seals.doubt(of: found, at: tip, in: handle.repository) {
          guard case .ended = saying else {
            answers.append(
              .refused(
                found.id,
                because: "nobody vouches for \(found.path), as \(doubt); look at the account first, then say so: "
                  + "posthorn resolve \(found.id.post) \(found.id.account) --published --push, or --not-published --push"))
            continue
          }
          last = try await asked().map { HistoryRecord($0, of: found) }
        } else if let why = refusal(of: found.record, saying) {
          answers.append(.refused(found.id, because: why))
          continue
        }
        guard let last, last.attempt < HistoryRecord.mostAttempts else {
          answers.append(.refused(found.id, because: last == nil ? "the posts do not ask for it any more" : Self.tooOften(found.record)))
          continue
        }
        answers.append(.said(found.id))
        words.append(try word(saying, after: last, speaker, now: now))
      }
      guard !words.isEmpty else { return answers }
      let edits = words.map { FileEdit(path: "\(folder)/\($0.file)", content: $0.bytes()) }
      if try say(edits, subject(saying, words), from: tip, speaker.host, now: now, in: handle.repository) { return answers }
      try await pauseAfterLostRace(&tries)
    }
  }

  private func subject(_ saying: Saying, _ words: [HistoryRecord]) -> String {
    let what = words.count == 1 ? "\(words[0].post) to \(words[0].account)" : "\(words[0].post) to \(words.count) accounts"
    return switch saying {
    case .again: "try \(what) again"
    case .ended(let word): "say that \(what) was \(word.isPublished ? "published" : "not published")"
    }
  }

  func say(_ word: BurstWord, branch: String?, now: Instant) async throws {
    choose(branch)
    var word = word
    word.seal = Seal(key: seals.keys.id, signature: try seals.keys.key.signature(of: Seal.message(of: word.json)))
    let edit = FileEdit(path: "\(folder)/\(BurstWord.file)", content: word.bytes())
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      let subject = "let go what came with \(word.commit.prefix(12))"
      if try say([edit], subject, from: tip, word.host, now: now, in: handle.repository) { return }
      try await pauseAfterLostRace(&tries)
    }
  }

  /// The commit of the branch of the posts, before any merges into it, whose id begins so; `nil` where there is none, or several.
  func commit(beginningWith beginning: String) throws -> ObjectID? {
    let handle = try opened()
    var (found, next) = ([ObjectID](), Optional(try tip(of: location.branch, in: handle.repository)))
    while let id = next {
      if id.hex.hasPrefix(beginning) { found.append(id) }
      next = try handle.repository.commit(id).parents.first
    }
    return found.count == 1 ? found[0] : nil
  }

  private func say(
    _ edits: [FileEdit], _ subject: String, from tip: ObjectID?, _ host: String, now: Instant, in repository: borrowing Repository
  ) throws -> Bool {
    let edits = try edits + keyEdits(onto: tip, host: host, now: now, in: repository)
    let message = "\(subject)\n\nPosthorn-Host: \(host.filter { $0.isASCII && !$0.isWhitespace })\n"
    guard case .done = try advance(recordBranch, from: tip, by: edits, message: message, host: host, now: now, in: repository) else {
      return false
    }
    return true
  }

  /// Of each delivery of a post the record of its last attempt, by account.
  private func lastRecords(of post: PostID, at tip: ObjectID?, in repository: borrowing Repository) throws -> [FoundRecord] {
    guard let tip else { return [] }
    var last: [AccountName: (attempt: Int, path: String, entry: TreeEntry)] = [:]
    try repository.walk(repository.tree(of: tip), under: "\(folder)/history", through: .anyFolders, limit: Self.mostHistory) {
      path, entry in
      guard let attempt = HistoryRecord.attempt(ofFile: path.dropFirst(folder.utf8.count + 1)), attempt.delivery.post == post else {
        return
      }
      let account = attempt.delivery.account
      if attempt.number > last[account]?.attempt ?? 0 { last[account] = (attempt.number, path, entry) }
    }
    return try last.sorted { $0.key < $1.key }.compactMap { try found($0.value.entry, at: $0.value.path, in: repository) }
  }

  /// Why a person's word would change nothing, or must not.
  private func refusal(of record: HistoryRecord, _ saying: Saying) -> String? {
    switch (record.outcome, saying) {
    case (.inDoubt, .ended), (.failed, .again), (.missed, .again), (.cancelled, .again): nil
    case (.failed, .ended), (.missed, .ended), (.cancelled, .ended):
      "it is \(record.outcome.rawValue), and only what is in doubt is resolved; to have it tried again: "
        + "posthorn retry \(record.post) \(record.account) --push"
    case (.inDoubt, .again):
      "it may have gone out; look at the account, then say so: posthorn resolve \(record.post) \(record.account) --published --push, or "
        + "--not-published --push"
    case (.retrying, _): "it is tried again by itself"
    case (.published, _), (.delivered, _): "it went out, and what went out is never sent again"
    case (.scheduled, _), (.publishing, _), (.submitted, _), (.held, _): "it has not ended; see: posthorn status \(record.post)"
    }
  }

  private static func tooOften(_ record: HistoryRecord) -> String { "it was tried \(record.attempt) times; give the post another id" }

  private func word(
    _ saying: Saying, after last: HistoryRecord, _ speaker: PushedWord.Speaker, now: Instant
  ) throws -> HistoryRecord {
    var word = last
    (word.attempt, word.saidBy) = (last.attempt + 1, speaker.person)
    (word.startedAt, word.finishedAt) = (nil, now)
    switch saying {
    case .again:
      (word.outcome, word.nextAttemptAt, word.remote, word.error) = (.retrying, now, nil, nil)
      let id = DeliveryID(post: last.post, account: last.account)
      word.key = deliveryKey(id, scheduledAt: last.scheduledAt, firstAttempt: word.attempt)
    case .ended(let how):
      (word.outcome, word.nextAttemptAt) = (how.isPublished ? .published : .failed, nil)
      (word.remote, word.error) = (how.remote(instead: last.remote), how.error)
    }
    (word.host, word.incarnation, word.version) = (speaker.host, seals.incarnation, speaker.version)
    return try word.sealed(with: seals.keys.key)
  }
}

extension HistoryRecord {
  /// What the content asks for, as the attempt that a record which nobody vouches for takes the place of.
  fileprivate init(_ intent: Intent, of found: FoundRecord) {
    self.init(
      post: found.id.post, path: intent.path, account: found.id.account, platform: intent.platform, attempt: found.record.attempt,
      outcome: .inDoubt, scheduledAt: intent.scheduledAt, scheduledTime: intent.scheduledTime, offset: intent.offset,
      timezone: intent.timezone, tzdata: intent.tzdata, finishedAt: intent.startedAt, key: intent.key,
      contentSHA256: intent.contentSHA256, media: intent.media, source: intent.source, host: "", incarnation: "", version: "")
  }
}
