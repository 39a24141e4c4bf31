/// What git's ignore patterns need a name to have before they can match it: git is asked about few files then, and not about each.
///
/// It never decides. Of the last part of a pattern the longest run without a wildcard has to stand in the name, in whatever case of ASCII, as
/// `core.ignoreCase` may be set; what has no such run, such as `*` or `[ab]*`, may match anything.
struct IgnorePatterns {
  private var names: Set<[UInt8]> = []
  private var runs: Set<[UInt8]> = []
  private var matchAnything = false

  /// Takes up a file of patterns.
  mutating func add(_ file: some Sequence<UInt8>) {
    var file = Array(file)[...]
    if file.starts(with: [0xEF, 0xBB, 0xBF]) { file = file.dropFirst(3) }
    for line in file.split(separator: UInt8(ascii: "\n")) {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      // A comment, or a pattern that takes back what others say.
      guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "!") else { continue }
      if let part = line.split(separator: UInt8(ascii: "/")).last { add(part: part.map(Self.lowercased)) }
    }
  }

  private mutating func add(part: [UInt8]) {
    guard part.contains(where: Self.isSpecial) else {
      names.insert(part)
      return
    }
    // What stands in a class, and how it ends, is for git to read.
    let open = part.prefix { $0 != UInt8(ascii: "[") }
    let run = open.split(whereSeparator: Self.isSpecial).max { $0.count < $1.count } ?? []
    if run.isEmpty { matchAnything = true } else { runs.insert(Array(run)) }
  }

  func mayMatch(_ name: some StringProtocol) -> Bool {
    if matchAnything { return true }
    guard !names.isEmpty || !runs.isEmpty else { return false }
    let name = name.utf8.map(Self.lowercased)
    return names.contains(name) || runs.contains { Self.stands($0, in: name) }
  }

  private static func stands(_ run: [UInt8], in name: [UInt8]) -> Bool {
    guard name.count >= run.count else { return false }
    return (0...name.count - run.count).contains { name[$0..<$0 + run.count].elementsEqual(run) }
  }

  /// A wildcard, an escape, or a blank, which at the end of a line is none of the name.
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\")
      || byte == UInt8(ascii: " ")
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
