/// Names and values of a query or of a form.
///
/// - Source: `application/x-www-form-urlencoded` of the URL standard, read strictly: each name once, every escape whole.
enum TikTokForm {
  /// `nil` where it is damaged, or a name stands twice.
  static func parse(_ text: some StringProtocol) -> [String: String]? {
    var pairs: [String: String] = [:]
    for part in text.split(separator: "&", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, let name = decode(sides[0]), let value = decode(sides[1]), pairs.updateValue(value, forKey: name) == nil
      else { return nil }
    }
    return pairs
  }

  private static func decode(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        let digits = rest.prefix(2)
        guard digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
        bytes.append(code)
        rest = rest.dropFirst(2)
      case 0x21...0x7E: bytes.append(byte)
      default: return nil
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Everything but letters, digits and `-._~` escaped.
  static func encode(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
