/// A signature packet of version 4. Source: RFC 4880, section 5.2.3.
struct OpenPGPSignature {
  enum Kind: UInt8 {
    case document = 0x00
    case genericCertification = 0x10
    case personaCertification = 0x11
    case casualCertification = 0x12
    case positiveCertification = 0x13
    case subkeyBinding = 0x18
    case primaryBinding = 0x19
    case directKey = 0x1F
    case keyRevocation = 0x20
    case subkeyRevocation = 0x28
  }

  let kind: Kind
  let hash: PublicKey.Hash
  /// Seconds since 1970.
  let created: Int64
  /// After the key's creation; 0 and `nil` are for ever.
  private(set) var keyLifetime: Int64?
  /// What the key may do; 0x02 is signing.
  private(set) var keyFlags: UInt8?
  /// A subkey's own consent.
  private(set) var embedded: [UInt8]?
  /// The last eight bytes of the signing key's fingerprint.
  private(set) var issuer: [UInt8]?
  /// What the signature covers beside what was signed.
  private let trailer: [UInt8]
  private let algorithm: UInt8
  private let numbers: [[UInt8]]

  init(_ body: [UInt8]) throws(SignatureError) {
    var reader = ByteReader(body)
    let version = try reader.byte()
    guard version == 4 else { throw .unsupported("version \(version) of OpenPGP signatures") }
    let type = try reader.byte()
    guard let kind = Kind(rawValue: type) else { throw .unsupported("the kind of signature \(type)") }
    self.kind = kind
    algorithm = try reader.byte()
    switch try reader.byte() {
    case 8: hash = .sha256
    case 9: hash = .sha384
    case 10: hash = .sha512
    case let other: throw .unsupported("the hash number \(other)")
    }
    let hashed = try reader.bytes(try reader.number(2))
    let covered = Array(body.prefix(6 + hashed.count))
    trailer = covered + [4, 0xFF] + bigEndian(covered.count)
    let subpackets = try Self.subpackets(hashed)
    guard let time = subpackets.first(where: { $0.type == 2 })?.body, time.count == 4 else {
      throw .malformed("it says not when it was made")
    }
    created = time.reduce(0) { $0 << 8 | Int64($1) }
    for (type, body) in subpackets {
      switch type {
      case 9: keyLifetime = body.reduce(0) { ($0 & 0xFFFF_FFFF) << 8 | Int64($1) }
      case 27: keyFlags = body.first ?? 0
      default: break
      }
    }
    // Who made it, and a subkey's consent, are proven by themselves, so they may stand outside of what is covered.
    for (type, body) in subpackets + (try Self.subpackets(try reader.bytes(try reader.number(2)))) {
      switch type {
      case 16 where issuer == nil, 33 where issuer == nil: issuer = body.count >= 8 ? Array(body.suffix(8)) : nil
      case 32: embedded = body
      default: break
      }
    }
    _ = try reader.number(2)  // The left of the digest, a hint.
    var numbers: [[UInt8]] = []
    while !reader.isAtEnd, numbers.count < 2 { numbers.append(try reader.multiprecision()) }
    guard reader.isAtEnd else { throw .malformed("it goes on after its end") }
    self.numbers = numbers
  }

  /// Whether `key` made it over `content`.
  func isValid(_ key: PublicKey, over content: [UInt8]) -> Bool {
    let message = content + trailer
    switch (key, algorithm, numbers.count) {
    case (.rsa, 1, 1), (.rsa, 3, 1): return key.isValid(rsa: numbers[0], of: message, hash)
    case (.ecdsa, 19, 2): return key.isValid(r: numbers[0], s: numbers[1], of: message, hash)
    case (.ed25519, 22, 2):
      guard let r = padded(numbers[0], to: 32), let s = padded(numbers[1], to: 32) else { return false }
      return key.isValid(ed25519: r + s, of: hash.digest(message))
    default: return false
    }
  }

  /// What a signature says in hashed or unhashed subpackets. One that is marked critical and not understood spoils it.
  private static func subpackets(_ bytes: [UInt8]) throws(SignatureError) -> [(type: UInt8, body: [UInt8])] {
    var reader = ByteReader(bytes)
    var found: [(type: UInt8, body: [UInt8])] = []
    while !reader.isAtEnd {
      let body = try reader.bytes(try OpenPGPPacket.newLength(&reader))
      guard let type = body.first else { throw .malformed("a part of it is empty") }
      guard type & 0x80 == 0 || understood.contains(type & 0x7F) else { throw .unsupported("the critical part \(type & 0x7F)") }
      found.append((type & 0x7F, Array(body.dropFirst())))
    }
    return found
  }

  private static let understood: Set<UInt8> = [2, 9, 11, 16, 21, 22, 23, 25, 27, 28, 30, 32, 33, 34]
}
