/// Keys and values, and the words between brackets.
extension PlainScan {
  /// Whether a plain key and its colon stand here.
  func isKey() -> Bool {
    guard let end = endOfKey() else { return false }
    return bytes[end + 1] == UInt8(ascii: " ") || bytes[end + 1] == Self.lineFeed
  }

  private func endOfKey() -> Int? {
    var end = place
    while Self.isWord(bytes[end]) { end += 1 }
    guard end > place, end - place <= 128, Self.isLetter(bytes[place]), bytes[end] == UInt8(ascii: ":") else { return nil }
    return end
  }

  /// A key; `place` is at its colon then.
  mutating func key(into document: inout Document) -> Bool {
    guard document.nodes.count < Self.mostNodes, isKey(), let end = endOfKey() else { return false }
    append(from: place, to: end, .plain, into: &document)
    place = end
    return true
  }

  /// A value on one line, plain or in quotes.
  mutating func scalar(into document: inout Document) -> Bool {
    guard document.nodes.count < Self.mostNodes else { return false }
    switch bytes[place] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(into: &document)
    case let first where Self.isLetter(first) || Self.isDigit(first) || first >= 0x80 || first == UInt8(ascii: "/"): break
    default: return false
    }
    let first = place
    var end = place
    while true {
      let byte = bytes[place]
      if byte == Self.lineFeed { break }
      if byte == UInt8(ascii: ":"), bytes[place + 1] == UInt8(ascii: " ") || bytes[place + 1] == Self.lineFeed { return false }
      if byte == UInt8(ascii: "#"), bytes[place - 1] == UInt8(ascii: " ") { break }
      if byte >= 0x80 { isWide = true }
      place += 1
      if byte != UInt8(ascii: " ") { end = place }
    }
    append(from: first, to: end, .plain, into: &document)
    place = end
    return true
  }

  /// Without escapes, and on one line.
  private mutating func quoted(into document: inout Document) -> Bool {
    let (first, quote) = (place, bytes[place])
    place += 1
    while bytes[place] != quote {
      guard bytes[place] != Self.lineFeed, bytes[place] != UInt8(ascii: "\\") else { return false }
      if bytes[place] >= 0x80 { isWide = true }
      place += 1
    }
    let text = document.text.count
    document.text.append(contentsOf: bytes[first + 1..<place])
    place += 1
    // Two quotes in a row are one in the text.
    guard bytes[place] != quote else { return false }
    append(.scalar, .quoted, Span(mark(first), mark(place)), from: text, into: &document)
    return true
  }

  /// `[one, two]`: words of letters, digits, `_`, `-` and dots.
  mutating func words(into document: inout Document) -> Bool {
    guard let node = open(.sequence, into: &document) else { return false }
    place += 1
    while true {
      while bytes[place] == UInt8(ascii: " ") { place += 1 }
      if bytes[place] == UInt8(ascii: "]"), document.nodes[node].children == 0 { break }
      var end = place
      while Self.isWord(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
      guard end > place, Self.isLetter(bytes[place]) || Self.isDigit(bytes[place]), document.nodes.count < Self.mostNodes else {
        return false
      }
      append(from: place, to: end, .plain, into: &document)
      document.nodes[node].children += 1
      place = end
      while bytes[place] == UInt8(ascii: " ") { place += 1 }
      if bytes[place] == UInt8(ascii: "]") { break }
      guard bytes[place] == UInt8(ascii: ",") else { return false }
      place += 1
    }
    place += 1
    depth -= 1
    document.nodes[node].next = Int32(truncatingIfNeeded: document.nodes.count)
    document.nodes[node].span = Span(document.nodes[node].span.start, mark(place))
    return true
  }

  /// `|` or `|-`, and lines that stand further in than their key.
  mutating func literal(below indent: Int, into document: inout Document) -> Bool {
    guard document.nodes.count < Self.mostNodes else { return false }
    let first = mark(place)
    place += 1
    let isStripped = bytes[place] == UInt8(ascii: "-")
    if isStripped { place += 1 }
    while bytes[place] == UInt8(ascii: " ") { place += 1 }
    guard bytes[place] == Self.lineFeed else { return false }
    skipLine()
    let inner = indentation()
    guard inner > indent, place + inner < bytes.count, bytes[place + inner] != Self.lineFeed else { return false }
    let (text, blanks) = (document.text.count, lines(at: inner, into: &document))
    // Every line brought its line feed; those of blank lines at the end are left out, and with them the last one where that is asked for.
    document.text.removeLast(blanks + (isStripped ? 1 : 0))
    append(.scalar, .block, Span(first, mark(place)), from: text, into: &document)
    return true
  }

  /// Takes lines that stand at least so far in, and blank ones; how many of these were the last.
  private mutating func lines(at indent: Int, into document: inout Document) -> Int {
    var blanks = 0
    while place < bytes.count {
      let found = min(indentation(), indent)
      if bytes[place + found] == Self.lineFeed {
        blanks += 1
        place += found
        document.text.append(Self.lineFeed)
      } else {
        guard found == indent else { break }
        blanks = 0
        let from = place + indent
        place = from
        while bytes[place] != Self.lineFeed { place += 1 }
        document.text.append(contentsOf: bytes[from...place])
      }
      place += 1
      line += 1
    }
    begin(at: place)
    return blanks
  }

  /// How many spaces the line at `place` starts with.
  private func indentation() -> Int {
    var end = place
    while end < bytes.count, bytes[end] == UInt8(ascii: " ") { end += 1 }
    return end - place
  }

  private mutating func append(from first: Int, to end: Int, _ style: Node.Style, into document: inout Document) {
    let text = document.text.count
    document.text.append(contentsOf: bytes[first..<end])
    append(.scalar, style, Span(mark(first), mark(end)), from: text, into: &document)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") }
}
