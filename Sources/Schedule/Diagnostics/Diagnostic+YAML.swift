public import YAML

extension Diagnostic {
  /// What a problem of the YAML layer means to the person who wrote the file.
  public init(_ problem: Problem, of path: String) {
    let (rule, message, hint) = Self.words(for: problem.kind)
    self.init(rule, at: problem.span, of: path, message, hint: hint)
  }

  private static func words(for kind: Problem.Kind) -> (Rule, String, String) {
    switch kind {
    case .syntax(let problem, let context, let from): syntax(problem, context, from)
    case .anchor(let name):
      (
        .yamlAnchor, "anchors such as \(quoted("&" + name)) are not allowed",
        "write the value out; for text that starts with \"&\", quote it"
      )
    case .alias(let name):
      (
        .yamlAnchor, "aliases such as \(quoted("*" + name)) are not allowed",
        "write the value out; for text that starts with \"*\", quote it"
      )
    case .tag(let name):
      (.yamlTag, "tags such as \(quoted(name)) are not allowed", "remove it; for text that starts with \"!\", quote it")
    case .directive: (.yamlDirective, "directives are not allowed", "remove the line")
    case .secondDocument: (.yamlDocuments, "a file holds one document, and a second one starts here", "move it to a file of its own")
    case .tooDeep: (.yamlDepth, "more than \(Limit.levels) levels", "no value of a post is so deep; look for a bracket that is not closed")
    case .tooManyNodes: (.yamlNodes, "more than \(Limit.nodes) values in one file", "split it into several files")
    case .tooManyProblems:
      (.yamlNodes, "more than \(Limit.problems) problems in one file; the rest of it was not read", "mend these first, and validate again")
    case .scalarTooLong:
      (.yamlScalar, "a value longer than \(Limit.scalarBytes / 1024) KiB", "shorten it; what is no text belongs below media/")
    case .keyTooLong:
      (.yamlKey, "a key longer than \(Limit.keyBytes) bytes", "look for a line that lacks its \": \"; a long text needs quotes")
    case .keyNotText:
      (.yamlKey, "a key must be text, not a list or a mapping", "a value that starts with \"{\" or \"[\" needs quotes to be text")
    case .duplicateKey(let key, let first):
      (.keyDuplicate, "key \(quoted(key)) is already in line \(first.line)", "remove one of them")
    case .fileTooLarge:
      (
        .fileSize, "the file has more than \(Limit.fileBytes) bytes; no more are read",
        "media belong in files of their own below media/"
      )
    case .utf16: (.fileEncoding, "the file is not UTF-8 but looks like UTF-16", "save it as UTF-8")
    case .invalidUTF8: (.fileEncoding, "the file is not valid UTF-8 here", "save it as UTF-8")
    case .halfCharacter:
      (
        .yamlSyntax, "an escape from \\ud800 to \\udfff is half a character, and its other half is not beside it",
        "write the character itself, or both halves one after the other, such as \\ud83d\\ude00"
      )
    case .controlCharacter(let character): (.textControl, "control character \(code(character))", advice(character))
    }
  }

  private static func syntax(_ problem: String, _ context: String?, _ from: Mark?) -> (Rule, String, String) {
    let place = from.map { " that starts in line \($0.line)" } ?? ""
    let message = context.map { "\(problem) \($0)\($0.hasSuffix("next token") ? "" : place)" } ?? problem
    let hint: String =
      switch problem {
      case "mapping values are not allowed in this context":
        "text that contains \": \" must be in quotes; a key further in needs its parent on a line of its own"
      case "found character that cannot start any token":
        "indent with spaces, not tabs; text that starts with \"@\", \"`\" or \"%\" needs quotes"
      case "found invalid Unicode character escape code", "did not find expected hexdecimal number":
        "write the character itself; an escape is \\u with four hexadecimal digits, or \\U with eight, up to \\U0010ffff"
      case "did not find expected key": "check the indentation here, and the quotes and brackets before it"
      case "could not find expected ':'": "a key is followed by \": \" and its value"
      case "found unexpected end of stream": "a quote or bracket before it is not closed"
      case "did not find expected ',' or '}'": "a mapping in braces is written {key: value, key: value}; text with a brace needs quotes"
      case "did not find expected ',' or ']'": "a list in brackets is written [one, two]; text with a bracket needs quotes"
      default: "check the quotes, the brackets and the indentation here and on the line before"
      }
    return (.yamlSyntax, message, hint)
  }

  private static func code(_ character: UInt32) -> String {
    let digits = String(character, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func advice(_ character: UInt32) -> String {
    switch character {
    case 0x0D: "a line end in text is \"\\n\""
    case 0x85, 0x2028, 0x2029: "replace it by an ordinary line end; editors do not show it, and YAML takes it for one"
    case 0xFEFF: "a byte order mark may only stand at the very start; remove it"
    default: "remove it; no platform shows it"
    }
  }
}
