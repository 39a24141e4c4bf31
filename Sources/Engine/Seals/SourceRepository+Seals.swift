import Git
import Logging
import Schedule
import Signatures

// Sealing what is written, and judging what is read.
extension SourceRepository {
  /// Takes what the settings, or a person, have to say about keys.
  func trust(_ change: @Sendable (inout SealTrust) -> Void) {
    change(&seals)
    seals.known = nil
  }

  /// Whether anything on the branch was ever sealed.
  func isSealed(at tip: ObjectID) throws -> Bool {
    let handle = try opened()
    return try seals.beginning(of: tip, in: handle.repository) != nil
  }

  /// Which of these may not be believed, and why, as of the commit that they were found in.
  func doubts(of found: [FoundRecord], at tip: ObjectID?) throws -> [String?] {
    guard let tip, !found.isEmpty else { return [] }
    let handle = try opened()
    return try found.map { try seals.doubt(of: $0, at: tip, in: handle.repository) }
  }

  /// Of these deliveries, what history files tell that may be believed, and those that may not.
  func past(of deliveries: Set<DeliveryID>, in files: HistoryFiles, at tip: ObjectID, now: Instant) throws -> (
    past: LearnedPast, unsealed: [FoundRecord]
  ) {
    let handle = try opened()
    var (past, unsealed) = (LearnedPast(now: now), [FoundRecord]())
    for (path, blob) in files.files(of: deliveries, in: folder) {
      guard let found = try found(blob, at: path, in: handle.repository) else { continue }
      if try seals.doubt(of: found, at: tip, in: handle.repository) == nil { past.take(found.record) } else { unsealed.append(found) }
    }
    return (past, unsealed)
  }
}

extension SourceRepository {
  /// What makes the key that seals here known, where the commit does not know it yet.
  func keyEdits(onto tip: ObjectID?, host: String, now: Instant, in repository: borrowing Repository) throws -> [FileEdit] {
    let key = seals.keys.key
    let path = "\(folder)/\(KeyRecord.file(of: key.publicKey.id))"
    let present = try tip.flatMap { try repository.objects(at: [path], in: repository.tree(of: $0))[0] }
    if let present, present == seals.published { return [] }
    if present != nil, let tip, let known = try seals.key(key.publicKey.id, at: tip, in: repository),
      seals.saidBy == nil || known.record.saidBy != nil
    {
      seals.published = present
      return []
    }
    let record = KeyRecord(
      id: key.publicKey.id, publicKey: key.publicKey.bytes, since: now, host: host, incarnation: seals.incarnation,
      signedBy: try seals.keys.voucher.map { older in
        Seal(key: older.publicKey.id, signature: try older.signature(of: KeyRecord.vouching(for: key.publicKey.bytes)))
      }, saidBy: seals.saidBy)
    return [FileEdit(path: path, content: try KeyRecord.sealed(record, with: key).bytes())]
  }
}

// A person's word on a key.
extension SourceRepository {
  /// The keys whose ids begin so, as of the newest commit of the branch that records go to.
  func knownKeys(beginningWith beginning: String, branch: String?, orAt content: ObjectID) throws -> (keys: [KeyRecord], tip: ObjectID) {
    choose(branch)
    let handle = try opened()
    let tip = try newest(recordBranch, in: handle.repository) ?? content
    let ids = try seals.keys(in: handle.repository.tree(of: tip), of: handle.repository).filter { $0.hasPrefix(beginning) }
    return (try ids.compactMap { try seals.key($0, at: tip, in: handle.repository)?.record }, tip)
  }

  /// Writes into the file of the key that seals here who vouches for it; of another key only its owner can.
  func noteWord(of person: String, on key: KeyRecord, host: String, now: Instant) async throws {
    guard key.id == seals.keys.id, key.saidBy == nil else { return }
    (seals.saidBy, seals.published) = (person, nil)
    var tries = 0
    while true {
      let handle = try opened()
      let tip = try newest(recordBranch, in: handle.repository)
      let edits = try keyEdits(onto: tip, host: host, now: now, in: handle.repository)
      let message = "vouch for the key \(key.id.prefix(8))\n\nPosthorn-Host: \(host.filter { $0.isASCII && !$0.isWhitespace })\n"
      let advance = try advance(recordBranch, from: tip, by: edits, message: message, host: host, now: now, in: handle.repository)
      if case .done = advance { return }
      try await pauseAfterLostRace(&tries)
    }
  }

  /// The history files at these paths, as far as they are there.
  func records(at paths: [String], in tip: ObjectID) throws -> [FoundRecord] {
    let handle = try opened()
    let blobs = try handle.repository.objects(at: paths, in: handle.repository.tree(of: tip))
    return try zip(paths, blobs).compactMap { path, blob in try blob.flatMap { try found($0, at: path, in: handle.repository) } }
  }
}
