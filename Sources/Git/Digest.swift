import Crypto

/// SHA-1, which names git's objects, and which known_hosts needs for hashed host names. It protects nothing here.
enum Digest {
  /// The SHA-1 of one part, or of two on end.
  static func id(of first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer? = nil) -> ObjectID {
    var digest = Insecure.SHA1()
    digest.update(bufferPointer: first)
    if let second { digest.update(bufferPointer: second) }
    return digest.finalize().withUnsafeBytes { bytes in
      guard let address = bytes.baseAddress else { preconditionFailure("a SHA-1 has 20 bytes") }
      return ObjectID(at: address)
    }
  }

  static func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: key)))
  }
}

/// Base 64 with the usual alphabet (RFC 4648, section 4).
enum Base64 {
  static func encode(_ bytes: [UInt8], padded: Bool = true) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for digit in 0...group.count { text.append(alphabet[Int(bits >> (18 - 6 * UInt32(digit)) & 63)]) }
      if padded { text += String(repeating: "=", count: 3 - group.count) }
    }
    return text
  }

  /// Nil for anything but whole groups of the alphabet.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var (bytes, bits, count) = ([UInt8](), UInt32(0), 0)
    for character in text where character != "=" {
      guard let digit = alphabet.firstIndex(of: character) else { return nil }
      (bits, count) = ((bits << 6 | UInt32(digit)) & 0xFFFF, count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
