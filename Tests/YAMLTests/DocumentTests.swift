import Testing
import YAML

@Suite("Reading YAML")
struct DocumentTests {
  @Test("A mapping gives its keys and values in order, with the place of each")
  func mapping() throws {
    let document = Document(Array("title: Café é x\nlist: [a, 'b']\n".utf8))
    #expect(document.problems == [] && document.isComplete)
    let root = try #require(document.root)
    let entries = Array(document.entries(of: root))
    #expect(entries.map { document.string($0.key) } == ["title", "list"])
    #expect(document.string(entries[0].value) == "Café é x")
    #expect(document[entries[0].value].span == Span(Mark(line: 1, column: 8), Mark(line: 1, column: 16)))
    #expect(document.items(of: entries[1].value).map { document.string($0) } == ["a", "b"])
    #expect(document[entries[1].value].span == Span(Mark(line: 2, column: 7), Mark(line: 2, column: 15)))
  }

  @Test(
    "Blocks keep their lines, quotes decode their escapes",
    arguments: [
      ("a: |\n  one\n  two\n", "one\ntwo\n"), ("a: >-\n  one\n  two\n", "one two"), ("a: \"x\\ty\\n\"", "x\ty\n"), ("a: 'it''s'", "it's"),
      ("a: no", "no"), ("\u{FEFF}a: bom", "bom"), ("a: |\r\n  one\r\n", "one\n"),
    ])
  func scalars(text: String, value: String) throws {
    let document = Document(Array(text.utf8))
    let root = try #require(document.root)
    let entry = try #require(Array(document.entries(of: root)).first)
    #expect(document.string(entry.value) == value && document.problems == [])
  }

  @Test("A document can be read into again, and keeps nothing of the one before")
  func again() {
    var document = Document(Array("a: [&x b, *x]\n".utf8))
    #expect(document.problems.count == 2)
    document.read(Array("c: d\n".utf8))
    #expect(document.problems == [] && document.isComplete)
    document.read([])
    #expect(document.root == nil && document.isComplete)
  }

  @Test("Several problems of one file are told at once, in one go")
  func several() {
    let document = Document(Array("a: &x 1\na: !!str 2\nb: *x\nc: \"\\u0000\"\n".utf8))
    #expect(document.problems.count == 5 && document.isComplete)
  }
}

@Suite("Hostile YAML")
struct HostileTests {
  @Test(
    "What the format leaves out is refused where it stands",
    arguments: refusals)
  func refused(text: String, kind: Problem.Kind, line: Int, column: Int) throws {
    let problem = try #require(Document(Array(text.utf8)).problems.first)
    #expect(problem.kind == kind)
    #expect(problem.span.start == Mark(line: line, column: column))
  }

