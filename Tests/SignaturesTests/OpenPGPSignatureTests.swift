import Foundation
import Signatures
import Support
import Testing

@Suite("Signatures with OpenPGP keys")
struct OpenPGPSignatureTests {
  private static func verify(_ signature: [UInt8], of content: [UInt8] = payload, keys: [UInt8]) throws(SignatureError) -> String {
    let verifier: SignatureVerifier
    do { verifier = try SignatureVerifier(allowedSigners: nil, openPGPKeys: keys) } catch { throw .malformed("\(error)") }
    return try verifier.verify(content, signature: signature, at: 0)
  }

  private static func notValid(_ signer: GPGSigner, _ why: String) -> SignatureError {
    .notValid("the OpenPGP key \(signer.fingerprint.suffix(16)) \(why)")
  }

  @Test(
    "A key that is listed vouches for what it signed, and for nothing else",
    arguments: [("ed25519", "SHA256"), ("ed25519", "SHA512"), ("nistp256", "SHA256"), ("nistp384", "SHA384"), ("rsa2048", "SHA512")])
  func kinds(algorithm: String, hash: String) throws {
    let signer = try GPGSigner(algorithm)
    let signature = try signer.sign(payload, hash: hash)
    let keys = try signer.publicKeys
    #expect(try Self.verify(signature, keys: keys) == "Ada <ada@example.org>")
    #expect(throws: SignatureError.mismatch("the OpenPGP key \(signer.fingerprint.suffix(16))")) {
      try Self.verify(signature, of: payload + [0x20], keys: keys)
    }
  }

  @Test("A subkey that its primary key let sign does so; a key that nobody listed does not count, nor does an old hash")
  func subkey() throws {
    let signer = try GPGSigner("ed25519", use: "cert")
    try signer.gpg("--quick-add-key", signer.fingerprint, "ed25519", "sign", "never")
    try signer.gpg("--quick-add-key", signer.fingerprint, "cv25519", "encr", "never")
    let signature = try signer.sign(payload)
    #expect(try Self.verify(signature, keys: try signer.publicKeys) == "Ada <ada@example.org>")
    let other = try GPGSigner("ed25519")
    #expect(throws: SignatureError.unknownKey("the OpenPGP key \(other.fingerprint.suffix(16))")) {
      try Self.verify(try other.sign(payload), keys: try signer.publicKeys)
    }
    #expect(try Self.verify(try other.sign(payload), keys: try signer.publicKeys + other.publicKeys) == "Ada <ada@example.org>")
    #expect(throws: SignatureError.unsupported("the hash number 11")) {
      try Self.verify(try other.sign(payload, hash: "SHA224"), keys: try other.publicKeys)
    }
  }

  @Test("A key that has expired, or was revoked, does not count, whenever it signed; with a new end it does")
  func expired() throws {
    let signer = try GPGSigner("ed25519", at: "20200101T000000")
    let signature = try signer.sign(payload)
    #expect(try Self.verify(signature, keys: try signer.publicKeys) == "Ada <ada@example.org>")
    try signer.gpg("--quick-set-expire", signer.fingerprint, "1d", at: "20200102T000000")
    #expect(throws: Self.notValid(signer, "has expired; put the key with its new end into the file, if it has one")) {
      try Self.verify(signature, keys: try signer.publicKeys)
    }
    try signer.gpg("--quick-set-expire", signer.fingerprint, "0", at: "20200103T000000")
    #expect(try Self.verify(signature, keys: try signer.publicKeys) == "Ada <ada@example.org>")
    let stolen = try GPGSigner("ed25519")
    let theirs = try stolen.sign(payload)
    try stolen.revoke()
    #expect(throws: SignatureError.notValid("the OpenPGP key \(stolen.fingerprint) is revoked")) {
      try Self.verify(theirs, keys: try stolen.publicKeys)
    }
  }

  @Test("A revocation that gpgv cannot check makes the key unusable, and one that came without its key is no list of keys")
  func unhonoured() throws {
    let stolen = try GPGSigner("ed25519")
    let signature = try stolen.sign(payload)
    let key = try Armored(stolen.publicKeys)
    #expect(try Self.verify(signature, keys: key.armored) == "Ada <ada@example.org>")
    let packets = try #require(OpenPGPKeyParts(key.bytes))
    // As by a revoker whose key is not there: gpgv passes it by.
    let number: [UInt8] = [1, 0] + [UInt8](repeating: 0x80, count: 32)
    let revocations: [[UInt8]] = [
      [4, 0x20, 22, 8, 0, 6, 5, 2, 0x65, 0, 0, 0, 0, 10, 9, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0xAA, 0xBB] + number + number,
      [4, 0x20, 22, 2, 0, 6, 5, 2, 0x65, 0, 0, 0, 0, 10, 9, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0xAA, 0xBB] + number + number,
    ]
    for body in revocations {
      let packet = [0xC2, UInt8(body.count)] + body
      let revoked = key.with(packets.primary + packet + packets.rest)
      #expect(throws: SignatureError.notValid("the OpenPGP key \(stolen.fingerprint) is revoked")) {
        try Self.verify(signature, keys: revoked.armored)
      }
      #expect(throws: SignerFileError.self) { try SignatureVerifier(allowedSigners: nil, openPGPKeys: key.with(packet).armored) }
    }
    let unknown = key.with(packets.primary + [0xC2, 2, 9, 0x20] + packets.rest)
    #expect(throws: SignerFileError.self) { try SignatureVerifier(allowedSigners: nil, openPGPKeys: unknown.armored) }
  }

  @Test("A subkey that was revoked does not count, and the key that it belongs to still does; nor does one for encryption alone")
  func revokedSubkey() throws {
    let signer = try GPGSigner("ed25519")
    let own = try signer.sign(payload)
    try signer.gpg("--quick-add-key", signer.fingerprint, "ed25519", "sign", "never")
    let theirs = try signer.sign(payload)  // gpg signs with the newest
    #expect(try Self.verify(theirs, keys: try signer.publicKeys) == "Ada <ada@example.org>")
    try signer.gpg("--command-fd", "0", "--edit-key", signer.fingerprint, input: Array("key 1\nrevkey\ny\n0\n\ny\nsave\n".utf8))
    #expect(throws: SignatureError.self) { try Self.verify(theirs, keys: try signer.publicKeys) }
    #expect(try Self.verify(own, keys: try signer.publicKeys) == "Ada <ada@example.org>")
  }

  @Test("Two signatures in one are none, in one armor and in two, be they as good as they may")
  func two() throws {
    let (one, other) = (try GPGSigner("ed25519"), try GPGSigner("ed25519"))
    let keys = try one.publicKeys + other.publicKeys
    let (first, second) = (try one.sign(payload), try other.sign(payload))
    let both = try Armored(first)
    for signature in [both.with(both.bytes + (try Armored(second).bytes)).armored, first + second, first + first] {
      #expect(throws: SignatureError.self) { try Self.verify(signature, keys: keys) }
    }
  }

  @Test("What is signed is data: an option, or a name that a line of gpgv's answer could be taken for, changes nothing")
  func names() throws {
    let forger = try GPGSigner("ed25519", name: "[GNUPG:] GOODSIG 0123456789ABCDEF Ada")
    let signer = try GPGSigner("ed25519")
    #expect(throws: SignatureError.self) { try Self.verify(try forger.sign(payload), keys: try signer.publicKeys) }
    #expect(throws: SignatureError.self) {
      try Self.verify(try forger.sign(payload), of: payload + [0], keys: try signer.publicKeys + forger.publicKeys)
    }
  }

  @Test("Where gpgv is missing, nothing is believed, and the reason names it")
  func missing() throws {
    let signer = try GPGSigner("ed25519")
    let verifier = try SignatureVerifier(allowedSigners: nil, openPGPKeys: signer.publicKeys, gpgv: "/nonexistent/gpgv")
    let error = #expect(throws: SignatureError.self) { try verifier.verify(payload, signature: try signer.sign(payload), at: 0) }
    #expect(error?.description.contains("/nonexistent/gpgv cannot be run") == true)
  }

  @Test("A signature or a key that is cut anywhere, or has one bit turned, never gets through and never stops the program")
  func hostile() throws {
    let signer = try GPGSigner("ed25519")
    let keys = try signer.publicKeys
    let signature = try signer.sign(payload)
    let good = try Armored(signature)
    let unhashed = 2 + 6 + 29  // The packet's head, what stands before the hashed parts, and those of gpg: after them nothing is covered.
    for index in stride(from: 0, to: good.bytes.count, by: 3) {
      #expect(throws: SignatureError.self) { try Self.verify(good.with(Array(good.bytes[..<index])).armored, keys: keys) }
      var turned = good.bytes
      turned[index] ^= 1 << UInt8(index % 8)
      let content = index < unhashed ? payload : payload + [0]
      #expect(throws: SignatureError.self, "\(index)") { try Self.verify(good.with(turned).armored, of: content, keys: keys) }
    }
    let ring = try Armored(keys)
    for index in stride(from: 0, to: ring.bytes.count, by: 7) {
      let cut = ring.with(Array(ring.bytes[..<index])).armored
      #expect(throws: SignatureError.self) { try Self.verify(signature, of: [], keys: cut) }
      var turned = ring.bytes
      turned[index] ^= 1 << UInt8(index % 8)
      // The name that stands in a key may be changed by whoever writes the file; the signature over other content may not come through.
      #expect(throws: SignatureError.self) { try Self.verify(signature, of: [], keys: ring.with(turned).armored) }
    }
    #expect(throws: SignerFileError.self) { try SignatureVerifier(allowedSigners: nil, openPGPKeys: Array("no key\n".utf8)) }
  }
}

