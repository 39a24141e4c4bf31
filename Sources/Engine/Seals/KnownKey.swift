import Schedule
import Signatures

/// A key that a repository names, in a file under the key's own seal.
struct KnownKey: Sendable {
  let record: KeyRecord
  let key: VerifyingKey

  /// `nil` for a file that nobody who has the key wrote.
  init?(_ json: JSON) {
    guard let record = try? KeyRecord(json: json), let key = VerifyingKey(record.publicKey), key.id == record.id, let seal = record.seal,
      seal.key == key.id, key.isValid(seal.signature, of: Seal.message(of: json))
    else { return nil }
    (self.record, self.key) = (record, key)
  }

  /// Whether the older key vouches for this one.
  func isSigned(by older: KnownKey) -> Bool {
    guard let signedBy = record.signedBy, signedBy.key == older.key.id else { return false }
    return older.key.isValid(signedBy.signature, of: KeyRecord.vouching(for: key.bytes))
  }

  /// The keys that vouch for this one, the nearest first, as far as they are found.
  func ancestors(_ find: (String) throws -> KnownKey?) rethrows -> [KnownKey] {
    var (found, next) = ([KnownKey](), self)
    while found.count < Self.longestChain, let id = next.record.signedBy?.key, let older = try find(id), next.isSigned(by: older) {
      found.append(older)
      next = older
    }
    return found
  }

  /// Whether one of `pinned` leads to this key, or this one to one of those, through keys that sign each other.
  func isRelated(to pinned: Set<String>, _ find: (String) throws -> KnownKey?) rethrows -> Bool {
    var family = pinned
    for id in pinned {
      for older in try find(id)?.ancestors(find) ?? [] { family.insert(older.key.id) }
    }
    return try family.contains(key.id) || ancestors(find).contains { family.contains($0.key.id) }
  }

  /// Keys change once in years.
  private static let longestChain = 64
}
