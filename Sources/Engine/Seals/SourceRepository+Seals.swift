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
    return try beginning(of: tip, in: handle.repository) != nil
  }

  /// Which of these may not be believed, and why, as of the commit that they were found in.
  func doubts(of found: [FoundRecord], at tip: ObjectID?) throws -> [String?] {
    guard let tip, !found.isEmpty else { return [] }
    let handle = try opened()
    return try found.map { try doubt(of: $0, at: tip, in: handle.repository) }
  }

  /// Of these deliveries, what history files tell that may be believed, and those that may not.
  func past(of deliveries: Set<DeliveryID>, in files: HistoryFiles, at tip: ObjectID, now: Instant) throws -> (
    past: LearnedPast, unsealed: [FoundRecord]
  ) {
    let handle = try opened()
    var (past, unsealed) = (LearnedPast(now: now), [FoundRecord]())
    for (path, blob) in files.files(of: deliveries, in: folder) {
      guard let found = try found(blob, at: path, in: handle.repository) else { continue }
      if try doubt(of: found, at: tip, in: handle.repository) == nil { past.take(found.record) } else { unsealed.append(found) }
    }
    return (past, unsealed)
  }

  /// Why a record may not be believed: anybody may have written it. `nil` where it has the seal of a key that counts here, or was there before
  /// anything was sealed.
  func doubt(of found: FoundRecord, at tip: ObjectID, in repository: borrowing Repository) throws -> String? {
    guard let fault = try fault(of: found, at: tip, in: repository) else { return nil }
    return try isOld(found, at: tip, in: repository) ? nil : fault
  }

  /// Why the seal of a record does not vouch for it.
  private func fault(of found: FoundRecord, at tip: ObjectID, in repository: borrowing Repository) throws -> String? {
    guard let seal = found.record.seal else { return "it has no seal" }
    guard let key = try counting(seal.key, isOwn: found.record.incarnation == seals.incarnation, at: tip, in: repository) else {
      return "its seal is of the key \(seal.key.prefix(8)), for which nobody vouches"
    }
    return key.isValid(seal.signature, of: found.message) ? nil : "its seal is not of what it says"
  }

  /// The key of this name, where its seal counts.
  ///
  /// - Parameter isOwn: of a record that says it is of this directory: then its own keys alone.
  private func counting(_ id: String, isOwn: Bool, at tip: ObjectID, in repository: borrowing Repository) throws -> VerifyingKey? {
    if id == seals.keys.id { return seals.keys.key.publicKey }
    if id == seals.keys.voucher?.publicKey.id { return seals.keys.voucher?.publicKey }
    guard let known = try key(id, at: tip, in: repository) else { return nil }
    if seals.pinned.contains(id) { return known.key }
    if isOwn || seals.onlyPinned { return nil }
    // Without a key that it shares with others this host has nothing to tell them from each other by but what they sign.
    guard seals.keys.isGiven else { return known.key }
    if try known.isRelated(to: seals.pinned, { try key($0, at: tip, in: repository) }) { return known.key }
    return try beginning(of: tip, in: repository)?.keys.contains(id) ?? false ? known.key : nil
  }

  /// A key that the commit has under this name, in a file under its own seal.
  private func key(_ id: String, at tip: ObjectID, in repository: borrowing Repository) throws -> KnownKey? {
    if seals.known?.tip != tip { seals.known = (tip, [:]) }
    if let known = seals.known?.keys[id] { return known }
    let known = try readKey(id, at: tip, in: repository)
    seals.known?.keys.updateValue(known, forKey: id)
    return known
  }

  private func readKey(_ id: String, at tip: ObjectID, in repository: borrowing Repository) throws -> KnownKey? {
    let path = "\(folder)/\(KeyRecord.file(of: id))"
    guard let entry = try repository.entry(at: path, in: repository.tree(of: tip)), entry.kind == .file else { return nil }
    do {
      let known = KnownKey(try JSON.parse(try repository.blob(entry.id, limit: 65_536)))
      return known?.key.id == id ? known : nil
    } catch let error as GitError where error.reason != .tooLarge {
      throw error
    } catch {
      return nil  // A file that is none of ours names no key.
    }
  }
}

