/// Reads the plain files that nearly all posts are without libyaml, which takes ten times as long: block mappings and lists, values on one
/// line, literal blocks and lists of plain words in brackets, with spaces and line feeds alone.
///
/// What it reads comes out exactly as libyaml's events would have it, marks included; at the first thing that it is not sure of it gives up,
/// and libyaml reads the whole file. `Tests/YAMLTests` holds the two against each other.
struct PlainScan {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  /// From 1, as marks have it.
  private var line = 1
  /// Where the line starts.
  private var start = 0
  /// Whether the line has characters of several bytes, so that columns have to be counted.
  private var isWide = false
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Fills an empty document; `false` where it gave up, and left it in any state.
  mutating func read(into document: inout Document) -> Bool {
    guard (1...Self.largest).contains(bytes.count), bytes[bytes.count - 1] == Self.lineFeed else { return false }
    guard !bytes.contains(where: { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) else { return false }
    guard let indent = nextLine(), indent == 0, mapping(at: 0, into: &document), place == bytes.count else { return false }
    guard document.problems.isEmpty else { return false }
    document.isComplete = true
    return true
  }

  private static let largest = 64 << 10
  private static let mostNodes = 4000
  private static let deepest = 8
  private static let lineFeed = UInt8(ascii: "\n")
}

// Lines and marks.
extension PlainScan {
  /// Goes to the next line that says something, the one at `place` included, which is where a line starts; its indentation, or -1 at the end.
  private mutating func nextLine() -> Int? {
    while place < bytes.count {
      begin(at: place)
      while bytes[place] == UInt8(ascii: " ") { place += 1 }
      switch bytes[place] {
      case Self.lineFeed: skipLine()
      case UInt8(ascii: "#"): skipLine()
      default: return place - start
      }
    }
    return -1
  }

  private mutating func begin(at place: Int) {
    start = place
    isWide = false
  }

  /// Goes behind the line feed.
  private mutating func skipLine() {
    while bytes[place] != Self.lineFeed { place += 1 }
    place += 1
    line += 1
  }

  /// Goes behind the line feed, where nothing but blanks and a comment are before it; `false` elsewhere.
  private mutating func endLine() -> Bool {
    let end = place
    while bytes[place] == UInt8(ascii: " ") { place += 1 }
    guard bytes[place] == Self.lineFeed || bytes[place] == UInt8(ascii: "#") && place > end else { return false }
    skipLine()
    return true
  }

  private func mark(_ place: Int) -> Mark {
    var column = place - start + 1
    if isWide { for index in start..<place where bytes[index] & 0xC0 == 0x80 { column -= 1 } }
    return Mark(line: line, column: column)
  }
}

// Containers. Each is entered with `place` at its first character, and left with `place` at the start of a line or at what follows it there.
extension PlainScan {
  /// Keys at one indentation, to the first line that stands further out.
  private mutating func mapping(at indent: Int, into document: inout Document) -> Bool {
    guard let node = open(.mapping, into: &document) else { return false }
    var next = indent
    while next == indent {
      guard key(into: &document), value(of: indent, into: &document) else { return false }
      document.nodes[node].children += 2
      guard let following = lineAfter() else { return false }
      next = following
    }
    guard next < indent else { return false }
    close(node, in: &document)
    document.noteDuplicateKeys(of: NodeID(node))
    return true
  }

  /// Items behind dashes at one indentation.
  private mutating func list(at indent: Int, into document: inout Document) -> Bool {
    guard let node = open(.sequence, into: &document) else { return false }
    var next = indent
    while next == indent, bytes[place] == UInt8(ascii: "-") {
      guard bytes[place + 1] == UInt8(ascii: " ") else { return false }
      place += 1
      while bytes[place] == UInt8(ascii: " ") { place += 1 }
      document.nodes[node].children += 1
      if isKey() {
        guard mapping(at: place - start, into: &document) else { return false }
      } else {
        guard scalar(into: &document), endLine() else { return false }
      }
      guard let following = lineAfter() else { return false }
      next = following
    }
    guard next <= indent else { return false }
    close(node, in: &document)
    return true
  }

  /// The indentation of what comes next: that of the line at whose start `place` is, or the one at whose text a container within ended.
  private mutating func lineAfter() -> Int? {
    place == start || place == bytes.count || bytes[place - 1] == Self.lineFeed ? nextLine() : place - start
  }

  private mutating func value(of indent: Int, into document: inout Document) -> Bool {
    let colon = place
    place += 1
    while bytes[place] == UInt8(ascii: " ") { place += 1 }
    switch bytes[place] {
    case Self.lineFeed: return block(below: indent, into: &document)
    case UInt8(ascii: "#"):
      guard place > colon + 1 else { return false }
      return block(below: indent, into: &document)
    case UInt8(ascii: "|"): return literal(below: indent, into: &document)
    case UInt8(ascii: "["): return words(into: &document) && endLine()
    default: return scalar(into: &document) && endLine()
    }
  }

  /// What stands on the lines below a key.
  private mutating func block(below indent: Int, into document: inout Document) -> Bool {
    skipLine()
    guard let next = nextLine(), next >= indent else { return false }
    if bytes[place] == UInt8(ascii: "-") { return list(at: next, into: &document) }
    return next > indent && isKey() && mapping(at: next, into: &document)
  }

  private mutating func open(_ kind: Node.Kind, into document: inout Document) -> Int? {
    guard depth < Self.deepest, document.nodes.count < Self.mostNodes else { return nil }
    depth += 1
    let mark = mark(place)
    append(kind, .plain, Span(mark, mark), from: document.text.count, into: &document)
    return document.nodes.count - 1
  }

  private mutating func close(_ node: Int, in document: inout Document) {
    depth -= 1
    document.nodes[node].next = Int32(truncatingIfNeeded: document.nodes.count)
    document.nodes[node].span = Span(document.nodes[node].span.start, document.nodes[document.nodes.count - 1].span.end)
  }

  private func append(_ kind: Node.Kind, _ style: Node.Style, _ span: Span, from textStart: Int, into document: inout Document) {
    document.nodes.append(
      Node(
        kind: kind, style: style, span: span, textStart: Int32(truncatingIfNeeded: textStart),
        textEnd: Int32(truncatingIfNeeded: document.text.count), next: Int32(truncatingIfNeeded: document.nodes.count + 1), children: 0))
  }
}

// Scalars.
extension PlainScan {
  /// Whether a plain key and its colon stand here.
  private func isKey() -> Bool {
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
  private mutating func key(into document: inout Document) -> Bool {
    guard document.nodes.count < Self.mostNodes, isKey(), let end = endOfKey() else { return false }
    append(from: place, to: end, .plain, into: &document)
    place = end
    return true
  }

  /// A value on one line, plain or in quotes.
  private mutating func scalar(into document: inout Document) -> Bool {
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
  private mutating func words(into document: inout Document) -> Bool {
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
  private mutating func literal(below indent: Int, into document: inout Document) -> Bool {
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
