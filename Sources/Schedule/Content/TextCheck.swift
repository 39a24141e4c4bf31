/// Searches prose for what its readers cannot see, or would take for something else.
enum TextCheck {
  struct Finding {
    var rule: Rule
    var message: String
    var hint: String
  }

  /// At most one finding a rule; nothing, and quickly, for ASCII.
  static func findings(in text: String) -> [Finding] {
    var text = text
    guard !text.withUTF8({ bytes in bytes.allSatisfy { $0 < 0x80 } }) else { return [] }
    return [bidi(text), invisible(text), link(text)].compactMap(\.self)
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

  private static func hasLink(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var (before, last): (UInt8, UInt8) = (0, 0)
      for byte in bytes {
        if byte == UInt8(ascii: "/"), last == byte, before == UInt8(ascii: ":") { return true }
        (before, last) = (last, byte)
      }
      return false
    }
  }

  private static func hosts(in text: String) -> [Substring] {
    // Most texts have no link, and looking for one character by character costs more than all else that is asked of a post.
    guard hasLink(text) else { return [] }
    var hosts: [Substring] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "://") {
      rest = rest[start.upperBound...]
      hosts.append(rest.prefix { !$0.isWhitespace && !"/?#:".contains($0) })
    }
    return hosts
  }

  private static func name(_ character: Unicode.Scalar) -> String {
    let digits = String(character.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return character.properties.name.map { "\(code) (\($0.lowercased()))" } ?? code
  }
}
