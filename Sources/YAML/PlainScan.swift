/// Reads the plain files that nearly all posts are without libyaml, which takes ten times as long: block mappings and lists, values on one
/// line, literal blocks and lists of plain words in brackets, with spaces and line feeds alone.
///
/// What it reads comes out exactly as libyaml's events would have it, marks included; at the first thing that it is not sure of it gives up,
/// and libyaml reads the whole file. `Tests/YAMLTests` holds the two against each other.
struct PlainScan {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  /// From 1, as marks have it.
  var line = 1
  /// Where the line starts.
  var start = 0
  /// Whether the line has characters of several bytes, so that columns have to be counted.
  var isWide = false
  var depth = 0

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
  static let mostNodes = 4000
  private static let deepest = 8
  static let lineFeed = UInt8(ascii: "\n")
}

// Lines and marks.
extension PlainScan {
  /// Goes to the next line that says something, the one at `place` included, which is where a line starts; its indentation, or -1 at the end.
  mutating func nextLine() -> Int? {
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

  mutating func begin(at place: Int) {
    start = place
    isWide = false
  }

  /// Goes behind the line feed.
  mutating func skipLine() {
    while bytes[place] != Self.lineFeed { place += 1 }
    place += 1
    line += 1
  }

  /// Goes behind the line feed, where nothing but blanks and a comment are before it; `false` elsewhere.
  mutating func endLine() -> Bool {
    let end = place
    while bytes[place] == UInt8(ascii: " ") { place += 1 }
    guard bytes[place] == Self.lineFeed || bytes[place] == UInt8(ascii: "#") && place > end else { return false }
    skipLine()
    return true
  }

  func mark(_ place: Int) -> Mark {
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

  mutating func open(_ kind: Node.Kind, into document: inout Document) -> Int? {
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

  func append(_ kind: Node.Kind, _ style: Node.Style, _ span: Span, from textStart: Int, into document: inout Document) {
    document.nodes.append(
      Node(
        kind: kind, style: style, span: span, textStart: Int32(truncatingIfNeeded: textStart),
        textEnd: Int32(truncatingIfNeeded: document.text.count), next: Int32(truncatingIfNeeded: document.nodes.count + 1), children: 0))
  }
}
