import Testing

@testable import YAML

/// Plain files are read without libyaml: nobody may ever see a difference.
@Suite("Reading plain YAML")
struct PlainScanTests {
  @Test("A post as people write it is read without libyaml, and comes out the same", arguments: plain)
  func posts(text: String) { #expect(comparison(text) == .same, "\(text)") }

  @Test("What needs all of YAML is left to libyaml", arguments: unusual)
  func others(text: String) { #expect(comparison(text) == .leftToLibrary, "\(text)") }

  @Test("Files made of the same parts in any order come out the same")
  func composed() {
    var random = Numbers(seed: 1)
    var read = 0
    for _ in 0..<4000 {
      let text = Composer.text(&random)
      let found = comparison(text)
      #expect(found != .different, "\(text)")
      if found == .same { read += 1 }
    }
    #expect(read > 200)
  }

  @Test("Files with a few characters or lines changed come out the same, or are left to libyaml")
  func changed() {
    var random = Numbers(seed: 2)
    var read = 0
    for number in 0..<20_000 {
      let text = Composer.changed(number % 2 == 0 ? plain[number / 2 % plain.count] : Composer.text(&random), &random)
      let found = comparison(text)
      #expect(found != .different, "\(text)")
      if found == .same { read += 1 }
    }
    #expect(read > 2000)
  }

  private enum Comparison { case same, different, leftToLibrary }

  private func comparison(_ text: String) -> Comparison {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      let source = Source(bytes)
      guard source.firstProblem() == nil else { return .leftToLibrary }
      var (scanned, whole) = (Document(), Document())
      var scan = PlainScan(source.bytes)
      guard scan.read(into: &scanned) else { return .leftToLibrary }
      whole.parse(source, reading: source.bytes)
      return Self.lines(of: scanned) == Self.lines(of: whole) ? .same : .different
    }
  }

  /// All that a document knows.
  private static func lines(of document: Document) -> [String] {
    document.nodes.map { "\($0)" } + ["\(document.text)", "\(document.open)", "\(document.problems)", "\(document.isComplete)"]
  }
}

private let plain = [
  "scheduled_time: 2026-11-27T09:00\ntimezone: America/New_York\naccounts: [acme, acme-hook]\ntitle: Doors open\n"
    + "caption: |\n  Doors open at nine.\n\n  #horns #doors\nmedia:\n  - path: media/teaser.mp4\n    alt: A brass horn on a red table\ngrace: 2h\n",
  "# a comment\n\nscheduled_time: 2026-11-27T09:00   # wall-clock\naccounts: [ acme ]  # one\ncaption: 'Café, no: colon'\n",
  "accounts:\n- a\n- b.c\n- d-1\ncaption: \"In quotes: yes\"\nmedia:\n- url: https://example.com/a.jpg\n  alt: é and è   \n",
  "options:\n  tiktok:\n    privacy_level: SELF_ONLY\n    disable_comment: false\noverrides:\n  hook:\n    caption: |-\n      one\n       two\n\n",
  "caption: |\n  ends with blank lines\n \n\n\n", "a: b\n", "a: []\nb: \"\"\n", "a:\n  # inside\n  - b\n# outside\nc: d #e\n", "a: b#c\n",
  "a: http://x/y?z=1:2\n", "title: Grüße aus Köln # été\n", "a:\n    b: c\nd: e\n", "k: |  \n  # text\n  : more\nl: m\n",
  "a: x\n   # deep\nb: y\n",
]

private let unusual = [
  "a: b\n  c\n", "a: >\n  b\n", "a: |+\n  b\n", "a: |2\n  b\n", "a: {b: c}\n", "a: &x b\n", "a: !t b\n", "a: *x\n", "? a\n: b\n",
  "a:\nb: c\n",
  "a: \"\\n\"\n", "a: 'it''s'\n", "a: b", "a:\tb\n", "a: b\r\n", "--- \na: b\n", "a: b\n---\n", "a: b: c\n", "- a\n", "a: [b, [c]]\n",
  "a: [b,]\n",
  "\"a\": b\n", " a: b\n", "a: b\na: c\na: d\n", "a: - b\n", "a: 'b\n  c'\n", "a:\n  - b\n  c: d\n", "a: [b\n]\n", "a: |\n\n  b\n",
  "a: -1\n", "",
]

/// Texts out of parts that mean something to YAML.
private enum Composer {
  static func text(_ random: inout Numbers) -> String {
    var text = ""
    for _ in 0..<random.below(7) + 1 { text += block(random.below(6) == 0 ? 2 : 0, &random) }
    return text
  }

  private static func block(_ indent: Int, _ random: inout Numbers) -> String {
    let space = String(repeating: " ", count: indent)
    let deep = space + String(repeating: " ", count: random.below(3) + 1)
    let key = random.pick(["a", "caption", "b-c", "_d", "media", "a"])
    switch random.below(12) {
    case 0...2: return "\(space)\(key): \(value(&random))\n"
    case 3: return "\(space)\(key): |\(random.pick(["", "", "-", "+", " "]))\n\(lines(deep, &random))"
    case 4:
      return "\(space)\(key): [\((0..<random.below(4)).map { _ in random.pick(["a", "b-c", "1.5", " d ", "-"]) }.joined(separator: ","))]\n"
    case 5: return "\(space)\(key):\n\(deep)- \(value(&random))\n\(deep)- \(value(&random))\n"
    case 6: return "\(space)\(key):\n\(space)- \(value(&random))\n"
    case 7: return "\(space)\(key):\n\(deep)- x: \(value(&random))\n\(deep)  y: \(value(&random))\n\(deep)- x: 1\n"
    case 8: return "\(space)\(key):\n\(block(indent + random.below(3), &random))\(block(indent + random.below(3), &random))"
    case 9: return random.pick(["\n", "   \n", "# text\n", "    # text\n"])
    case 10: return "\(space)\(key): \(value(&random))  # \(value(&random))\n"
    default: return "\(space)\(key):\n\(deep)- |\n\(deep)  \(value(&random))\n"
    }
  }

  private static func lines(_ space: String, _ random: inout Numbers) -> String {
    (0..<random.below(4)).map { _ in
      random.pick(["\(space)\(value(&random))\n", "\(space) \(value(&random))\n", "\n", "\(space)\n", " \n", "\(space)   \n"])
    }.joined()
  }

  private static func value(_ random: inout Numbers) -> String {
    random.pick([
      "x", "two words", "2026-11-27T09:00", "é ü", "a: b", "a:b", "a #b", "a#b", "'q'", "\"q\"", "'é' ", "\"a: b\"", "-", "- x", "[x]",
      "{x}", "/p",
      "@", "x ", "|", "https://e.org/x?y#z", "%", "...", "---", "a,b", "?", "",
    ])
  }

  /// The text with one to three changes.
  static func changed(_ text: String, _ random: inout Numbers) -> String {
    var bytes = Array(text.utf8)
    for _ in 0..<random.below(3) + 1 where !bytes.isEmpty {
      let place = random.below(bytes.count)
      let piece = Array(
        random.pick([" ", "\n", ":", "-", "#", "[", "]", "|", "'", "\"", ",", "é", "  ", ": ", " #", "- ", "{", ">", "\t", "x"]).utf8)
      switch random.below(4) {
      case 0: bytes.remove(at: place)
      case 1: bytes[place] = piece[0]
      case 2: bytes.insert(contentsOf: piece, at: place)
      default:
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        lines.swapAt(random.below(lines.count), random.below(lines.count))
        bytes = Array(lines.joined(separator: [0x0A]))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The same numbers in every run. Source: SplitMix64.
private struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
