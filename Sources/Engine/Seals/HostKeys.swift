import Schedule
import Signatures
import StateDirectory

/// The keys that this host seals records with.
struct HostKeys: Sendable {
  /// Seals what is written here.
  let key: SigningKey
  /// Whether the operator gave it, so that several daemons and jobs have the same one.
  let isGiven: Bool
  /// The state directory's own, where another one was given: it vouches for that one to those who know it.
  let voucher: SigningKey?

  /// Of the key that seals.
  var id: String { key.publicKey.id }

  /// Whether one of them has sealed a record: then nobody else wrote it, and no other clock than one of ours. What a newer version writes
  /// besides is not read, and such a record counts as anybody's.
  func vouch(for record: HistoryRecord) -> Bool {
    guard let seal = record.seal, let key = [key, voucher].compactMap({ $0?.publicKey }).first(where: { $0.id == seal.key }) else {
      return false
    }
    return key.isValid(seal.signature, of: Seal.message(of: record.json))
  }

  /// What the state directory has, and what was given; a key is made, durably, where there is neither.
  ///
  /// - Throws: ``StateError`` rather than making a second key where the first one cannot be read.
  static func of(_ state: Folder, given: SigningKey?) throws(StateError) -> HostKeys {
    let folder = try state.folder("credentials")
    let own = try kept(in: folder)
    if let given { return HostKeys(key: given, isGiven: true, voucher: own?.publicKey == given.publicKey ? nil : own) }
    if let own { return HostKeys(key: own, isGiven: false, voucher: nil) }
    let made = SigningKey()
    try folder.replace(name, with: Array(made.pem.utf8))
    return HostKeys(key: made, isGiven: false, voucher: nil)
  }

  /// The same for whoever only looks: where there is no key, one that sealed nothing stands in its place.
  static func present(in state: Folder?, given: SigningKey?) throws(StateError) -> HostKeys {
    guard let state, try state.exists("credentials") else {
      return HostKeys(key: given ?? SigningKey(), isGiven: given != nil, voucher: nil)
    }
    let own = try kept(in: try state.folder("credentials"))
    return HostKeys(key: given ?? own ?? SigningKey(), isGiven: given != nil, voucher: given == nil ? nil : own)
  }

  private static func kept(in folder: Folder) throws(StateError) -> SigningKey? {
    guard let bytes = try folder.readSecret(name, limit: 4096) else { return nil }
    guard let key = SigningKey(pem: String(decoding: bytes, as: UTF8.self)) else {
      throw StateError(
        "read", folder.path(of: name),
        .refused(
          "it is no Ed25519 key in PEM; bring it back from a backup, or remove it: a new one is made, and needs posthorn resume --new-key"))
    }
    return key
  }

  static let name = "seal.key"
}
