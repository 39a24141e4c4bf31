/// The bytes of a file before libyaml sees them: what it would accept and we do not, and what would make it slow.
struct Source {
  /// Without the byte order mark that some editors write in front of UTF-8.
  let bytes: UnsafeBufferPointer<UInt8>
  private let startsAsUTF16: Bool

  init(_ whole: UnsafeBufferPointer<UInt8>) {
    let hasMark = whole.count >= 3 && whole[0] == 0xEF && whole[1] == 0xBB && whole[2] == 0xBF
    bytes = hasMark ? UnsafeBufferPointer(rebasing: whole[3...]) : whole
    startsAsUTF16 =
      whole.count >= 2
      && ((whole[0] == 0xFE && whole[1] == 0xFF) || (whole[0] == 0xFF && whole[1] == 0xFE) || (whole[0] == 0) != (whole[1] == 0))
  }

  /// An encoding, a character or a directive that keeps the file from being parsed at all.
  func firstProblem() -> Problem? {
    if startsAsUTF16 { return Problem(.utf16, at: .wholeFile) }
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        place += 1
        continue
      }
      guard let (character, length) = scalar(at: place) else { return Problem(.invalidUTF8, at: span(at: place)) }
      if Self.isRefused(character) { return Problem(.controlCharacter(character), at: span(at: place)) }
      place += length
    }
    return directive()
  }

  /// C0 but tab and line ends, DEL, C1, a byte order mark inside, the separators that only YAML takes for line ends, and non-characters.
  static func isRefused(_ character: UInt32) -> Bool {
    switch character {
    case 0x09, 0x0A, 0x0D: false
    case 0...0x1F, 0x7F...0x9F, 0xFEFF, 0x2028, 0x2029, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// The scalar that starts at `place` and its length in bytes; `nil` where it is not well-formed UTF-8 (Unicode 15, table 3-7).
  private func scalar(at place: Int) -> (UInt32, Int)? {
    let first = bytes[place]
    let length: Int
    switch first {
    case 0..<0x80: return (UInt32(first), 1)
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: return nil
    }
    guard place + length <= bytes.count else { return nil }
    var character = UInt32(first) & (0x7F >> UInt32(length))
    for next in place + 1..<place + length {
      guard bytes[next] & 0xC0 == 0x80 else { return nil }
      character = character << 6 | UInt32(bytes[next] & 0x3F)
    }
    let smallest: UInt32 = length == 3 ? 0x800 : length == 4 ? 0x10000 : 0x80
    guard character >= smallest, character <= 0x10FFFF, !(0xD800...0xDFFF).contains(character) else { return nil }
    return (character, length)
  }

  /// `%YAML` or `%TAG` before the document. Found here because libyaml compares every directive with all those before it.
  private func directive() -> Problem? {
    var place = 0
    var line = 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "%"): return Problem(.directive, at: Span(Mark(line: line, column: 1), Mark(line: line, column: 2)))
      case UInt8(ascii: "#"), UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0A, 0x0D: break
      default: return nil
      }
      guard let end = restOfLine(from: place, mayHoldText: false) else { return nil }
      place = end
      line += 1
    }
    return nil
  }

  /// Where the line after the one at `place` starts; `nil` if text stands before its end, unless it may.
  private func restOfLine(from start: Int, mayHoldText: Bool) -> Int? {
    var place = start
    var isComment = mayHoldText
    while place < bytes.count {
      switch bytes[place] {
      case 0x0A: return place + 1
      case 0x0D: return place + (place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1)
      case UInt8(ascii: "#"): isComment = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"): break
      default: if !isComment { return nil }
      }
      place += 1
    }
    return place
  }

  /// The first line at or after `mark` that holds anything but blanks and comments; what follows a document.
  func firstText(from mark: Mark) -> Span? {
    var place = 0
    var line: Int32 = 1
    while line < mark.line, let next = restOfLine(from: place, mayHoldText: true), next > place {
      place = next
      line += 1
    }
    var column: Int32 = 1
    while column < mark.column, place < bytes.count {
      place += 1
      while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
      column += 1
    }
    while place < bytes.count {
      guard let next = restOfLine(from: place, mayHoldText: false) else {
        let start = Mark(line: Int(line), column: Int(column))
        return Span(start, Mark(line: Int(line), column: Int(column) + 1))
      }
      place = next
      line += 1
      column = 1
    }
    return nil
  }

  /// Line and column of a byte, counted as libyaml counts them.
  func span(at byte: Int) -> Span {
    var line = 1
    var column = 1
    for place in 0..<min(byte, bytes.count) {
      switch bytes[place] {
      case 0x0A: (line, column) = (line + 1, 1)
      case 0x0D where place + 1 < bytes.count && bytes[place + 1] == 0x0A: break
      case 0x0D: (line, column) = (line + 1, 1)
      case 0x80...0xBF: break
      default: column += 1
      }
    }
    return Span(Mark(line: line, column: column), Mark(line: line, column: column + 1))
  }
}
