import YAML

/// Scalars are typed by the field that receives them, never guessed. Each of these reports what it cannot read and gives `nil`.
extension ContentReader {
  /// Any text; `caption: no` is the text "no".
  mutating func text(_ node: NodeID, _ what: String, maximumLength: Int = .max) -> String? {
    guard has(.scalar, node, what) else { return nil }
    let found = document[node]
    guard !found.isEmpty else {
      report(.valueMissing, at: node, "\(what) has no value", hint: "write a value, remove the key, or write \"\" for an empty text")
      return nil
    }
    let text = document.string(node)
    if found.style == .plain, found.byteCount <= 4, Self.nulls.contains(text) {
      report(
        .valueMissing, at: node, "\(what) is \(text), which is YAML's word for no value",
        hint: "remove the key, or write \"\(text)\" in quotes where the word is meant")
      return nil
    }
    if found.byteCount > maximumLength, text.unicodeScalars.count > maximumLength {
      report(
        .valueRange, at: node, "\(what) has \(text.unicodeScalars.count) characters; at most \(maximumLength) are allowed",
        hint: "shorten it")
      return nil
    }
    return text
  }

  /// What YAML takes for no value where it stands without quotes. Source: YAML 1.2.2, 10.3.2.
  static let nulls: Set<String> = ["null", "Null", "NULL", "~"]

  /// A text that people will read: searched for what they cannot see, and for what YAML does not let them see.
  mutating func prose(_ node: NodeID, _ what: String, maximumLength: Int = .max) -> String? {
    if reportComment(behind: node, what), document[node].isEmpty { return nil }
    guard let text = text(node, what, maximumLength: maximumLength) else { return nil }
    for finding in TextCheck.findings(in: text) { report(finding.rule, at: node, "\(what) \(finding.message)", hint: finding.hint) }
    return text
  }

  /// One line that is not blank.
  mutating func word(_ node: NodeID, _ what: String) -> String? {
    guard let text = text(node, what) else { return nil }
    guard !text.isEmpty, !text.utf8.contains(0x0A), text.utf8.count <= 1024 else {
      report(
        .valueFormat, at: node, "\(what) must be one line of text, and not empty",
        hint: "write it on one line, without \"|\" or \">\" before it")
      return nil
    }
    return text
  }

  mutating func flag(_ node: NodeID, _ what: String) -> Bool? {
    guard let text = text(node, what) else { return nil }
    switch text {
    case "true": return true
    case "false": return false
    default:
      let meant = ["yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"][text.lowercased()]
      let question = meant.map { "; did you mean \($0)?" } ?? Spelling.question(text, among: ["true", "false"])
      report(.valueFormat, at: node, "\(what) must be true or false, not \(quoted(text))\(question)", hint: "write true or false")
      return nil
    }
  }

  mutating func number(_ node: NodeID, _ what: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(node, what) else { return nil }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      report(
        .valueFormat, at: node, "\(what) must be a whole number, not \(quoted(text))",
        hint: "write it in digits, without a fraction or a unit")
      return nil
    }
    guard let number = Int(text), range.contains(number) else {
      let limits = range.upperBound == .max ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
      report(.valueRange, at: node, "\(what) must be \(limits), not \(quoted(text))", hint: "choose a number within these limits")
      return nil
    }
    return number
  }

  mutating func duration(_ node: NodeID, _ what: String) -> Duration? {
    guard let text = text(node, what) else { return nil }
    do {
      return try Duration.parse(text)
    } catch {
      report(.valueFormat, at: node, "\(what): \(error)", hint: "write it as in 90s, 5m, 1h or 2d")
      return nil
    }
  }

  mutating func choice(_ node: NodeID, _ what: String, of choices: [String]) -> String? {
    guard let text = text(node, what) else { return nil }
    guard choices.contains(text) else {
      report(
        .valueChoice, at: node, "\(what) cannot be \(quoted(text))\(Spelling.question(text, among: choices))",
        hint: "\(what) is one of \(choices.joined(separator: ", "))")
      return nil
    }
    return text
  }

  /// The items of a list, each read by `read`; what occurs twice is reported. `nil` where it is no list.
  mutating func list<Item: Hashable>(
    _ node: NodeID, _ what: String, _ read: (inout ContentReader, NodeID) -> Item?
  ) -> [(node: NodeID, item: Item)]? {
    guard isList(node, what) else { return nil }
    var found: [(node: NodeID, item: Item)] = []
    var seen: Set<Item> = []
    for item in document.items(of: node) {
      guard let value = read(&self, item) else { continue }
      // Most lists have a few items; a set costs more than looking.
      let isRepeated = found.count < 8 ? found.contains { $0.item == value } : !seen.insert(value).inserted
      if found.count == 7 { seen.formUnion(found.map(\.item) + [value]) }
      guard !isRepeated else {
        report(.valueDuplicate, at: item, "\(what) names \(quoted("\(value)")) twice", hint: "remove one of them")
        continue
      }
      found.append((item, value))
    }
    return found
  }

  mutating func accountName(_ node: NodeID, _ what: String) -> AccountName? {
    guard let text = text(node, what) else { return nil }
    guard let name = AccountName(text) else {
      report(.idFormat, at: node, "\(quoted(text)) cannot be the name of an account", hint: identifierForm)
      return nil
    }
    return name
  }
}

/// What ids and account names look like, for hints.
let identifierForm = "1 to 128 of a-z, 0-9, \".\", \"_\" and \"-\", the first a letter or digit"
