import Crypto
import FoundationEssentials

/// A public key in ssh's own form. Source: RFC 4253, section 6.6; RFC 5656; RFC 8709.
struct SSHPublicKey: Sendable {
  /// What the key's owner shows: `SHA256:…`.
  let fingerprint: String
  let type: String
  /// `nil` for a kind of key that is known and not accepted.
  let key: PublicKey?

  init(blob: [UInt8]) throws(SignatureError) {
    fingerprint = "SHA256:" + Data(SHA256.hash(data: blob)).base64EncodedString().trimmingSuffix("=")
    var reader = ByteReader(blob)
    type = try reader.text()
    switch type {
    case "ssh-ed25519":
      let raw = try reader.string()
      guard raw.count == 32 else { throw .malformed("an ed25519 key has 32 bytes, not \(raw.count)") }
      key = .ed25519(raw)
    case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
      let curve: PublicKey.Curve = type.hasSuffix("256") ? .p256 : type.hasSuffix("384") ? .p384 : .p521
      let (name, point) = (try reader.text(), try reader.string())
      guard type.hasSuffix(name), point.count == curve.rawValue * 2 + 1, point.first == 4 else {
        throw .malformed("the key is no point of its curve")
      }
      key = .ecdsa(curve, point)
    case "ssh-rsa":
      let (exponent, modulus) = (withoutZeros(try reader.string()), withoutZeros(try reader.string()))
      guard modulus.count >= 256 else { throw .unsupported("an RSA key of \(modulus.count * 8) bits") }
      key = .rsa(modulus: modulus, exponent: exponent)
    default: key = nil
    }
    guard key == nil || reader.isAtEnd else { throw .malformed("the key goes on after its end") }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
