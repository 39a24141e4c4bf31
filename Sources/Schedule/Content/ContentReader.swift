import YAML

/// Reads the files of a content folder one after another, in the same buffers, and collects what is wrong with each.
///
/// One reader belongs to one thread; a reader a core reads a folder in half the time.
public struct ContentReader {
  var document = Document()
  /// The file, where it may have words that YAML takes for a comment; nothing where it has none.
  var commented = CommentedText()
  /// Of the file being read, relative to the repository's root.
  var path = ""
  var diagnostics: [Diagnostic] = []

  public init() {}

  /// Starts on a file.
  ///
  /// - Returns: its outermost mapping; `nil` where there is none, or nothing in it can be trusted, with a diagnostic that says so.
  mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>, at path: String, kind: String) -> NodeID? {
    self.path = path
    diagnostics.removeAll(keepingCapacity: true)
    document.read(bytes)
    for problem in document.problems { diagnostics.append(Diagnostic(problem, of: path)) }
    guard document.isComplete else { return nil }
    commented.read(bytes)
    guard let root = document.root, !document[root].isEmpty else {
      report(
        .fileEmpty, at: .wholeFile, "the file says nothing; \(kind) is a mapping of keys to values", hint: "write it, or remove the file")
      return nil
    }
    return isMapping(root, kind) ? root : nil
  }

  /// The diagnostics of the file, sorted by place.
  mutating func finish() -> [Diagnostic] {
    guard diagnostics.count > 1 else { return diagnostics }
    diagnostics.sort()
    // Two accounts of one platform have the same to say.
    return diagnostics.indices.filter { index in
      index == 0 || !diagnostics[index].repeats(diagnostics[index - 1])
    }.map { diagnostics[$0] }
  }

  /// Nothing more is reported, so nothing more needs to be put into words.
  var isFull: Bool { diagnostics.count >= Limit.problems }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  mutating func report(_ rule: Rule, at node: NodeID, _ message: String, hint: String) {
    report(rule, at: document[node].span, message, hint: hint)
  }

  /// Findings after the hundredth are left out, and one says so: a file can be wrong in ten thousand places.
  mutating func report(_ rule: Rule, at span: Span, _ message: String, hint: String) {
    if diagnostics.count == Limit.problems { diagnostics.append(Diagnostic(Problem(.tooManyProblems, at: span), of: path)) }
    guard !isFull else { return }
    diagnostics.append(Diagnostic(rule, at: span, of: path, message, hint: hint))
  }
}

extension ContentReader {
  /// The keys of `mapping` that `Key` knows, with their values; every other key is reported.
  mutating func fields<Key>(of mapping: NodeID, _ keys: Key.Type, of kind: String) -> [(key: Key, name: NodeID, value: NodeID)]
  where Key: RawRepresentable<String> & CaseIterable {
    var found: [(key: Key, name: NodeID, value: NodeID)] = []
    found.reserveCapacity(12)
    for (name, value) in document.entries(of: mapping) {
      if let key = Key(rawValue: document.string(name)) {
        found.append((key, name, value))
      } else {
        unknownKey(name, among: Key.allCases.map(\.rawValue), of: kind)
      }
    }
    return found
  }

  mutating func unknownKey(_ name: NodeID, among known: [String], of kind: String) {
    guard document[name].kind == .scalar else { return }
    let written = document.string(name)
    let hint = known.isEmpty ? "\(kind) has no keys" : "\(kind) has the keys \(known.joined(separator: ", "))"
    report(.keyUnknown, at: name, "unknown key \(quoted(written))\(Spelling.question(written, among: known))", hint: hint)
  }

  /// Whether `node` is a mapping; anything else is reported.
  mutating func isMapping(_ node: NodeID, _ what: String) -> Bool { has(.mapping, node, what) }
  /// Whether `node` is a list; anything else is reported.
  mutating func isList(_ node: NodeID, _ what: String) -> Bool { has(.sequence, node, what) }

  mutating func has(_ kind: Node.Kind, _ node: NodeID, _ what: String) -> Bool {
    let found = document[node]
    if found.kind == kind { return true }
    if found.kind == .refused { return false }
    if found.isEmpty {
      report(.valueMissing, at: node, "\(what) has no value", hint: "write a value, or remove the key")
    } else {
      report(.valueType, at: node, "\(what) must be \(kind.words), not \(found.kind.words)", hint: kind.advice)
    }
    return false
  }
}

extension Node.Kind {
  var words: String {
    switch self {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping of keys to values"
    case .refused: "something refused"
    }
  }
}

extension Node.Kind {
  /// How it is written where another was.
  fileprivate var advice: String {
    switch self {
    case .scalar: "write one value, without \"- \", brackets or braces; text with them needs quotes"
    case .sequence: "write each item on a line of its own behind \"- \", or all in brackets: [one, two]"
    case .mapping: "write each key on a line of its own, further in than this one, as in \"key: value\""
    case .refused: "write the value out"
    }
  }
}

/// `text` in quotes, cut where no reader needs more.
func quoted(_ text: some StringProtocol) -> String {
  text.unicodeScalars.count > 80 ? "\"\(String(String.UnicodeScalarView(text.unicodeScalars.prefix(79))))…\"" : "\"\(text)\""
}
