import Git
import Schedule
import Signatures

/// The keys that the commits so far made known, and whether anything was sealed yet.
struct AuditedKeys {
  /// By id.
  var keys: [String: KnownKey] = [:]
  /// From the first commit with a key on, every record is under seal.
  var hasBegun = false
  /// The first ones, and what they lead to, count; all do where the auditor has no key of his own.
  var first: Set<String> = []
}

extension Audit {
  /// Follows the keys through one commit.
  mutating func judgeKeys(_ changes: CommitChanges, _ commit: Commit, _ form: RecordForm?) throws {
    let isFirst = !sealing.hasBegun
    let written = changes.added.merging(changes.edited.mapValues(\.new)) { $1 }
    for (path, entry) in written.sorted(by: { $0.key < $1.key }) where isKey(path) {
      sealing.hasBegun = true
      // That nobody else writes below status is said already.
      guard form != nil else { continue }
      let known: KnownKey?
      do { known = try read(entry) { KnownKey($0) } } catch is Unreadable { known = nil }
      guard let known, path == "\(folder)/\(KeyRecord.file(of: known.key.id))" else {
        object([Objection(.keyForged, "whoever wrote this key does not have it")], commit, path)
        continue
      }
      if let older = known.record.signedBy?.key, !(sealing.keys[older].map { known.isSigned(by: $0) } ?? false) {
        object(
          [Objection(.keyForged, "the older key that it names does not vouch for it", expected: "a signature of \(older)")], commit, path)
        continue
      }
      sealing.keys[known.key.id] = known
      if isFirst { sealing.first.insert(known.key.id) }
    }
    for path in changes.removed.keys.sorted() where isKey(path) && form != nil {
      object([Objection(.keyRemoved, "a key was removed, and what it sealed with it")], commit, path)
    }
  }

  /// Why nobody vouches for a record; `nil` where the seal of a known key does, or nothing was sealed yet.
  ///
  /// - Parameter isWord: of a person, which was never without a seal.
  func sealObjection(_ json: JSON, isWord: Bool = false) -> Objection? {
    guard let seal = Seal(of: json) else {
      if isWord { return Objection(.sealMissing, "it is a person's word, and has no seal") }
      return sealing.hasBegun ? Objection(.sealMissing, "it has no seal, and records had been sealed before it") : nil
    }
    guard let known = sealing.keys[seal.key] else {
      return Objection(.sealUnknown, "its seal is of a key that the repository did not know", found: seal.key)
    }
    if let pinned, !sealing.first.contains(seal.key), !known.isRelated(to: pinned, { sealing.keys[$0] }) {
      return Objection(
        .sealUnknown, "its seal is of a key for which nobody vouches", expected: pinned.sorted().joined(separator: ", "), found: seal.key)
    }
    guard known.key.isValid(seal.signature, of: Seal.message(of: json)) else {
      return Objection(.sealBroken, "its seal is not of what it says", found: seal.key)
    }
    return nil
  }

  /// Whether a record commit put a true record in the place of one that nobody vouched for: the one change of a history file that may be.
  func isReplacement(_ old: TreeEntry, _ new: TreeEntry) throws -> Bool {
    guard sealing.hasBegun else { return false }
    do {
      guard try read(new, as: { sealObjection($0) }) == nil else { return false }
    } catch is Unreadable { return false }
    do { return try read(old, as: { sealObjection($0) }) != nil } catch is Unreadable { return true }
  }

  private func isKey(_ path: String) -> Bool { path.hasPrefix("\(folder)/\(KeyRecord.folder)/") }
}
