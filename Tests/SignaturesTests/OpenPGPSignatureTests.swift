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

  @Test(
    "A key that is listed vouches for what it signed, and for nothing else",
    arguments: [("ed25519", "SHA256"), ("ed25519", "SHA512"), ("nistp256", "SHA256"), ("nistp384", "SHA384"), ("rsa2048", "SHA512")])
  func kinds(algorithm: String, hash: String) throws {
    let signer = try GPGSigner(algorithm)
    let signature = try signer.sign(payload, hash: hash)
    let keys = try signer.publicKeys
    #expect(try Self.verify(signature, keys: keys) == "Ada <ada@example.org>")
    #expect(throws: SignatureError.mismatch("the OpenPGP key \(signer.fingerprint)")) {
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

  @Test("A key that had expired when it signed, or was revoked, does not count")
  func expired() throws {
    let signer = try GPGSigner("ed25519", at: "20200101T000000")
    let signature = try signer.sign(payload)
    #expect(try Self.verify(signature, keys: try signer.publicKeys) == "Ada <ada@example.org>")
    try signer.gpg("--quick-set-expire", signer.fingerprint, "1d", at: "20200102T000000")
    #expect(throws: SignatureError.notValid("the OpenPGP key \(signer.fingerprint) had expired")) {
      try Self.verify(signature, keys: try signer.publicKeys)
    }
    let stolen = try GPGSigner("ed25519")
    let theirs = try stolen.sign(payload)
    try stolen.revoke()
    #expect(throws: SignatureError.notValid("the OpenPGP key \(stolen.fingerprint) is revoked")) {
      try Self.verify(theirs, keys: try stolen.publicKeys)
    }
  }

  @Test("A signature or a key that is cut anywhere, or has one bit turned, never gets through and never stops the program")
  func hostile() throws {
    let signer = try GPGSigner("ed25519")
    let keys = try signer.publicKeys
    let signature = try signer.sign(payload)
    func raw(_ armored: [UInt8]) throws -> (head: Substring, bytes: [UInt8], end: Substring) {
      let lines = String(decoding: armored, as: UTF8.self).split(separator: "\n")
      let body = lines.dropFirst().dropLast().filter { !$0.hasPrefix("=") }.joined()
      return (lines[0], Array(try #require(Data(base64Encoded: body))), lines[lines.count - 1])
    }
    func armored(_ head: Substring, _ bytes: [UInt8], _ end: Substring) -> [UInt8] {
      Array("\(head)\n\n\(Data(bytes).base64EncodedString())\n\(end)\n".utf8)
    }
    let (head, bytes, end) = try raw(signature)
    let unhashed = 2 + 6 + 29  // The packet's head, what stands before the hashed parts, and those of gpg: after them nothing is covered.
    for index in bytes.indices {
      #expect(throws: SignatureError.self) { try Self.verify(armored(head, Array(bytes[..<index]), end), keys: keys) }
      var turned = bytes
      turned[index] ^= 1 << UInt8(index % 8)
      if index < unhashed {
        #expect(throws: SignatureError.self, "\(index)") { try Self.verify(armored(head, turned, end), keys: keys) }
      } else {
        #expect(throws: SignatureError.self, "\(index)") { try Self.verify(armored(head, turned, end), of: payload + [0], keys: keys) }
      }
    }
    let ring = try raw(keys)
    for index in ring.bytes.indices {
      #expect(throws: SignatureError.self) {
        try Self.verify(signature, of: [], keys: armored(ring.head, Array(ring.bytes[..<index]), ring.end))
      }
      var turned = ring.bytes
      turned[index] ^= 1 << UInt8(index % 8)
      // The name that stands in a key may be changed by whoever writes the file; the signature over other content may not come through.
      #expect(throws: SignatureError.self) { try Self.verify(signature, of: [], keys: armored(ring.head, turned, ring.end)) }
    }
    #expect(throws: SignerFileError.self) { try SignatureVerifier(allowedSigners: nil, openPGPKeys: Array("no key\n".utf8)) }
  }
}