extension SourceRepository {
  /// Whether the file was there, as it is, before anything was sealed: what was believed then still is.
  private func isOld(_ found: FoundRecord, at tip: ObjectID, in repository: borrowing Repository) throws -> Bool {
    if found.record.incarnation == seals.incarnation, let onto = seals.sealedOnto {
      guard let base = ObjectID(hex: onto), repository.contains(base) else { return false }
      return try isPresent(found, at: base, in: repository)
    }
    guard let beginning = try beginning(of: tip, in: repository) else { return true }
    return try !beginning.bases.isEmpty && beginning.bases.allSatisfy { try isPresent(found, at: $0, in: repository) }
  }

  private func isPresent(_ found: FoundRecord, at commit: ObjectID, in repository: borrowing Repository) throws -> Bool {
    try repository.objects(at: [found.path], in: repository.tree(of: commit)) == [found.blob]
  }

  /// Where sealing began on the branch; `nil` where nothing on it was ever sealed. Found by a walk along all of it, once: the oldest commit
  /// with keys counts, whoever takes the keys away later, or merges a branch that has none and says that it comes first.
  func beginning(of tip: ObjectID, in repository: borrowing Repository) throws -> SealBeginning? {
    if let beginning = seals.beginning { return beginning }
    var (beginnings, sealed): ([Commit], Set<ObjectID>) = ([], [])
    let known = seals.unsealedThrough.flatMap { repository.contains($0) ? $0 : nil }
    for id in try repository.commits(in: tip, notIn: known, limit: .max) {
      let commit = try repository.commit(id)
      if commit.parents.contains(where: sealed.contains) {
        sealed.insert(id)
      } else if try keysFolder(in: commit.tree, of: repository) != nil {
        sealed.insert(id)
        beginnings.append(commit)
      }
    }
    guard let first = beginnings.first else {
      seals.unsealedThrough = tip
      return nil
    }
    let bases = beginnings.compactMap(\.parents.first)
    var common = try keys(in: first.tree, of: repository)
    for other in beginnings.dropFirst() { common.formIntersection(try keys(in: other.tree, of: repository)) }
    let beginning = SealBeginning(bases: bases.count == beginnings.count ? bases : [], keys: common)
    seals.beginning = beginning
    return beginning
  }

  private func keysFolder(in tree: ObjectID, of repository: borrowing Repository) throws -> ObjectID? {
    try repository.objects(at: ["\(folder)/\(KeyRecord.folder)"], in: tree)[0]
  }

  private func keys(in tree: ObjectID, of repository: borrowing Repository) throws -> Set<String> {
    var keys: Set<String> = []
    try repository.walk(tree, under: "\(folder)/\(KeyRecord.folder)") { path, _ in
      if let id = KeyRecord.id(ofFile: path.dropFirst(folder.utf8.count + 1)) { keys.insert(id) }
    }
    return keys
  }
}
extension SourceRepository {
  /// What makes the key that seals here known, where the commit does not know it yet.
  func keyEdits(onto tip: ObjectID?, host: String, now: Instant, in repository: borrowing Repository) throws -> [FileEdit] {
    let key = seals.keys.key
    let path = "\(folder)/\(KeyRecord.file(of: key.publicKey.id))"
    let present = try tip.flatMap { try repository.objects(at: [path], in: repository.tree(of: $0))[0] }
    if let present, present == seals.published { return [] }
    if present != nil, let tip, let known = try self.key(key.publicKey.id, at: tip, in: repository),
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
    let ids = try keys(in: handle.repository.tree(of: tip), of: handle.repository).filter { $0.hasPrefix(beginning) }
    return (try ids.compactMap { try key($0, at: tip, in: handle.repository)?.record }, tip)
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
