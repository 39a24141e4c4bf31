import Crypto

/// The keys of a file, as gpgv reads them, and those among them that somebody has revoked.
///
/// gpgv decides what a signature is worth. It passes by a revocation that it cannot check, though: one with an old hash, or by a revoker whose
/// key is not there. So every revocation that stands in the file counts here, whoever made it (``OpenPGPStatus``).
struct OpenPGPKeys: Sendable {
  /// All keys without their armor: a keyring.
  let ring: [UInt8]
  /// Fingerprints of keys, primary ones and subkeys, that a revocation stands with.
  private(set) var revoked: Set<String> = []

  init(armored: [UInt8]) throws(SignerFileError) {
    do throws(SignatureError) {
      let blocks = try OpenPGPArmor.blocks("PUBLIC KEY BLOCK", in: String(decoding: armored, as: UTF8.self))
      guard !blocks.isEmpty else { throw .malformed("there is no -----BEGIN PGP PUBLIC KEY BLOCK-----; make it with gpg --armor --export") }
      ring = blocks.flatMap(\.self)
      for block in blocks { try note(OpenPGPPacket.packets(block)) }
    } catch {
      throw SignerFileError(line: nil, reason: "cannot be read: \(error)")
    }
  }

  private mutating func note(_ packets: [OpenPGPPacket]) throws(SignatureError) {
    var (primary, subkey): (String?, String?)
    for packet in packets {
      switch packet.tag {
      case OpenPGPPacket.publicKey: (primary, subkey) = (try Self.fingerprint(packet.body), nil)
      case OpenPGPPacket.subkey: subkey = try Self.fingerprint(packet.body)
      case OpenPGPPacket.secretKey, OpenPGPPacket.secretSubkey:
        throw .unsupported("a private key; make the file with gpg --armor --export, and remove this one: it")
      case OpenPGPPacket.signature:
        guard let primary else {
          throw .unsupported("a revocation without its key; import it with gpg --import, then export the key again: it")
        }
        switch try Self.kind(ofSignature: packet.body) {
        case .keyRevocation: revoked.insert(primary)
        case .subkeyRevocation: revoked.insert(subkey ?? primary)
        case .other: break
        }
      default: break
      }
    }
    guard primary != nil else { throw .malformed("a block has no key in it") }
  }

  private enum Kind { case keyRevocation, subkeyRevocation, other }

  /// What a signature says. Source: RFC 9580, sections 5.2.1 to 5.2.3.
  private static func kind(ofSignature body: [UInt8]) throws(SignatureError) -> Kind {
    var reader = ByteReader(body)
    let version = try reader.byte()
    guard (3...6).contains(version) else { throw .unsupported("version \(version) of OpenPGP signatures") }
    if version == 3 { _ = try reader.byte() }
    return switch try reader.byte() {
    case 0x20: .keyRevocation
    case 0x28: .subkeyRevocation
    default: .other
    }
  }

  /// The name of a key. Source: RFC 9580, section 5.5.4.
  private static func fingerprint(_ body: [UInt8]) throws(SignatureError) -> String {
    switch body.first {
    case 4:
      guard body.count <= 0xFFFF else { throw .malformed("a key is longer than 65535 bytes") }
      return hexadecimal(Insecure.SHA1.hash(data: [0x99, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body))
    case 5: return hexadecimal(SHA256.hash(data: [0x9A] + bigEndian(body.count) + body))
    case 6: return hexadecimal(SHA256.hash(data: [0x9B] + bigEndian(body.count) + body))
    case let version: throw .unsupported("version \(version ?? 0) of OpenPGP keys")
    }
  }

  private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }
}
