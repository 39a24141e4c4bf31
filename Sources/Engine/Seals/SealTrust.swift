import Git
import Schedule
import Signatures

/// Whose seals count on this host.
struct SealTrust: Sendable {
  let keys: HostKeys
  /// The content folder.
  let folder: String
  /// What a record of this directory says that it is of.
  let incarnation: String
  /// Keys of this host, and those that a person here vouched for.
  var pinned: Set<String>
  /// The settings ask for more than the word of an older key.
  var onlyPinned = false
  /// The commit onto which this directory recorded under seal first; empty where there was none. `nil`: it has not yet.
  var sealedOnto: String?
  /// The person who vouches for the key that seals here.
  var saidBy: String?

  /// Where sealing began on the branch, once it was found.
  var beginning: SealBeginning?
  /// As far as this commit, it was looked for in vain.
  var unsealedThrough: ObjectID?
  /// The keys that the commit of this name has, as far as they were asked for.
  var known: (tip: ObjectID, keys: [String: KnownKey?])?
  /// Our own key's file, where it says what it should.
  var published: ObjectID?

  /// For whoever records nothing.
  static func ofReader(_ folder: String) -> SealTrust {
    SealTrust(keys: HostKeys(key: SigningKey(), isGiven: false, voucher: nil), folder: folder, incarnation: "", pinned: [])
  }
}

/// The first commit of a branch that has keys, as the commit before it had none. Whoever merges can add another one that nothing sealed comes
/// before; then all of them have to agree.
struct SealBeginning: Equatable, Sendable {
  /// What was there before; empty where nothing was.
  var bases: [ObjectID]
  var keys: Set<String>
}

extension KeyRecord {
  /// The file, under its own seal.
  static func sealed(_ record: KeyRecord, with key: SigningKey) throws -> KeyRecord {
    var record = record
    record.seal = nil
    record.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: record.bytes()))
    return record
  }
}

extension ClaimRecord {
  /// Whoever writes a claim vouches for it, and for nobody else's.
  func sealed(with key: SigningKey) throws -> ClaimRecord {
    var record = self
    record.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: Seal.message(of: json)))
    return record
  }
}

extension HistoryRecord {
  func sealed(with key: SigningKey) throws -> HistoryRecord {
    var record = self
    record.seal = nil
    record.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: record.bytes()))
    return record
  }
}
