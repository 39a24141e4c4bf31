/// Says whose signature stands on a commit, by the keys that this host names: ssh's and OpenPGP's.
///
/// Everything it is given was written by others: it is bounded, and whatever is wrong is a ``SignatureError``.
public struct SignatureVerifier: Sendable {
  private let allowed: AllowedSigners?
  private let certificates: [OpenPGPCertificate]?

  /// - Parameters:
  ///   - allowedSigners: a file in OpenSSH's format; `nil` where no ssh key may sign.
  ///   - openPGPKeys: armored public keys; `nil` where none may.
  public init(allowedSigners: [UInt8]?, openPGPKeys: [UInt8]?) throws(SignerFileError) {
    allowed = if let allowedSigners { try AllowedSigners(allowedSigners) } else { nil }
    certificates = if let openPGPKeys { try Self.certificates(openPGPKeys) } else { nil }
  }

  /// - Parameters:
  ///   - payload: what was signed.
  ///   - signature: armored.
  ///   - time: when it was committed, in seconds since 1970: the key has to have been valid then.
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
    let blocks = try OpenPGPArmor.blocks("SIGNATURE", in: text)
    guard blocks.count == 1, let block = blocks.first else { throw .malformed("it is not one signature") }
    let packets = try OpenPGPPacket.packets(block)
    guard packets.count == 1, let packet = packets.first, packet.tag == OpenPGPPacket.signature else {
      throw .malformed("it is not one signature")
    }
    let signature = try OpenPGPSignature(packet.body)
    guard signature.kind == .document else { throw .malformed("it is not of a document") }
    for certificate in certificates ?? [] {
      for signer in certificate.signers where signature.issuer == nil || signature.issuer == signer.key.id {
        guard signature.isValid(signer.key.key, over: payload) else {
          if signature.issuer == nil { continue }
          throw .mismatch("the OpenPGP key \(signer.key.fingerprint)")
        }
        if signer.isRevoked { throw .notValid("the OpenPGP key \(signer.key.fingerprint) is revoked") }
        if let end = signer.expires, signature.created >= end { throw .notValid("the OpenPGP key \(signer.key.fingerprint) had expired") }
        if signature.created < signer.key.created { throw .notValid("it is older than the OpenPGP key \(signer.key.fingerprint)") }
        return certificate.names.first ?? signer.key.fingerprint
      }
    }
    throw .unknownKey("the OpenPGP key \(Self.hexadecimal(signature.issuer ?? []))")
  }

  private static func certificates(_ bytes: [UInt8]) throws(SignerFileError) -> [OpenPGPCertificate] {
    do throws(SignatureError) {
      var found: [OpenPGPCertificate] = []
      for block in try OpenPGPArmor.blocks("PUBLIC KEY BLOCK", in: String(decoding: bytes, as: UTF8.self)) {
        found += try OpenPGPCertificate.all(in: try OpenPGPPacket.packets(block))
      }
      guard !found.isEmpty else { throw .malformed("there is no -----BEGIN PGP PUBLIC KEY BLOCK-----; make it with gpg --armor --export") }
      return found
    } catch {
      throw SignerFileError(line: nil, reason: "cannot be read: \(error)")
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  /// No signature of a kind that is accepted comes near it.
  private static let signatureLimit = 64 << 10
}
