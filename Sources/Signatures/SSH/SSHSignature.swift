import FoundationEssentials

/// A signature as `ssh-keygen -Y sign` makes it. Source: PROTOCOL.sshsig of OpenSSH.
struct SSHSignature {
  static let begin = "-----BEGIN SSH SIGNATURE-----"
  private static let end = "-----END SSH SIGNATURE-----"
  private static let magic = Array("SSHSIG".utf8)

  let publicKey: [UInt8]
  private let namespace: [UInt8]
  private let reserved: [UInt8]
  private let hashName: [UInt8]
  private let hash: PublicKey.Hash
  private let algorithm: String
  private let blob: [UInt8]

  init(armored text: String) throws(SignatureError) {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }
    guard lines.first == Self.begin, lines.last == Self.end, let raw = Data(base64Encoded: lines.dropFirst().dropLast().joined()) else {
      throw .malformed("it is no base64 between \(Self.begin) and \(Self.end)")
    }
    var reader = ByteReader(raw)
    guard try reader.bytes(Self.magic.count) == Self.magic else { throw .malformed("it does not begin with SSHSIG") }
    let version = try reader.number(4)
    guard version == 1 else { throw .unsupported("version \(version) of SSHSIG") }
    publicKey = try reader.string()
    namespace = try reader.string()
    reserved = try reader.string()
    hashName = try reader.string()
    switch String(decoding: hashName, as: UTF8.self) {
    case "sha256": hash = .sha256
    case "sha512": hash = .sha512
    case let other: throw .unsupported("the hash \(other.quoted)")
    }
    var signature = ByteReader(try reader.string())
    algorithm = try signature.text()
    blob = try signature.string()
    guard reader.isAtEnd, signature.isAtEnd else { throw .malformed("it goes on after its end") }
    // A signature for a file, or for a login, says nothing about a commit.
    guard namespace == Array("git".utf8) else {
      throw .notValid("it was made for \"\(String(decoding: namespace, as: UTF8.self).quoted)\", not for git")
    }
  }

  /// Whether `key` made it for `payload`.
  func isValid(_ key: PublicKey, for payload: [UInt8]) throws(SignatureError) -> Bool {
    var message = Self.magic
    for field in [namespace, reserved, hashName, hash.digest(payload)] { message += bigEndian(field.count) + field }
    switch (key, algorithm) {
    case (.ed25519, "ssh-ed25519"): return key.isValid(ed25519: blob, of: message)
    case (.ecdsa(.p256, _), "ecdsa-sha2-nistp256"): return try isValidECDSA(key, message, .sha256)
    case (.ecdsa(.p384, _), "ecdsa-sha2-nistp384"): return try isValidECDSA(key, message, .sha384)
    case (.ecdsa(.p521, _), "ecdsa-sha2-nistp521"): return try isValidECDSA(key, message, .sha512)
    case (.rsa, "rsa-sha2-256"): return key.isValid(rsa: blob, of: message, .sha256)
    case (.rsa, "rsa-sha2-512"): return key.isValid(rsa: blob, of: message, .sha512)
    default: throw .unsupported("the algorithm \(algorithm.quoted) with this key")
    }
  }

  private func isValidECDSA(_ key: PublicKey, _ message: [UInt8], _ hash: PublicKey.Hash) throws(SignatureError) -> Bool {
    var reader = ByteReader(blob)
    let (r, s) = (try reader.string(), try reader.string())
    return reader.isAtEnd && key.isValid(r: r, s: s, of: message, hash)
  }
}
