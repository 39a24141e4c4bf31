/// Searches prose for what its readers cannot see, or would take for something else.
enum TextCheck {
  struct Finding {
    var rule: Rule
    var message: String
    var hint: String
  }

  /// At most one finding a rule; nothing, and quickly, for ASCII and for most of what is not.
  static func findings(in text: String) -> [Finding] {
    var text = text
    let (isInnocent, hasLink) = text.withUTF8 { bytes in bytes.allSatisfy { $0 < 0x80 } ? (true, false) : look(at: bytes) }
    if isInnocent, !hasLink { return [] }
    return [isInnocent ? nil : bidi(text), isInnocent ? nil : invisible(text), hasLink ? link(text) : nil].compactMap(\.self)
  }

  /// Whether no character can be one of those that ``bidi(_:)`` and ``invisible(_:)`` look for, going by the two bytes that they begin with,
  /// and whether there is a link: to look for either character by character costs more than all else that is asked of a post.
  private static func look(at bytes: UnsafeBufferPointer<UInt8>) -> (isInnocent: Bool, hasLink: Bool) {
    var (isInnocent, hasLink) = (true, false)
    var (before, last): (UInt8, UInt8) = (0, 0)
    for byte in bytes {
      switch (last, byte) {
      // U+00AD, U+180E, U+200B to U+206F, U+FEFF, and U+E0001
      case (0xC2, 0xAD), (0xE1, 0xA0), (0xE2, 0x80...0x81), (0xEF, 0xBB), (0xF3, 0xA0): isInnocent = false
      case (UInt8(ascii: "/"), UInt8(ascii: "/")): if before == UInt8(ascii: ":") { hasLink = true }
      default: break
      }
      (before, last) = (last, byte)
    }
    return (isInnocent, hasLink)
  }

  /// Embeddings, overrides and isolates: they reorder what is around them. Source: Unicode UAX #9, UTS #39.
  private static func bidi(_ text: String) -> Finding? {
    let control = text.unicodeScalars.first { (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value) }
    guard let control else { return nil }
    return Finding(
      rule: .textBidi, message: "contains \(name(control)), which changes the order in which text is shown",
      hint: "remove it unless it was meant; what people see may differ from what is sent")
  }

  /// Characters without width. Joiners are part of emoji and of many scripts, so they count only behind a Latin character.
  private static func invisible(_ text: String) -> Finding? {
    var before: Unicode.Scalar = "a"
    for character in text.unicodeScalars {
      switch character.value {
      case 0x200B, 0x2060...0x2064, 0xFEFF, 0x00AD, 0x180E, 0xE0001: break
      case 0x200C, 0x200D: if !before.isASCII { continue }
      default:
        before = character
        continue
      }
      return Finding(
        rule: .textInvisible, message: "contains \(name(character)), which cannot be seen", hint: "remove it unless it was meant")
    }
    return nil
  }

  /// A host in which one label mixes Latin letters with others that look like them. Source: Unicode UTS #39, 5.
  private static func link(_ text: String) -> Finding? {
    for host in hosts(in: text) {
      for label in host.split(separator: ".") {
        let letters = label.unicodeScalars.filter(\.properties.isAlphabetic)
        let lookalikes = letters.contains { (0x370...0x52F).contains($0.value) || (0x531...0x58A).contains($0.value) }
        let isMixed = letters.contains(where: { $0.value < 0x250 }) && lookalikes
        if isMixed {
          return Finding(
            rule: .textLink, message: "has a link to \(quoted(host)), which mixes letters of several scripts",
            hint: "check that it leads where it seems to lead, or write its xn-- form")
        }
      }
    }
    return nil
  }

  private static func hosts(in text: String) -> [Substring] {
    var hosts: [Substring] = []
    var rest = text.unicodeScalars[...]
    while let start = rest.firstRange(of: Array("://".unicodeScalars)) {
      rest = rest[start.upperBound...]
      hosts.append(Substring(rest.prefix { !$0.properties.isWhitespace && !"/?#:".unicodeScalars.contains($0) }))
    }
    return hosts
  }

  private static func name(_ character: Unicode.Scalar) -> String {
    let digits = String(character.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return character.properties.name.map { "\(code) (\($0.lowercased()))" } ?? code
  }
}
