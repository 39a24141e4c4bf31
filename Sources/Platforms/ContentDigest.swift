import Crypto

/// SHA-256, in hexadecimal.
public enum ContentDigest {
  public static func sha256(_ bytes: some Sequence<UInt8>) -> String { sha256(Array(bytes)) }

  /// The same without a copy.
  public static func sha256(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).withUnsafeBytes(hexadecimal) }

  private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { text in
      var place = 0
      for byte in bytes {
        (text[place], text[place + 1]) = (digit(byte >> 4), digit(byte & 15))
        place += 2
      }
      return place
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
