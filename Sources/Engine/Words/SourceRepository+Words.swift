import Git
import Schedule
import Signatures

// A person's word, written where the next job finds it.
extension SourceRepository {
  func say(retry post: PostID, _ account: AccountName?, branch: String?, _ speaker: PushedWord.Speaker, now: Instant) async throws
    -> [PushedWord.Answer]
  {
    choose(branch)
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      var (answers, words) = ([PushedWord.Answer](), [HistoryRecord]())
      for found in try lastRecords(of: post, at: tip, in: handle.repository) where account.map({ $0 == found.record.account }) ?? true {
        if let tip, let why = try refusal(of: found, at: tip, in: handle.repository) {
          answers.append(.refused(found.id, because: why))
        } else {
          answers.append(.said(found.id))
          words.append(try word(after: found.record, speaker, now: now))
        }
      }
      guard !words.isEmpty else { return answers }
      let subject = words.count == 1 ? "try \(post) to \(words[0].account) again" : "try \(post) to \(words.count) accounts again"
      let edits = words.map { FileEdit(path: "\(folder)/\($0.file)", content: $0.bytes()) }
      if try say(edits, subject, from: tip, speaker.host, now: now, in: handle.repository) { return answers }
      try await pauseAfterLostRace(&tries)
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
  private func refusal(of found: FoundRecord, at tip: ObjectID, in repository: borrowing Repository) throws -> String? {
    let record = found.record
    if let doubt = try seals.doubt(of: found, at: tip, in: repository) {
      return "nobody vouches for \(found.path), as \(doubt); look at the account first"
    }
    switch record.outcome {
    case .failed, .missed, .cancelled:
      return record.attempt < HistoryRecord.mostAttempts ? nil : "it was tried \(record.attempt) times; give the post another id"
    case .inDoubt: return "it may have gone out; look at the account, then say so where its daemon runs: posthorn resolve"
    case .retrying: return "it is tried again by itself"
    case .published, .delivered: return "it went out, and what went out is never sent again"
    case .scheduled, .publishing, .submitted, .held: return "it has not ended; see: posthorn status \(record.post)"
    }
  }

  private func word(after last: HistoryRecord, _ speaker: PushedWord.Speaker, now: Instant) throws -> HistoryRecord {
    var word = last
    let id = DeliveryID(post: last.post, account: last.account)
    (word.attempt, word.outcome, word.saidBy) = (last.attempt + 1, .retrying, speaker.person)
    (word.startedAt, word.finishedAt, word.nextAttemptAt) = (nil, now, now)
    (word.remote, word.error) = (nil, nil)
    word.key = deliveryKey(id, scheduledAt: last.scheduledAt, firstAttempt: word.attempt)
    (word.host, word.incarnation, word.version) = (speaker.host, seals.incarnation, speaker.version)
    return try word.sealed(with: seals.keys.key)
  }
}
