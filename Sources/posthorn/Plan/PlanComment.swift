import Schedule

/// A plan as one comment on a pull request, which is edited in place: the first line says which one it is.
///
/// Everything from files stands in code or is escaped, so that no caption mentions anybody, closes an issue or draws a link in our name.
struct PlanComment {
  let report: PlanReport

  init(_ report: PlanReport) { self.report = report }

  /// What a workflow looks for, to edit the comment instead of writing another.
  static let mark = "<!-- posthorn plan -->"

  func text() throws(Failure) -> String {
    guard !report.plan.changes.isEmpty else { return "\(Self.mark)\n### Posthorn: no changes\n\nNothing that is scheduled changes.\n" }
    var text = "\(Self.mark)\n### Posthorn: \(report.summary)\n"
    let warnings = report.plan.changes.compactMap(warning)
    if !warnings.isEmpty {
      text += "\n> [!WARNING]\n"
      let left = text.fill(with: warnings.lazy.map { "> - \($0)\n" }, upTo: Self.warningsEnd)
      if left > 0 { text += "> - … and \(left) more of these: `posthorn plan \(report.range)`\n" }
    }
    text += "\n| | post | account | local time | UTC | when | next to it |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    let more =
      text.fill(with: report.plan.changes.prefix(Self.rows).lazy.map(row), upTo: Self.rowsEnd)
      + max(0, report.plan.changes.count - Self.rows)
    if more > 0 { text += "\n… and \(more) more: `posthorn plan \(report.range)`\n" }
    if let comparison = report.comparison { text += "\nWhat is next to it was \(comparison).\n" }
    let previews = try previews()
    let hidden = text.fill(with: previews.shown.lazy, upTo: Self.end) + previews.others
    if hidden > 0 { text += "\nThe words of \(hidden) more post\(hidden == 1 ? " is" : "s are") not shown here for want of room.\n" }
    return text
  }

  /// What nobody can take back once it is merged.
  private func warning(_ change: Plan.Change) -> String? {
    let name = "\(code(change.post.text)) to \(code(change.account?.text ?? "?"))"
    switch change.kind {
    case .drift: return "\(name) is already \(change.to?.state.rawValue ?? "out"); this change reaches nobody"
    case .cancel: return "\(name) would not go out any more"
    case .add, .reschedule, .edit:
      guard let instant = change.to?.scheduledAt, change.to?.state != .held, instant - report.now < .seconds(3600) else { return nil }
      return instant <= report.now
        ? "\(name) was due \(instant.relative(to: report.now)): merging sends it at once, if it is within its grace"
        : "\(name) goes out \(instant.relative(to: report.now)), and cannot be taken back then"
    case .hold: return nil
    }
  }

  private func row(_ change: Plan.Change) -> String {
    let point = change.kind == .cancel ? change.from : change.to
    var cells = [change.kind.rawValue, cell(change.post.text), cell(change.account?.text ?? "cannot be read")]
    if let instant = point?.scheduledAt {
      let was =
        change.from?.scheduledAt.flatMap { $0 == instant || change.kind == .cancel ? nil : "<br>was \(local($0, change.from))" } ?? ""
      cells += [local(instant, point) + was, LocalTime.text(utc: instant), instant.relative(to: report.now)]
    } else {
      cells += ["", "", ""]
    }
    let neighbours = [
      change.neighbours.conflict { cell($0.text) }.map { "**\($0)**" }, change.neighbours.text { cell($0.text) }, change.reason.map(cell),
    ].compactMap { $0 }
    return "| \((cells + [neighbours.joined(separator: "<br>")]).joined(separator: " | ")) |\n"
  }

  /// The words of each post that is new or changed, folded away, and of how many others there is no room for them.
  private func previews() throws(Failure) -> (shown: [String], others: Int) {
    var shown: [String] = []
    var posts: Set<PostID> = []
    for change in report.plan.changes where change.kind != .cancel && change.to != nil {
      guard posts.insert(change.post).inserted, shown.count < Self.previewed, let post = try report.content.post(at: change.path) else {
        continue
      }
      shown.append("\n<details><summary><code>\(change.post)</code></summary>\n\n\(preview(post))</details>\n")
    }
    return (shown, posts.count - shown.count)
  }

  private func preview(_ post: Post) -> String {
    var text = post.title.map { "Title: \(code($0))\n\n" } ?? ""
    if let caption = post.caption { text += fenced(caption) + "\n" }
    for medium in post.media {
      let place =
        switch medium.source {
        case .path(let path): path
        case .url(let url): url
        }
      text += "- \(code(place))" + (medium.alt.map { ": \(code($0))" } ?? ", without a description") + "\n"
    }
    for (account, override) in post.overrides.sorted(by: { $0.key < $1.key }) {
      guard let caption = override.caption else { continue }
      text += "\nTo \(code(account.text)):\n\n\(fenced(caption))\n"
    }
    return text
  }

  private func local(_ instant: Instant, _ point: Plan.Point?) -> String {
    LocalTime(zones: report.zones).text(instant, in: point?.timezone)
  }

  /// Text that stands for itself: a code span, the only place where nothing becomes a link, a mention or an issue.
  private func code(_ text: String) -> String { span(shown(text)) }

  /// The same in a table's cell, where a bar ends even a code span.
  private func cell(_ text: String) -> String {
    shown(text).utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map { span(String(Substring($0))) }
      .joined(separator: "&#124;")
  }

  private func shown(_ text: String) -> String {
    let line = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }.joined(separator: " ")
    return line.printable.first(scalars: 200)
  }

  /// Backquotes around it, more of them than stand together in it.
  private func span(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else { return "" }
    let fence = String(repeating: "`", count: text.longestBackquotes + 1)
    let isOpen = text.utf8.first == UInt8(ascii: "`") || text.utf8.last == UInt8(ascii: "`")
    return isOpen ? "\(fence) \(text) \(fence)" : "\(fence)\(text)\(fence)"
  }

  /// A block whose fence is longer than any in it.
  private func fenced(_ text: String) -> String {
    let fence = String(repeating: "`", count: max(3, text.longestBackquotes + 1))
    let shown = text.unicodeScalars.count > Self.captionShown ? "\(text.first(scalars: Self.captionShown))…" : text
    let lines = shown.split(separator: "\n", omittingEmptySubsequences: false).map(\.printable).joined(separator: "\n")
    return "\(fence)text\n\(lines.hasSuffix("\n") ? lines : lines + "\n")\(fence)\n"
  }

  /// A comment on GitHub has room for 65,536 characters. Counted in bytes, where each part has to end; a sentence fits behind each.
  private static let warningsEnd = 12_000
  private static let rowsEnd = 40_000
  private static let end = 64_500
  private static let rows = 60
  private static let previewed = 12
  private static let captionShown = 1500
}

extension String {
  /// Adds pieces as long as they end before a place.
  ///
  /// - Returns: how many are left out.
  fileprivate mutating func fill(with pieces: some Collection<String>, upTo end: Int) -> Int {
    var left = pieces.count
    for piece in pieces {
      guard utf8.count + piece.utf8.count <= end else { break }
      self += piece
      left -= 1
    }
    return left
  }

  fileprivate var longestBackquotes: Int { utf8.split { $0 != UInt8(ascii: "`") }.map(\.count).max() ?? 0 }

  /// Its beginning. Counted in scalars: one character can be a megabyte of marks.
  fileprivate func first(scalars count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}
