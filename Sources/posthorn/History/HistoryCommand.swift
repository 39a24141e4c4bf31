import ArgumentParser
import Schedule

/// `posthorn history [POST]`
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the attempts that were recorded, newest first.",
    discussion: "Days are those of the scheduled time; --format json prints the records themselves.")

  @OptionGroup var common: CommonOptions
  @Argument(help: "The id of one post.")
  var post: String?
  @Option(help: ArgumentHelp("How many attempts to show.", valueName: "number"))
  var limit = 50

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit \(limit) shows nothing; it is at least 1") }
    if let post, PostID(post) == nil { throw ValidationError("\"\(post)\" cannot be the id of a post; list them with: posthorn status") }
  }

  func run() throws {
    let options = try common.resolved()
    let view = try RepositoryView(options)
    options.console.note(view.summary)
    let records = try records(view, options)
    switch options.format {
    case .json: options.console.result(JSON.array(records.map(\.json)).text())
    case .text:
      options.console.result(Self.table(records, LocalTime(zones: try .host()), options.console))
      if records.isEmpty { options.console.note(post.map { "nothing was recorded for \($0) yet" } ?? "nothing was recorded yet") }
    }
  }

  private func records(_ view: RepositoryView, _ options: ResolvedOptions) throws(Failure) -> [HistoryRecord] {
    guard let commit = try view.records(folder: options.folder) else { return [] }
    return try RecordFolder(at: commit, in: view.path, folder: options.folder, complain: options.console.note)
      .history(of: post.flatMap { PostID($0) }, limit: limit)
  }

  private static func table(_ records: [HistoryRecord], _ time: LocalTime, _ console: Console) -> String {
    var table = Table(
      .init("FINISHED"), .init("OUTCOME"), .init("POST", minimum: 10), .init("ACCOUNT", minimum: 7), .init("TRY", .right),
      .init("RESULT", minimum: 10))
    for record in records {
      table.add(
        .init(time.text(Instant(seconds: record.finishedAt.seconds), in: record.timezone)),
        .init(record.outcome.rawValue, record.outcome.ink),
        .init(record.post.text), .init(record.account.text), .init("\(record.attempt)"),
        .init(
          [record.saidBy.map { "said by \($0)" }, record.error?.message ?? record.remote?.url ?? record.remote?.id].compactMap(\.self)
            .joined(separator: ": ")))
    }
    return table.text(width: Output.standard.width, console.color(on: .standard))
  }
}
