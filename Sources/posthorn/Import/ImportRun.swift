import Platforms
import Schedule

/// What every import does once its files are read: check, show, and write.
struct ImportRun {
  private let options: ResolvedOptions
  private let choice: ImportOptions
  private let tree: WorkTree
  private let listing: ContentListing
  let catalog: Catalog
  private let now: Instant

  init(_ options: ResolvedOptions, _ choice: ImportOptions) throws(Failure) {
    (self.options, self.choice, now) = (options, choice, .now)
    tree = try WorkTree(at: options.repo, folder: options.folder)
    listing = try tree.listing()
    let host = ValidationHost(zones: try .host(), platforms: Shipped.schemas, now: now, cores: 1)
    var ignored: [Diagnostic] = []
    catalog = try Validation.catalog(listing, in: tree.files(isNew: { _, _ in true }), host, &ignored)
  }

  /// - Parameter source: the bytes of a file that was read, to show the line of a finding.
  func run(_ reading: ImportReading, source: (String) -> [UInt8]?) throws {
    let plan = ImportPlan(reading, folder: options.folder, catalog: catalog, existing: try existing(), now: now)
    let report = DiagnosticReport(options.console.color(on: .error))
    for diagnostic in plan.diagnostics.prefix(Self.shown) { Output.error.write(report.text(diagnostic, source: source(diagnostic.path))) }
    if plan.diagnostics.count > Self.shown {
      Output.error.write("… and \(plan.diagnostics.count - Self.shown) more, which show once these are mended\n")
    }
    let isRefused = plan.refused > 0 && !choice.skip
    for (state, count) in reading.leftOut.sorted(by: { $0.key < $1.key }) {
      options.console.note("\(Self.count(count, "row")) left out: \(state); --all takes what is not to come any more, too")
    }
    if choice.dryRun || isRefused { show(plan) } else { try write(plan) }
    guard !isRefused else {
      throw Failure(
        status: .findings,
        description: "nothing was written: \(Self.count(plan.refused, "post")) with errors; mend them, or leave them out with --skip")
    }
  }

  private func existing() throws(Failure) -> ImportPlan.Existing {
    let read = try tree.files(isNew: { _, _ in false }).openReader()
    var (posts, words) = ([PostID: String](), KnownWords())
    var reader = ContentReader()
    for path in listing.posts {
      try read(path) { bytes in
        let reading = catalog.read(bytes, at: path, with: &reader)
        if let id = reading.id { posts[id] = path }
        words.add(reading)
      }
    }
    return .init(posts: posts, words: words) { path in
      guard NewFile.exists(tree.absolute(path)) else { return nil }
      var bytes: [UInt8] = []
      try? read(path) { bytes = Array($0) }  // What cannot be read is there all the same, and says something else.
      return bytes
    }
  }

  /// Findings that are printed: a column that is wrong is wrong in every row.
  private static let shown = 100

  private func show(_ plan: ImportPlan) {
    switch options.format {
    case .json: options.console.result(JSON.array(plan.items.map(\.json)).text())
    case .text:
      let time = LocalTime(zones: catalog.zones)
      var table = Table(.init("TIME"), .init("WHEN"), .init("ACCOUNTS", minimum: 8), .init("FILE", minimum: 16), .init(""))
      for item in plan.items {
        table.add(
          .init(time.text(item.scheduledAt, in: item.timezone)), .init(item.scheduledAt?.relative(to: now) ?? ""),
          .init(item.post.text.accounts.joined(separator: ", ")), .init(ContentPath.inside(options.folder, item.path)),
          .init(item.isThere ? "is there" : "", .faint))
      }
      options.console.result(table.text(width: Output.standard.width, options.console.color(on: .standard)))
    }
    guard choice.dryRun else { return }
    let new = plan.items.count { !$0.isThere }
    options.console.note("\(Self.count(new, "post")) would be written; nothing was, because of --dry-run")
  }

  private func write(_ plan: ImportPlan) throws {
    var written = 0
    for item in plan.items where !item.isThere {
      guard try NewFile.write(item.post.text.text, to: tree.absolute(item.path)) == .written else {
        throw Failure.couldNot("\(item.path) was not there a moment ago; look at it, and import again: what is written stays as it is")
      }
      written += 1
      if options.format == .text { options.console.result("\(item.path.printable)\n") }
    }
    if options.format == .json { options.console.result(JSON.array(plan.items.map(\.json)).text()) }
    let there = plan.items.count - written
    options.console.note(
      "\(Self.count(written, "post")) written" + (there == 0 ? "" : ", \(there) there already")
        + (plan.refused == 0 ? "" : ", \(plan.refused) left out")
        + (written == 0 ? "" : "; look at them, then commit and push: posthorn plan"))
  }

  private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}

extension ImportPlan.Item {
  fileprivate var json: JSON {
    [
      "post": .string(post.text.id), "path": .string(path), "scheduled_at": JSON(scheduledAt), "timezone": JSON(timezone),
      "accounts": .array(post.text.accounts.map(JSON.string)), "source": .string(post.source), "line": JSON(post.line),
      "new": .bool(!isThere),
    ]
  }
}