  @Test(
    "Bytes that are not UTF-8 are refused",
    arguments: encodings)
  func encoding(bytes: [UInt8], kind: Problem.Kind) { #expect(Document(bytes).problems.map(\.kind) == [kind]) }

  @Test(
    "Limits hold exactly",
    arguments: boundaries.map { (Long(text: $0), $1) })
  func limits(file: Long, kind: Problem.Kind?) { #expect(Document(Array(file.text.utf8)).problems.first?.kind == kind) }

  /// Far above what they take, and far below what libyaml alone takes for some of them: over a minute.
  @Test(
    "A megabyte made to be slow is read or refused within a second",
    arguments: slowFiles.map(Long.init))
  func fast(file: Long) {
    let taken = ContinuousClock().measure { _ = Document(Array(file.text.utf8)) }
    #expect(taken < .seconds(1))
  }

  @Test("No cut of a file is more than a problem")
  func cuts() {
    let text = Array("a: &x \"q\\u00e9\"\nb: [1, {c: 'd'}]\n? e\n: |\n  f\n--- !t\n...\n".utf8)
    for count in 0...text.count { _ = Document(Array(text[..<count])) }
    for place in text.indices {
      for byte in [UInt8(ascii: "{"), 0, 0xFF, UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\"")] {
        var changed = text
        changed[place] = byte
        let document = Document(changed)
        #expect(document.isComplete || !document.problems.isEmpty)
      }
    }
  }
}

private func nested(_ levels: Int) -> String { String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
private func items(_ count: Int) -> String { "[" + String(repeating: "a,", count: count) + "]" }

private let refusals: [(String, Problem.Kind, Int, Int)] = [
  ("a: &x b", Problem.Kind.anchor("x"), 1, 4), ("a: *x", .alias("x"), 1, 4), ("a: !!str b", .tag("tag:yaml.org,2002:str"), 1, 4),
  ("%YAML 1.1\n---\na: b", .directive, 1, 1), ("# c\n%TAG ! x\n---\na: b", .directive, 2, 1),
  ("a: b\n---\nc: d", .secondDocument, 2, 1), ("a: b\n...\n# c\nd", .secondDocument, 4, 1),
  ("a: b\n...\n%TAG ! x", .secondDocument, 3, 1),
  ("? [a]\n: b", .keyNotText, 1, 3), ("a: 1\nb: 2\na: 3", .duplicateKey("a", first: Mark(line: 1, column: 1)), 3, 1),
  ("a: {b: 1, \"b\": 2}", .duplicateKey("b", first: Mark(line: 1, column: 5)), 1, 11),
  ("a: \"x\\0\"", .controlCharacter(0), 1, 4), ("a: \"\\e[2J\"", .controlCharacter(0x1B), 1, 4),
  ("a: \"\\x9b\"", .controlCharacter(0x9B), 1, 4),
  ("a: \"\\r\"", .controlCharacter(0x0D), 1, 4), ("é: \u{85}", .controlCharacter(0x85), 1, 4),
  ("a: x\u{FEFF}", .controlCharacter(0xFEFF), 1, 5),
  ("a: b\u{2028}c", .controlCharacter(0x2028), 1, 5), ("a:\n \u{7F}", .controlCharacter(0x7F), 2, 2),
]

private let encodings: [([UInt8], Problem.Kind)] = [
  ([0x61, 0xFF], Problem.Kind.invalidUTF8), ([0x61, 0xC0, 0x80], .invalidUTF8), ([0xED, 0xA0, 0x80], .invalidUTF8),
  ([0xF4, 0x90, 0x80, 0x80], .invalidUTF8),
  ([0xE2, 0x82], .invalidUTF8), ([0xFF, 0xFE, 0x61, 0], .utf16), ([0xFE, 0xFF, 0, 0x61], .utf16), ([0x61, 0, 0x3A, 0], .utf16),
  ([0, 0x61], .utf16), ([0x61, 0x3A, 0x20, 0], .controlCharacter(0)),
]

/// A text that no log of a run should have in full: it goes by its beginning and its size.
struct Long: Sendable, CustomTestStringConvertible {
  let text: String

  var testDescription: String {
    let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(24)))
    return "\(start.debugDescription)… of \(text.utf8.count) bytes"
  }
}

private let boundaries: [(String, Problem.Kind?)] = [
  (nested(32), nil), (nested(33), Problem.Kind.tooDeep), (items(9_999), nil), (items(10_000), .tooManyNodes),
  (String(repeating: "k", count: 256) + ": v", nil), (String(repeating: "k", count: 257) + ": v", .keyTooLong),
  ("a: " + String(repeating: "v", count: 262_144), nil), ("a: " + String(repeating: "v", count: 262_145), .scalarTooLong),
  ("#" + String(repeating: "v", count: 1_048_575), nil),
  ("#" + String(repeating: "v", count: 1_048_576), .fileTooLarge(bytes: 1_048_577)),
]

private let slowFiles: [String] = [
  String(repeating: "[", count: 200_000), String(repeating: "[\n", count: 200_000), String(repeating: "{a: ", count: 200_000),
  String(repeating: "- ", count: 200_000), String(repeating: "? ", count: 200_000), "[" + String(repeating: "&a b,", count: 200_000),
  (0..<60_000).map { "%TAG !\($0)! x\n" }.joined(), "a: b\n...\n" + (0..<60_000).map { "%TAG !\($0)! x\n" }.joined(),
  String(repeating: "a: b\n", count: 200_000), (0..<90_000).map { "k\($0): b\n" }.joined(),
  "a: &" + String(repeating: "b", count: 1_000_000),
  String(repeating: "\n", count: 1_000_000), "a: \"" + String(repeating: "\\n", count: 500_000),
]
