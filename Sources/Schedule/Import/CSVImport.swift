import YAML

/// Reads the posts of a spreadsheet: a row each, the titles of the columns being the keys of a post.
public enum CSVImport {
  /// - Parameter source: the file's name, for what is wrong in it.
  /// - Parameter takesAll: also rows whose column `state` says that they went out, or will not.
  public static func read(
    _ bytes: [UInt8], named source: String, defaults: ImportDefaults, takesAll: Bool = false
  ) -> ImportReading {
    var reading = ImportReading()
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
      reading.diagnostics = [
        Diagnostic(.fileEncoding, of: source, "the file is not UTF-8", hint: "save it as \"CSV UTF-8\", or export it with that encoding")
      ]
      return reading
    }
    let table = CSVTable(text)
    if let problem = table.problem {
      reading.diagnostics.append(
        Diagnostic(
          .valueFormat, at: problem.span, of: source, problem.message,
          hint: "a quote inside a cell is written twice, and an import has \(CSVTable.mostRows) rows at most"))
    }
    guard let header = table.rows.first else {
      reading.diagnostics.append(
        Diagnostic(.fileEmpty, of: source, "the file has no rows", hint: "the first one has the titles: \(titles.joined(separator: ", "))"))
      return reading
    }
    let columns = columns(header, of: source, &reading.diagnostics)
    guard reading.diagnostics.isEmpty else { return reading }
    for row in table.rows.dropFirst() {
      guard row.count <= header.count else {
        reading.diagnostics.append(
          Diagnostic(
            .valueFormat, at: row[header.count].span, of: source, "the row has \(row.count) cells, and there are \(header.count) columns",
            hint: "a cell with a separator or a line end in it stands in quotes"))
        continue
      }
      if !takesAll, let state = zip(row, columns).first(where: { $0.1 == .state })?.0.text, Self.past.contains(state) {
        reading.leftOut[state, default: 0] += 1
        continue
      }
      reading.posts.append(post(row, columns, source, defaults, &reading.diagnostics))
    }
    return reading
  }

  /// States of what is not to come any more, or may not be.
  private static let past: Set<String> = [
    "publishing", "submitted", "published", "delivered", "partial", "failed", "missed", "cancelled", "in_doubt",
  ]

  private static let titles = PostColumn.allCases.filter(\.isImported).map(\.rawValue)

  /// What each column is; `nil` for one that only an export has.
  private static func columns(_ header: [CSVTable.Cell], of source: String, _ diagnostics: inout [Diagnostic]) -> [PostColumn?] {
    var columns: [PostColumn?] = []
    for cell in header {
      let title = cell.text.lowercased().split(separator: " ").joined(separator: "_")
      let column = PostColumn(rawValue: title)
      if column == nil {
        diagnostics.append(
          Diagnostic(
            .keyUnknown, at: cell.span, of: source, "unknown column \(quoted(cell.text))\(Spelling.question(title, among: titles))",
            hint: "columns are \(titles.joined(separator: ", "))"))
      } else if columns.contains(column) {
        diagnostics.append(
          Diagnostic(.keyDuplicate, at: cell.span, of: source, "the column \(quoted(title)) is there twice", hint: "remove one of them"))
      }
      columns.append(column)
    }
    if diagnostics.isEmpty, !columns.contains(.scheduledTime) {
      diagnostics.append(
        Diagnostic(.keyMissing, of: source, "there is no column \"scheduled_time\"", hint: "for example 2026-11-27T09:00 below it"))
    }
    return columns
  }

  private static func post(
    _ row: [CSVTable.Cell], _ columns: [PostColumn?], _ source: String, _ defaults: ImportDefaults, _ diagnostics: inout [Diagnostic]
  ) -> ImportedPost {
    // Only an export puts apostrophes before formulas; elsewhere they are the author's.
    let isExport = columns.contains(.path) && columns.contains(.state)
    var cells: [PostColumn: String] = [:]
    var places: [String: Span] = [:]
    for (cell, column) in zip(row, columns) {
      guard let column, column.isImported else { continue }
      let text = isExport ? FormulaGuard.release(cell.text) : cell.text
      // Words are the author's; what is read by a program may have blanks around it.
      cells[column] = column.isProse ? text : text.trimmingBlanks
      places[column.rawValue] = cell.span
    }
    func text(_ column: PostColumn) -> String? { cells[column].flatMap { $0.isEmpty ? nil : $0 } }
    let named = words(text(.accounts) ?? "", separators: " ,;\n")
    var post = PostText(
      id: text(.id) ?? "", accounts: named.isEmpty ? defaults.accounts : named, time: time(text(.scheduledTime) ?? ""),
      timezone: text(.timezone) ?? defaults.timezone, title: text(.title), caption: text(.caption)?.withLineFeeds,
      media: media(text(.media) ?? "", alt: text(.alt) ?? ""))
    if let more = text(.more) {
      do { post.more = try Self.more(more) } catch {
        diagnostics.append(
          Diagnostic(
            .valueFormat, at: places["more"] ?? .wholeFile, of: source, "more \(error)",
            hint: "it is what export csv wrote: JSON with any of the keys \(Post.moreKeys.sorted().joined(separator: ", "))"))
      }
      if post.more.contains(where: { $0.key == "media" }) { post.media = [] }
    }
    let hasOwnID = !post.id.isEmpty
    if !hasOwnID { post.id = post.suggestedID }
    let span = row.first.map { Span($0.span.start, row.last?.span.end ?? $0.span.end) } ?? .wholeFile
    var imported = ImportedPost(text: post, source: source, span: span, places: places, hasOwnID: hasOwnID)
    imported.hasMore = columns.contains(.more)
    if isExport, text(.timezone) == nil {
      imported.exportedFor = zip(row, columns).first { $0.1 == .scheduledAt }.flatMap { Instant($0.0.text) }
    }
    return imported
  }

  private static func more(_ text: String) throws(MalformedMore) -> [PostText.Line] {
    let json: JSON
    do { json = try JSON.parse(Array(text.utf8), limits: .init(size: 1 << 20, depth: 16)) } catch {
      throw MalformedMore(text: "is no JSON")
    }
    guard let fields = json.object else { throw MalformedMore(text: "is no object") }
    if let key = fields.keys.sorted().first(where: { !Post.moreKeys.contains($0) }) {
      throw MalformedMore(text: "has a key \(quoted(key)), which no export has")
    }
    return fields.sorted { $0.key < $1.key }.map { PostText.Line(key: $0.key, value: $0.value) }
  }

  private struct MalformedMore: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
  }

  /// Spreadsheets show a time with a space where a T goes.
  private static func time(_ text: String) -> String {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0].utf8.count == 10 ? "\(parts[0])T\(parts[1])" : text
  }

  /// One a line, or between semicolons; the descriptions are in the same order, one a line.
  private static func media(_ text: String, alt: String) -> [Media] {
    let alts = alt.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    return places(text).enumerated().map { index, place in
      Media(source: .init(place), alt: index < alts.count && !alts[index].isEmpty ? alts[index] : nil)
    }
  }

  /// A semicolon inside an address divides nothing: what follows it there is neither an address nor a path below the content folder.
  private static func places(_ text: String) -> [String] {
    var found: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      var isFirst = true
      for part in line.split(separator: ";", omittingEmptySubsequences: false) {
        let isPlace = part.contains("://") || part.hasPrefix(" ") || part.hasPrefix("media/") || part.isEmpty
        if !isFirst, !isPlace, let last = found.last, last.contains("://") {
          found[found.count - 1] = "\(last);\(part)"
        } else {
          found.append(String(part))
        }
        isFirst = false
      }
    }
    return found.flatMap { words($0, separators: "\n") }
  }

  private static func words(_ text: String, separators: String) -> [String] {
    text.split { separators.contains($0) || $0.isNewline }.map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }
}

extension PostColumn {
  fileprivate var isProse: Bool { self == .title || self == .caption || self == .alt }
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension PostText {
  /// An id from its words, else from its time.
  var suggestedID: String {
    let words = Self.slug(title ?? caption ?? "")
    return words.isEmpty ? "post-\(Self.slug(time))" : words
  }
}
