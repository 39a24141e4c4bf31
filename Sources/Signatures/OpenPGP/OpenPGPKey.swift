import Crypto

/// A public key or subkey of version 4. Source: RFC 4880, section 5.5.2; RFC 6637 for curves.
struct OpenPGPKey: Sendable {
  let key: PublicKey
  /// In upper-case hexadecimal.
  let fingerprint: String
  /// Its last eight bytes.
  let id: [UInt8]
  /// Seconds since 1970.
  let created: Int64
  /// The key as signatures cover it.
  let covered: [UInt8]

  init(_ body: [UInt8]) throws(SignatureError) {
    var reader = ByteReader(body)
    let version = try reader.byte()
    guard version == 4 else { throw .unsupported("version \(version) of OpenPGP keys") }
    guard body.count <= 0xFFFF else { throw .malformed("a key is longer than 65535 bytes") }
    created = Int64(try reader.number(4))
    let algorithm = try reader.byte()
    switch algorithm {
    case 1, 3: key = .rsa(modulus: withoutZeros(try reader.multiprecision()), exponent: withoutZeros(try reader.multiprecision()))
    case 19, 22: key = try Self.curveKey(algorithm, &reader)
    default: throw .unsupported("the kind of key \(algorithm)")
    }
    guard reader.isAtEnd else { throw .malformed("a key goes on after its end") }
    covered = [0x99, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    // OpenPGP names its keys so; whoever made another key of the same name would still have to sign with the one that is listed.
    let digest = Array(Insecure.SHA1.hash(data: covered))
    fingerprint = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    id = digest.suffix(8)
  }

  private static func curveKey(_ algorithm: UInt8, _ reader: inout ByteReader) throws(SignatureError) -> PublicKey {
    let name = try reader.bytes(try reader.number(1))
    let point = try reader.multiprecision()
    switch (algorithm, name) {
    case (22, [0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01]):
      guard point.count == 33, point.first == 0x40 else { throw .malformed("an ed25519 key has 33 bytes") }
      return .ed25519(Array(point.dropFirst()))
    case (19, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]): return .ecdsa(.p256, point)
    case (19, [0x2B, 0x81, 0x04, 0x00, 0x22]): return .ecdsa(.p384, point)
    case (19, [0x2B, 0x81, 0x04, 0x00, 0x23]): return .ecdsa(.p521, point)
    default: throw .unsupported("a key on another curve")
    }
  }
}
