/// Says whose signature stands on a commit, by the keys that this host names: ssh's and OpenPGP's.
///
/// Everything it is given was written by others: it is bounded, and whatever is wrong is a ``SignatureError``.
public struct SignatureVerifier: Sendable {
  private let allowed: AllowedSigners?
  private let openPGP: (keys: OpenPGPKeys, program: GPGV)?

  /// - Parameters:
  ///   - allowedSigners: a file in OpenSSH's format; `nil` where no ssh key may sign.
  ///   - openPGPKeys: armored public keys; `nil` where none may.
  ///   - gpgv: the program that verifies what they signed.
  public init(allowedSigners: [UInt8]?, openPGPKeys: [UInt8]? = nil, gpgv: String = "/usr/bin/gpgv") throws(SignerFileError) {
    allowed = if let allowedSigners { try AllowedSigners(allowedSigners) } else { nil }
    openPGP = if let openPGPKeys { (try OpenPGPKeys(armored: openPGPKeys), GPGV(path: gpgv)) } else { nil }
  }

  /// - Parameters:
  ///   - payload: what was signed.
  ///   - signature: armored.
  ///   - time: as of when an ssh key has to be valid, in seconds since 1970. Of an OpenPGP key gpgv asks that it is valid now.
  /// - Returns: who signed it, for people.
  public func verify(_ payload: [UInt8], signature: [UInt8], at time: Int64) throws(SignatureError) -> String {
    guard signature.count <= Self.signatureLimit else { throw .malformed("it is longer than \(Self.signatureLimit) bytes") }
    let text = String(decoding: signature, as: UTF8.self)
    if text.hasPrefix(SSHSignature.begin) { return try verifySSH(payload, text, time) }
    if text.hasPrefix(OpenPGPArmor.beginSignature) { return try verifyOpenPGP(payload, text) }
    throw .unsupported("another format than ssh's and OpenPGP's")
  }

  private func verifySSH(_ payload: [UInt8], _ text: String, _ time: Int64) throws(SignatureError) -> String {
    let signature = try SSHSignature(armored: text)
    let key = try SSHPublicKey(blob: signature.publicKey)
    let entries = allowed?.entries.filter { $0.blob == signature.publicKey } ?? []
    guard !entries.isEmpty else { throw .unknownKey("the ssh key \(key.fingerprint)") }
    guard let publicKey = key.key else { throw .unsupported("a key of the type \(key.type.quoted)") }
    guard try signature.isValid(publicKey, for: payload) else { throw .mismatch("the ssh key \(key.fingerprint)") }
    guard let entry = entries.first(where: { $0.fault(at: time) == nil }) else {
      throw .notValid(entries.first?.fault(at: time) ?? "the key is not allowed")
    }
    return entry.principals
  }

  private func verifyOpenPGP(_ payload: [UInt8], _ text: String) throws(SignatureError) -> String {
    guard let openPGP else { throw .unknownKey("an OpenPGP key") }
    // What stands around the armor is nobody's signature, and gpgv reads what it is given.
    let blocks = try OpenPGPArmor.blocks("SIGNATURE", in: text)
    guard blocks.count == 1, let block = blocks.first else { throw .malformed("it is not one signature") }
    return try openPGP.program.verify(payload, signature: block, keys: openPGP.keys).signer(except: openPGP.keys.revoked)
  }

  /// No signature of a kind that is accepted comes near it.
  private static let signatureLimit = 64 << 10
}
