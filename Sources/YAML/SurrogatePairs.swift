/// Characters that a file spells as JSON libraries do, with two escapes for one character: `"\ud83d\ude00"`. YAML knows no such halves, and
/// libyaml refuses them.
///
/// It is given private characters instead, whose escapes are as long (`\ue03d\ue600`), so that everything stands where it stood; they are
/// put back in what it decodes, and as letters where nothing was decoded.
///
/// - Source: RFC 8259, section 7; Unicode 15, section 3.9, D91.
struct SurrogatePairs {
  /// The file with the private characters in it.
  let bytes: [UInt8]

  /// Nil where there are no halves, or where the file has such private characters itself, and nobody could tell them apart.
  init?(in source: UnsafeBufferPointer<UInt8>) {
    var found: [Int] = []
    for place in source.indices.dropLast(5) {
      if source[place] == 0xEE, source[place + 1] < 0xA0 { return nil }
      guard source[place] == Self.backslash else { continue }
      if source[place + 1] == UInt8(ascii: "U"), Self.isPrivate(source, at: place + 6) { return nil }
      guard source[place + 1] == UInt8(ascii: "u") else { continue }
      if Self.isPrivate(source, at: place + 2) { return nil }
      if Self.privateDigits(source[place + 2], source[place + 3]) != nil { found.append(place + 2) }
    }
    guard !found.isEmpty else { return nil }
    var bytes = Array(source)
    for place in found {
      if let (first, second) = Self.privateDigits(bytes[place], bytes[place + 1]) { (bytes[place], bytes[place + 1]) = (first, second) }
    }
    self.bytes = bytes
  }

  /// What the file says in the place of what libyaml made of a scalar; nil for half a character.
  static func restored(_ scalar: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var text = [UInt8]()
    text.reserveCapacity(scalar.count)
    var place = 0
    while place < scalar.count {
      if let high = half(scalar, at: place) {
        guard high < 0x400, let low = half(scalar, at: place + 3), low >= 0x400,
          let character = Unicode.Scalar(0x10000 + high << 10 | (low - 0x400))
        else { return nil }
        text += UTF8.encode(character).map(Array.init) ?? []
        place += 6
      } else if scalar[place] == backslash, place + 5 < scalar.count, scalar[place + 1] == UInt8(ascii: "u"),
        isPrivate(scalar, at: place + 2)
      {
        text += [
          backslash, UInt8(ascii: "u"), scalar[place + 2] - 1, surrogateDigit(scalar[place + 3], besideCapital: scalar[place + 2] < 0x60),
        ]
        place += 4
      } else {
        text.append(scalar[place])
        place += 1
      }
    }
    return text
  }

  private static let backslash = UInt8(ascii: "\\")

  /// Of the halves, the first are 0 to 3FF and the second 400 to 7FF: the private characters from U+E000.
  private static func half(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> UInt32? {
    guard place + 2 < bytes.count, bytes[place] == 0xEE, bytes[place + 1] < 0xA0 else { return nil }
    return UInt32(bytes[place + 1] & 0x3F) << 6 | UInt32(bytes[place + 2] & 0x3F)
  }

  /// `d8` to `df` as `e0` to `e7`, `D8` as `E0`; nil for other digits, and for letters of two kinds, which would not be found again.
  private static func privateDigits(_ first: UInt8, _ second: UInt8) -> (UInt8, UInt8)? {
    guard first == UInt8(ascii: "d") || first == UInt8(ascii: "D") else { return nil }
    switch second {
    case UInt8(ascii: "8"), UInt8(ascii: "9"): return (first + 1, second - 8)
    case first - 3...first + 2: return (first + 1, UInt8(ascii: "2") + second - (first - 3))
    default: return nil
    }
  }

  private static func surrogateDigit(_ digit: UInt8, besideCapital isCapital: Bool) -> UInt8 {
    digit < UInt8(ascii: "2") ? digit + 8 : digit - UInt8(ascii: "2") + UInt8(ascii: isCapital ? "A" : "a")
  }

  private static func isPrivate(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard place + 1 < bytes.count else { return false }
    return bytes[place] | 0x20 == UInt8(ascii: "e") && (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[place + 1])
  }
}
