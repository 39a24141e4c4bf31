import Foundation
import Signatures
import Support
import Testing

@Suite("Signatures with ssh keys")
struct SSHSignatureTests {
  private static func verify(
    _ signature: [UInt8], of content: [UInt8] = payload, allowed: String, at time: Int64 = 1_800_000_000
  ) throws(SignatureError) -> String {
    let verifier: SignatureVerifier
    do { verifier = try SignatureVerifier(allowedSigners: Array(allowed.utf8), openPGPKeys: nil) } catch { throw .malformed("\(error)") }
    return try verifier.verify(content, signature: signature, at: time)
  }

  @Test(
    "A key that is allowed vouches for what it signed, and for nothing else",
    arguments: [("ed25519", nil), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)])
  func kinds(type: String, bits: Int?) throws {
    let signer = try SSHSigner(type, bits: bits)
    let allowed = "# the team\n\nada@example.org \(try signer.publicKey)\n"
    let signature = try signer.sign(payload)
    #expect(try Self.verify(signature, allowed: allowed) == "ada@example.org")
    #expect { try Self.verify(signature, of: payload + [0x20], allowed: allowed) } throws: { error in
      guard case .mismatch(let key) = error as? SignatureError else { return false }
      return key.hasPrefix("the ssh key SHA256:")
    }
  }

  @Test("A key that nobody named, and a signature for another purpose, do not count")
  func refused() throws {
    let (signer, other) = (try SSHSigner("ed25519"), try SSHSigner("ed25519"))
    let allowed = "ada@example.org \(try signer.publicKey)\n"
    #expect { try Self.verify(try other.sign(payload), allowed: allowed) } throws: { error in
      guard case .unknownKey = error as? SignatureError else { return false }
      return true
    }
    #expect(throws: SignatureError.notValid("it was made for \"file\", not for git")) {
      try Self.verify(try signer.sign(payload, for: "file"), allowed: allowed)
    }
    #expect(throws: SignatureError.unsupported("another format than ssh's and OpenPGP's")) {
      try Self.verify(Array("-----BEGIN SIGNED MESSAGE-----\n".utf8), allowed: allowed)
    }
  }

  @Test(
    "A key counts from, until and for what its line says",
    arguments: [
      ("namespaces=\"git\"", true), ("namespaces=\"file,git\"", true), ("namespaces=\"file\"", false), ("valid-after=20270101Z", true),
      ("valid-after=20280101Z", false), ("valid-before=20280101Z", true), ("valid-before=\"202701010000\"", false),
      ("valid-after=20270101Z,valid-before=20280101Z,namespaces=\"git\"", true),
    ])
  func options(option: String, counts: Bool) throws {
    let signer = try SSHSigner("ed25519")
    let allowed = "\"ada@example.org,*@example.com\" \(option) \(try signer.publicKey) Ada's laptop\n"
    let signature = try signer.sign(payload)
    guard !counts else {
      #expect(try Self.verify(signature, allowed: allowed).contains("ada@example.org"))
      return
    }
    #expect { try Self.verify(signature, allowed: allowed) } throws: { error in
      guard case .notValid = error as? SignatureError else { return false }
      return true
    }
  }

  @Test(
    "A line that is not understood is an error with its number, never passed over",
    arguments: [
      ("ada@example.org cert-authority KEY", "has cert-authority, and certificates are not accepted"),
      ("ada@example.org until=tomorrow KEY", "has the option \"until=tomorrow\""),
      ("ada@example.org valid-after=20270231 KEY", "which there is not"), ("ada@example.org valid-after=soon KEY", "YYYYMMDD"),
      ("ada@example.org", "needs principals, a key's type and the key"), ("ada@example.org ssh-ed25519 AAAA", "cannot be used"),
      ("ada@example.org ssh-ed25519 !", "no key that can be read"),
    ])
  func lines(line: String, words: String) throws {
    let signer = try SSHSigner("ed25519")
    let key = try signer.publicKey
    let text = "bob@example.org \(key)\n\(line.replacing("KEY", with: key))\n"
    #expect { try SignatureVerifier(allowedSigners: Array(text.utf8), openPGPKeys: nil) } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("line 2 ") && text.contains(words)
    }
  }

  @Test("A signature that is cut anywhere, or has one bit turned, is refused")
  func hostile() throws {
    for (type, bits) in [("ed25519", nil), ("ecdsa", 256), ("rsa", 2048)] as [(String, Int?)] {
      let signer = try SSHSigner(type, bits: bits)
      let allowed = "ada@example.org \(try signer.publicKey)\n"
      let lines = String(decoding: try signer.sign(payload), as: UTF8.self).split(separator: "\n")
      let raw = Array(try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined())))
      func armored(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(lines[0])\n\(Data(bytes).base64EncodedString())\n\(lines[lines.count - 1])\n".utf8)
      }
      #expect(try Self.verify(armored(raw), allowed: allowed) == "ada@example.org")
      for index in raw.indices {
        #expect(throws: SignatureError.self) { try Self.verify(armored(Array(raw[..<index])), allowed: allowed) }
        var turned = raw
        turned[index] ^= 1 << UInt8(index % 8)
        #expect(throws: SignatureError.self) { try Self.verify(armored(turned), allowed: allowed) }
      }
      #expect(throws: SignatureError.self) { try Self.verify(armored(raw + [0]), allowed: allowed) }
    }
  }
}
