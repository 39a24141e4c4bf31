import Foundation
import Signatures
import Support
import Testing

@Suite("Keys that seal")
struct SigningKeyTests {
  @Test("A key that openssl makes is read, and what it signs openssl verifies")
  func openssl() throws {
    let folder = try TemporaryFolder("keys")
    try run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder.path("key")])
    let text = try String(contentsOfFile: folder.path("key"), encoding: .utf8)
    let key = try #require(SigningKey(pem: text))
    #expect(key.pem == text)
    let message = Array("a record\n".utf8)
    try folder.write("a record\n", to: "message")
    try Data(try key.signature(of: message)).write(to: URL(fileURLWithPath: folder.path("signature")))
    try run([
      "openssl", "pkeyutl", "-verify", "-inkey", folder.path("key"), "-rawin", "-in", folder.path("message"), "-sigfile",
      folder.path("signature"),
    ])
    #expect(key.publicKey.isValid(try key.signature(of: message), of: message))
    #expect(try key.signature(of: message) == key.signature(of: message), "the same records make the same commit")
  }

  @Test(
    "Nothing but one Ed25519 key in PEM is one",
    arguments: ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
  func other(text: String) { #expect(SigningKey(pem: text) == nil) }

  @Test("A signature of another key, of other bytes, or of another length is none")
  func wrong() throws {
    let (key, other) = (SigningKey(), SigningKey())
    let signature = try key.signature(of: [1, 2, 3])
    #expect(!other.publicKey.isValid(signature, of: [1, 2, 3]) && !key.publicKey.isValid(signature, of: [1, 2]))
    #expect(!key.publicKey.isValid(Array(signature.dropLast()), of: [1, 2, 3]) && !key.publicKey.isValid([], of: []))
    #expect(key.publicKey.id != other.publicKey.id && key.publicKey.id.count == 32 && VerifyingKey([1]) == nil)
  }
}
