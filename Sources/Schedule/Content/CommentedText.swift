import YAML

/// Finds words that somebody wrote as text and YAML takes for a comment: a `#` behind a blank with no blank behind it, as in a hashtag.
struct CommentedText {
  private var bytes: [UInt8] = []
  /// Where each line begins: hashtags are no rarity, and a value is found by its line.
  private var lines: [Int] = []

  /// Takes up a file, if there is such a `#` in it.
  mutating func read(_ file: UnsafeBufferPointer<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    var place = 0
    while place + 1 < file.count {
      if file[place] == Self.hash, !Self.isBlank(file[place + 1]) { return take(file) }
      place += 1
    }
  }

  private mutating func take(_ file: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: file)
    var starts = lines
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    for place in 0..<file.count where file[place] == Self.lineFeed { starts.append(place + 1) }
    lines = starts
  }

  var isEmpty: Bool { bytes.isEmpty }

  /// Where such a comment stands behind a plain value, on its line or on the lines below that go on with it, and what it says; `nil` where there
  /// is none.
  ///
  /// - Parameter value: where the value stands.
  func comment(behind value: Span) -> (span: Span, text: String)? {
    guard mayHaveComment(behind: Int(value.end.line)), let first = place(of: value.start), var place = place(of: value.end) else {
      return nil
    }
    while place < bytes.count, bytes[place] == Self.space || bytes[place] == Self.tab { place += 1 }
    if isHashtag(place) { return comment(at: place, Int(value.end.line)) }
    guard place == bytes.count || Self.isLineEnd(bytes[place]) || bytes[place] == Self.hash else { return nil }
    let least = indentation(ofValueAt: first)
    for line in Int(value.end.line)..<max(Int(value.end.line), lines.count) {
      let next = lines[line]
      place = next
      while place < bytes.count, bytes[place] == Self.space { place += 1 }
      guard place < bytes.count else { return nil }
      if Self.isLineEnd(bytes[place]) { continue }
      guard bytes[place] == Self.hash, place - next >= least else { return nil }
      if isHashtag(place) { return comment(at: place, line + 1) }
    }
    return nil
  }

  /// A look at a line and at how the next one begins, which spares most values a closer one.
  private func mayHaveComment(behind line: Int) -> Bool {
    guard lines.indices.contains(line - 1) else { return false }
    guard lines.indices.contains(line) else { return bytes[lines[line - 1]...].contains(Self.hash) }
    if bytes[lines[line - 1]..<lines[line]].contains(Self.hash) { return true }
    guard let next = bytes[lines[line]...].first(where: { $0 != Self.space }) else { return false }
    return next == Self.hash || Self.isLineEnd(next)
  }

  private func comment(at place: Int, _ line: Int) -> (span: Span, text: String) {
    var end = place
    while end < bytes.count, !Self.isLineEnd(bytes[end]) { end += 1 }
    while end > place, Self.isBlank(bytes[end - 1]) { end -= 1 }
    let start = startOfLine(place)
    func column(_ place: Int) -> Int { bytes[start..<place].count { $0 & 0xC0 != 0x80 } + 1 }
    let span = Span(Mark(line: line, column: column(place)), Mark(line: line, column: column(end)))
    return (span, String(decoding: bytes[place..<end], as: UTF8.self))
  }

  private func isHashtag(_ place: Int) -> Bool {
    place + 1 < bytes.count && bytes[place] == Self.hash && !Self.isBlank(bytes[place + 1])
  }

  /// How far in a line stands at least that goes on with the value at `place`.
  private func indentation(ofValueAt place: Int) -> Int {
    let start = startOfLine(place)
    var key = start
    while key < place, bytes[key] == Self.space || key + 1 < place && bytes[key] == UInt8(ascii: "-") && bytes[key + 1] == Self.space {
      key += 1
    }
    return key == place ? key - start : key - start + 1
  }

  private func startOfLine(_ place: Int) -> Int {
    bytes[..<place].lastIndex(where: Self.isLineEnd).map { $0 + 1 } ?? 0
  }

  /// `nil` where the lines of the file are not as the mark counts them.
  private func place(of mark: Mark) -> Int? {
    guard lines.indices.contains(Int(mark.line) - 1) else { return nil }
    var place = lines[Int(mark.line) - 1]
    for _ in 1..<max(1, Int(mark.column)) {
      guard place < bytes.count, !Self.isLineEnd(bytes[place]) else { return nil }
      place += 1
      while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
    }
    return place
  }

  private static let (hash, space, tab) = (UInt8(ascii: "#"), UInt8(ascii: " "), UInt8(ascii: "\t"))
  private static let lineFeed = UInt8(ascii: "\n")
  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == lineFeed || byte == UInt8(ascii: "\r") }
  private static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab || isLineEnd(byte) }
}

extension ContentReader {
  /// Reports a comment behind a plain value that was meant to be part of it.
  ///
  /// - Returns: whether there is one.
  mutating func reportComment(behind node: NodeID, _ what: String) -> Bool {
    let found = document[node]
    guard !commented.isEmpty, found.kind == .scalar, found.style == .plain, let comment = commented.comment(behind: found.span) else {
      return false
    }
    let text = document.string(node)
    let meant = text.isEmpty ? comment.text : "\(text) \(comment.text)"
    let key = what.split(separator: ".").last.map(String.init) ?? what
    report(
      .textComment, at: comment.span,
      "\(what) ends before \(quoted(comment.text)): a # behind a blank begins a comment, which is not published",
      hint: "write \(key): \(inQuotes(meant)), or a blank behind the # of a comment")
    return true
  }

  /// As YAML has it in one line, cut where no reader needs more.
  private func inQuotes(_ text: String) -> String {
    let line = text.split(separator: "\n").joined(separator: " ")
    let shown = line.unicodeScalars.count > 200 ? String(String.UnicodeScalarView(line.unicodeScalars.prefix(199))) + "…" : line
    return shown.contains { $0 == "\"" || $0 == "\\" } ? "'\(shown.replacing("'", with: "''"))'" : "\"\(shown)\""
  }
}
