import Crypto
import FoundationEssentials

/// A private Ed25519 key, in the form that `openssl genpkey -algorithm ed25519` writes. Source: RFC 8032; RFC 8410 for the file.
public struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey
  public let publicKey: VerifyingKey

  /// A new one.
  public init() { self.init(Curve25519.Signing.PrivateKey()) }

  /// `nil` for anything but one key in that form: nothing of what the file says may stand in an error.
  public init?(pem text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
    guard lines.count >= 3, lines.first == Self.begin, lines.last == Self.end,
      let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()), der.starts(with: Self.head),
      der.count == Self.head.count + 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.suffix(32))
    else { return nil }
    self.init(key)
  }

  private init(_ key: Curve25519.Signing.PrivateKey) {
    self.key = key
    publicKey = VerifyingKey(known: Array(key.publicKey.rawRepresentation))
  }

  /// The file's content.
  public var pem: String {
    "\(Self.begin)\n\((Data(Self.head) + key.rawRepresentation).base64EncodedString())\n\(Self.end)\n"
  }

  /// 64 bytes, the same each time.
  public func signature(of message: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: message)) }

  private static let begin = "-----BEGIN PRIVATE KEY-----"
  private static let end = "-----END PRIVATE KEY-----"
  /// A PKCS #8 structure of version 0 with the algorithm 1.3.101.112, up to the 32 bytes of the key.
  private static let head: [UInt8] = [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
}

/// A public Ed25519 key, and the name that follows from it.
public struct VerifyingKey: Hashable, Sendable {
  /// 32 bytes.
  public let bytes: [UInt8]
  /// 32 hexadecimal digits, half of the SHA-256 of the key: nobody finds another key with the same ones.
  public let id: String

  /// `nil` where it is not 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.init(known: bytes)
  }

  fileprivate init(known bytes: [UInt8]) {
    self.bytes = bytes
    id = SHA256.hash(data: bytes).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    PublicKey.ed25519(bytes).isValid(ed25519: signature, of: message)
  }
}
