import Crypto
import FoundationEssentials
import _CryptoExtras

/// A key that signs, whatever file it came from.
enum PublicKey: Equatable, Sendable {
  case ed25519([UInt8])
  /// An uncompressed point: 04, x, y.
  case ecdsa(Curve, [UInt8])
  case rsa(modulus: [UInt8], exponent: [UInt8])

  enum Curve: Int, Sendable {
    case p256 = 32
    case p384 = 48
    case p521 = 66
  }

  enum Hash: Sendable {
    case sha256, sha384, sha512

    func digest(_ bytes: [UInt8]) -> [UInt8] {
      switch self {
      case .sha256: Array(SHA256.hash(data: bytes))
      case .sha384: Array(SHA384.hash(data: bytes))
      case .sha512: Array(SHA512.hash(data: bytes))
      }
    }
  }

  /// Whether `signature` (64 bytes of Ed25519) is of `message`.
  func isValid(ed25519 signature: [UInt8], of message: [UInt8]) -> Bool {
    guard case .ed25519(let raw) = self, signature.count == 64 else { return false }
    // A key of another length, or no point of the curve, has signed nothing.
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw) else { return false }
    return key.isValidSignature(signature, for: message)
  }

  /// Whether the numbers `r` and `s` are of `message`, hashed so.
  func isValid(r: [UInt8], s: [UInt8], of message: [UInt8], _ hash: Hash) -> Bool {
    guard case .ecdsa(let curve, let point) = self, let r = padded(r, to: curve.rawValue), let s = padded(s, to: curve.rawValue) else {
      return false
    }
    switch hash {
    case .sha256: return Self.isValid(r + s, curve, point, SHA256.hash(data: message))
    case .sha384: return Self.isValid(r + s, curve, point, SHA384.hash(data: message))
    case .sha512: return Self.isValid(r + s, curve, point, SHA512.hash(data: message))
    }
  }

  /// What is no point of its curve, or no signature, is not valid: why does not matter.
  private static func isValid(_ raw: [UInt8], _ curve: Curve, _ point: [UInt8], _ digest: some Digest) -> Bool {
    switch curve {
    case .p256:
      guard let key = try? P256.Signing.PublicKey(x963Representation: point),
        let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: digest)
    case .p384:
      guard let key = try? P384.Signing.PublicKey(x963Representation: point),
        let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: digest)
    case .p521:
      guard let key = try? P521.Signing.PublicKey(x963Representation: point),
        let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: digest)
    }
  }

  /// Whether `signature` is of `message` in the padding of PKCS #1 v1.5, hashed so. Keys below 2048 bits have signed nothing.
  func isValid(rsa signature: [UInt8], of message: [UInt8], _ hash: Hash) -> Bool {
    guard case .rsa(let modulus, let exponent) = self, (256...1024).contains(modulus.count), exponent.count <= 8,
      let padded = padded(signature, to: modulus.count),
      let key = try? _RSA.Signing.PublicKey(n: Data(modulus), e: Data(exponent))  // Numbers that make no key have signed nothing.
    else { return false }
    let raw = _RSA.Signing.RSASignature(rawRepresentation: Data(padded))
    switch hash {
    case .sha256: return key.isValidSignature(raw, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
    case .sha384: return key.isValidSignature(raw, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
    case .sha512: return key.isValidSignature(raw, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
    }
  }
}
