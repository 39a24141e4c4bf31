import Git
import Schedule
import Signatures

// Who wrote what the repository has.
extension SealTrust {
  /// Why a record may not be believed: anybody may have written it. `nil` where it has the seal of a key that counts here, or was there before
  /// anything was sealed.
  mutating func doubt(of found: FoundRecord, at tip: ObjectID, in repository: borrowing Repository) throws -> String? {
    let isOwn = found.record.incarnation == incarnation
    guard
      let fault = try fault(
        of: found.record.seal, over: found.message, isOwn: isOwn || found.isWord(hasSharedKey: keys.isGiven), at: tip, in: repository)
    else {
      return nil
    }
    return try isOld(found, at: tip, in: repository) ? nil : fault
  }

  /// Why nothing that a claim says is a fact: no key that counts here vouches for it.
  ///
  /// One that an older version made before claims had seals is no exception, whatever was sealed by then: it keeps its delivery until its term
  /// has passed, and is asked about in our own words. Only what a platform still worked on at that time is in doubt.
  mutating func doubt(of found: FoundClaim, at tip: ObjectID, in repository: borrowing Repository) throws -> String? {
    try fault(of: found.record.seal, over: found.message, isOwn: found.record.incarnation == incarnation, at: tip, in: repository)
  }

  /// Why a seal does not vouch for what it stands on.
  ///
  /// - Parameter isOwn: of what says that it is of this directory, or has something sent: then its own keys alone.
  mutating func fault(of seal: Seal?, over message: [UInt8], isOwn: Bool, at tip: ObjectID, in repository: borrowing Repository) throws
    -> String?
  {
    guard let seal else { return "it has no seal" }
    guard let key = try counting(seal.key, isOwn: isOwn, at: tip, in: repository) else {
      return "its seal is of the key \(seal.key.prefix(8)), for which nobody vouches"
    }
    return key.isValid(seal.signature, of: message) ? nil : "its seal is not of what it says"
  }

  /// The key of this name, where its seal counts.
  private mutating func counting(_ id: String, isOwn: Bool, at tip: ObjectID, in repository: borrowing Repository) throws -> VerifyingKey? {
    if id == keys.id { return keys.key.publicKey }
    if id == keys.voucher?.publicKey.id { return keys.voucher?.publicKey }
    guard let known = try key(id, at: tip, in: repository) else { return nil }
    if pinned.contains(id) { return known.key }
    if isOwn || onlyPinned { return nil }
    // Without a key that it shares with others this host has nothing to tell them from each other by but what they sign.
    guard keys.isGiven else { return known.key }
    if try known.isRelated(to: pinned, { try key($0, at: tip, in: repository) }) { return known.key }
    return try beginning(of: tip, in: repository)?.keys.contains(id) ?? false ? known.key : nil
  }

  /// A key that the commit has under this name, in a file under its own seal.
  mutating func key(_ id: String, at tip: ObjectID, in repository: borrowing Repository) throws -> KnownKey? {
    if known?.tip != tip { known = (tip, [:]) }
    if let key = known?.keys[id] { return key }
    let key = try readKey(id, at: tip, in: repository)
    known?.keys.updateValue(key, forKey: id)
    return key
  }

  private func readKey(_ id: String, at tip: ObjectID, in repository: borrowing Repository) throws -> KnownKey? {
    let path = "\(folder)/\(KeyRecord.file(of: id))"
    guard let entry = try repository.entry(at: path, in: repository.tree(of: tip), through: .anyFolders), entry.kind == .file else {
      return nil
    }
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

// What was there before anything was sealed.
extension SealTrust {
  /// Whether the file was there, as it is, before anything was sealed: what was believed then still is.
  private mutating func isOld(_ found: FoundRecord, at tip: ObjectID, in repository: borrowing Repository) throws -> Bool {
    if found.record.saidBy != nil { return false }  // there was none then
    if found.record.incarnation == incarnation, let onto = sealedOnto {
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
  mutating func beginning(of tip: ObjectID, in repository: borrowing Repository) throws -> SealBeginning? {
    if let beginning { return beginning }
    var (beginnings, sealed): ([Commit], Set<ObjectID>) = ([], [])
    let known = unsealedThrough.flatMap { repository.contains($0) ? $0 : nil }
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
      unsealedThrough = tip
      return nil
    }
    let bases = beginnings.compactMap(\.parents.first)
    var common = try keys(in: first.tree, of: repository)
    for other in beginnings.dropFirst() { common.formIntersection(try keys(in: other.tree, of: repository)) }
    beginning = SealBeginning(bases: bases.count == beginnings.count ? bases : [], keys: common)
    return beginning
  }

  private func keysFolder(in tree: ObjectID, of repository: borrowing Repository) throws -> ObjectID? {
    try repository.objects(at: ["\(folder)/\(KeyRecord.folder)"], in: tree)[0]
  }

  /// The ids of the keys that a tree has files of.
  func keys(in tree: ObjectID, of repository: borrowing Repository) throws -> Set<String> {
    var keys: Set<String> = []
    try repository.walk(tree, under: "\(folder)/\(KeyRecord.folder)", through: .anyFolders) { path, _ in
      if let id = KeyRecord.id(ofFile: path.dropFirst(folder.utf8.count + 1)) { keys.insert(id) }
    }
    return keys
  }
}
