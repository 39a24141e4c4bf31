/// A key with its subkeys, as somebody publishes it: which of them may sign, and until when.
struct OpenPGPCertificate: Sendable {
  struct Signer: Sendable {
    let key: OpenPGPKey
    /// Seconds since 1970; `nil` for ever.
    let expires: Int64?
    let isRevoked: Bool
  }

  let signers: [Signer]
  /// The user ids, for people.
  let names: [String]

  /// The certificates in one armored block.
  static func all(in packets: [OpenPGPPacket]) throws(SignatureError) -> [OpenPGPCertificate] {
    var certificates: [OpenPGPCertificate] = []
    var rest = packets[...]
    while let first = rest.first {
      guard first.tag == OpenPGPPacket.publicKey else { throw .malformed("it does not begin with a public key") }
      let end = rest.dropFirst().firstIndex { $0.tag == OpenPGPPacket.publicKey } ?? rest.endIndex
      certificates.append(try OpenPGPCertificate(rest[..<end]))
      rest = rest[end...]
    }
    return certificates
  }

  private init(_ packets: ArraySlice<OpenPGPPacket>) throws(SignatureError) {
    var reading = Reading(primary: try OpenPGPKey(packets.first?.body ?? []))
    for packet in packets.dropFirst() {
      switch packet.tag {
      case OpenPGPPacket.userID: reading.begin(.user(packet.body))
      case OpenPGPPacket.userAttribute: reading.begin(.other)
      // A subkey for encryption, or of a kind that is not accepted, is of no use here.
      case OpenPGPPacket.subkey: reading.begin((try? OpenPGPKey(packet.body)).map { .subkey($0) } ?? .other)
      // Signatures by others, and with old hashes, are of no use either.
      case OpenPGPPacket.signature: if let signature = try? OpenPGPSignature(packet.body) { reading.take(signature) }
      default: break
      }
    }
    (signers, names) = (try reading.signers(), reading.names)
  }
}

/// A certificate while it is read: only what its own primary key signed counts.
private struct Reading {
  enum Part {
    case key
    case user([UInt8])
    case subkey(OpenPGPKey)
    case other
  }

  let primary: OpenPGPKey
  private(set) var names: [String] = []
  private var part = Part.key
  private var isRevoked = false
  /// The newest signature about the primary key itself.
  private var own: OpenPGPSignature?
  private var subkeys: [(key: OpenPGPKey, binding: OpenPGPSignature?, isRevoked: Bool)] = []

  init(primary: OpenPGPKey) { self.primary = primary }

  mutating func begin(_ part: Part) {
    self.part = part
    switch part {
    case .user(let name): names.append(String(decoding: name.prefix(256), as: UTF8.self))
    case .subkey(let key): subkeys.append((key, nil, false))
    case .key, .other: break
    }
  }

  mutating func take(_ signature: OpenPGPSignature) {
    switch (part, signature.kind) {
    case (.key, .keyRevocation): if signature.isValid(primary.key, over: primary.covered) { isRevoked = true }
    case (.key, .directKey): if signature.isValid(primary.key, over: primary.covered) { note(own: signature) }
    case (.user(let name), .genericCertification), (.user(let name), .personaCertification), (.user(let name), .casualCertification),
      (.user(let name), .positiveCertification):
      let content = primary.covered + [0xB4] + bigEndian(name.count) + name
      if signature.isValid(primary.key, over: content) { note(own: signature) }
    case (.subkey(let key), .subkeyBinding), (.subkey(let key), .subkeyRevocation):
      guard signature.isValid(primary.key, over: primary.covered + key.covered), let last = subkeys.indices.last else { return }
      if signature.kind == .subkeyRevocation {
        subkeys[last].isRevoked = true
      } else if signature.created >= subkeys[last].binding?.created ?? 0 {
        subkeys[last].binding = signature
      }
    default: break
    }
  }

  private mutating func note(own signature: OpenPGPSignature) {
    if signature.created >= own?.created ?? 0 { own = signature }
  }

  func signers() throws(SignatureError) -> [OpenPGPCertificate.Signer] {
    guard let own else { throw .unsupported("the key \(primary.fingerprint), whose own signatures are missing or of an old kind,") }
    var signers: [OpenPGPCertificate.Signer] = []
    let end = expiry(primary, own)
    if own.keyFlags.map({ $0 & 2 != 0 }) ?? true { signers.append(.init(key: primary, expires: end, isRevoked: isRevoked)) }
    for (key, binding, isGone) in subkeys {
      guard let binding, binding.keyFlags.map({ $0 & 2 != 0 }) ?? false, hasConsented(key, binding) else { continue }
      let ends = [end, expiry(key, binding)].compactMap(\.self)
      signers.append(.init(key: key, expires: ends.min(), isRevoked: isRevoked || isGone))
    }
    return signers
  }

  private func expiry(_ key: OpenPGPKey, _ signature: OpenPGPSignature) -> Int64? {
    signature.keyLifetime.flatMap { $0 == 0 ? nil : key.created + $0 }
  }

  /// Nobody can make another's signing key a subkey of their own.
  private func hasConsented(_ key: OpenPGPKey, _ binding: OpenPGPSignature) -> Bool {
    guard let body = binding.embedded, let consent = try? OpenPGPSignature(body), consent.kind == .primaryBinding else { return false }
    return consent.isValid(key.key, over: primary.covered + key.covered)
  }
}
