import YAML

/// One file of twitter-together, taken apart.
struct Tweet {
  private(set) var text: String
  private(set) var media: [Media] = []
  /// As written, and where.
  private(set) var schedule: (text: String, span: Span)?
  /// What a post cannot be, and what is wrong.
  private(set) var diagnostics: [Diagnostic] = []
  /// Where the keys of the post that this becomes stand here.
  private(set) var places: [String: Span] = [:]
  private let source: String
  private var threadDelimiter = "---"

  /// - Parameter text: with `\n` as line ends.
  init(_ text: String, source: String) {
    self.source = source
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let blank = lines.prefix { $0.allSatisfy(\.isWhitespace) }.count
    lines.removeFirst(blank)
    var first = blank
    self.text = ""
    if lines.first.map(Self.isRule) == true, let end = lines.dropFirst().firstIndex(where: Self.isRule) {
      read(frontMatter: lines[1..<end].joined(separator: "\n"), line: blank + 1)
      lines.removeSubrange(...end)
      first += end + 1
    }
    places["caption"] = Span(Mark(line: first + 1, column: 1), Mark(line: first + 1, column: 2))
    refuseThreads(lines, first)
    refusePolls(lines, first)
    self.text = lines.joined(separator: "\n").trimmingWhitespace
  }

  mutating func report(_ rule: Rule, at span: Span, _ message: String, hint: String) {
    diagnostics.append(Diagnostic(rule, at: span, of: source, message, hint: hint))
  }

  private static func isRule(_ line: Substring) -> Bool { String(line).trimmingWhitespace == "---" && line.hasPrefix("---") }

  private mutating func refuseThreads(_ lines: [Substring], _ first: Int) {
    guard let index = lines.firstIndex(where: { String($0).trimmingWhitespace == threadDelimiter && !threadDelimiter.isEmpty }) else {
      return
    }
    refuse("a thread", at: place(first + index + 1, lines[index]))
  }

  private mutating func refusePolls(_ lines: [Substring], _ first: Int) {
    guard let index = lines.lastIndex(where: { !$0.allSatisfy(\.isWhitespace) }), lines[index].firstMatch(of: /^\(\s?\)\s+/) != nil
    else { return }
    refuse("a poll", at: place(first + index + 1, lines[index]))
  }

  private func place(_ line: Int, _ text: Substring) -> Span {
    Span(Mark(line: line, column: 1), Mark(line: line, column: 1 + max(1, text.unicodeScalars.count)))
  }

  private mutating func refuse(_ what: String, at span: Span) {
    report(
      .valueFormat, at: span, "the file is \(what), which no post can be",
      hint: "leave it out with --skip, or write posts of their own by hand")
  }

  /// - Parameter line: of the line before it, counted from 1.
  private mutating func read(frontMatter: String, line: Int) {
    let document = Document(Array(frontMatter.utf8))
    func moved(_ span: Span) -> Span {
      Span(
        Mark(line: Int(span.start.line) + line, column: Int(span.start.column)),
        Mark(line: Int(span.end.line) + line, column: Int(span.end.column)))
    }
    for problem in document.problems {
      var diagnostic = Diagnostic(problem, of: source)
      diagnostic.span = moved(diagnostic.span)
      diagnostics.append(diagnostic)
    }
    guard document.problems.isEmpty, let root = document.root else { return }
    for (name, value) in document.entries(of: root) {
      let span = moved(document[value].span)
      switch document.string(name) {
      case "schedule":
        schedule = (document.string(value), span)
        places["scheduled_time"] = span
      case "media":
        places["media"] = moved(document[name].span)
        for item in document.items(of: value) { media += self.media(item, document) }
      case "thread-delimiter": threadDelimiter = document.string(value)
      case "retweet": refuse("a retweet", at: moved(document[name].span))
      case "reply": refuse("a reply", at: moved(document[name].span))
      case "poll": refuse("a poll", at: moved(document[name].span))
      default:
        report(
          .keyUnknown, at: moved(document[name].span), "unknown key \(quoted(document.string(name)))",
          hint: "what twitter-together knows is schedule, media, poll, reply, retweet and thread-delimiter")
      }
    }
  }

  /// Its files are in the folder `media`, as a post's are.
  private func media(_ item: NodeID, _ document: Document) -> [Media] {
    var (file, alt): (String?, String?) = (nil, nil)
    for (name, value) in document.entries(of: item) {
      switch document.string(name) {
      case "file": file = document.string(value)
      case "alt": alt = document.string(value)
      default: break
      }
    }
    return file.map { [Media(source: .path("media/\($0)"), alt: alt)] } ?? []
  }
}

extension String {
  fileprivate var trimmingWhitespace: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