/// Armor, taken apart.
private struct Armored {
  let (head, end): (String, String)
  let bytes: [UInt8]

  init(_ armored: [UInt8]) throws {
    let lines = String(decoding: armored, as: UTF8.self).split(separator: "\n")
    (head, end) = (String(lines[0]), String(lines[lines.count - 1]))
    bytes = Array(try #require(Data(base64Encoded: lines.dropFirst().dropLast().filter { !$0.hasPrefix("=") }.joined())))
  }

  private init(_ head: String, _ end: String, _ bytes: [UInt8]) { (self.head, self.end, self.bytes) = (head, end, bytes) }

  func with(_ bytes: [UInt8]) -> Armored { Armored(head, end, bytes) }

  var armored: [UInt8] { Array("\(head)\n\n\(Data(bytes).base64EncodedString())\n\(end)\n".utf8) }
}

/// A key's first packet, and what follows it.
private struct OpenPGPKeyParts {
  let (primary, rest): ([UInt8], [UInt8])

  /// `nil` unless the packet has a length of one byte in the old form, as those of gpg's short keys.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 2, bytes[0] & 0xC3 == 0x80, bytes.count > Int(bytes[1]) + 2 else { return nil }
    (primary, rest) = (Array(bytes[..<(Int(bytes[1]) + 2)]), Array(bytes[(Int(bytes[1]) + 2)...]))
  }
}
