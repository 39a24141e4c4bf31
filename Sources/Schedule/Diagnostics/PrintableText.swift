extension Unicode.Scalar {
  /// Whether a terminal would act on it, or show other text differently because of it, or nothing at all: C0, DEL, C1, line and
  /// paragraph separators, bidi controls, and what has no width and joins nothing.
  var isUnprintable: Bool {
    switch value {
    case 0...0x1F, 0x7F...0x9F, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x061C, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE007F:
      true
    default: false
    }
  }

  /// `\u{1B}` for what is unprintable, itself otherwise.
  var printable: String { isUnprintable ? "\\u{\(String(value, radix: 16, uppercase: true))}" : String(self) }

  /// How many cells of a terminal it takes: none for marks that combine, two for wide letters and emoji. Source: Unicode UAX #11.
  var cells: Int {
    switch value {
    case 0x20...0x2FF: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default:
      switch properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return 1
      }
    }
  }
}

extension StringProtocol {
  /// The text with everything escaped that a terminal would act on: for whatever comes from files, remotes and platforms.
  public var printable: String {
    let text = unicodeScalars.contains(where: \.isUnprintable) ? unicodeScalars.map(\.printable).joined() : String(self)
    return text.withoutRunnerCommands
  }

  /// Whether there may be a `##[command]` or `##vso[command]` in it, which runners of CI act on wherever it stands in a line of the log.
  private var hasRunnerCommand: Bool {
    var before: UInt8 = 0
    for byte in utf8 {
      if byte == UInt8(ascii: "#"), before == byte { return true }
      before = byte
    }
    return false
  }

  /// The text with these made harmless.
  var withoutRunnerCommands: String {
    guard hasRunnerCommand else { return String(self) }
    let scalars = Array(unicodeScalars)
    var shown = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
      let isSecond = scalar == "#" && place > 0 && scalars[place - 1] == "#"
      let end = isSecond ? scalars[(place + 1)...].first { !$0.isASCII || !$0.properties.isAlphabetic } : nil
      if end == "[" { shown.append(contentsOf: "\\u{23}".unicodeScalars) } else { shown.append(scalar) }
    }
    return String(shown)
  }

  /// The same for text of ours that has lines: its line ends stay.
  public var printableLines: String {
    String(self).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(
      separator: "\n")
  }
}
