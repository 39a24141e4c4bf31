import ArgumentParser
import Git
import Schedule

/// `posthorn export ics|json|csv`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print the schedule, past and future, for a calendar, a program or a spreadsheet.",
    discussion: """
      Joins the posts with the records that were pushed, as status does. ics is for calendar programs, which know each post again by its \
      id; csv is for spreadsheets, and what import csv reads.
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case ics, json, csv
  }

  @OptionGroup var common: CommonOptions
  @Argument(help: "ics, json or csv.")
  var form: Form

  func run() throws {
    let options = try common.resolved(formats: [.text])
    let source = try ScheduleSource(options, now: .now)
    options.console.note(source.summary)
    switch form {
    case .ics: options.console.result(try Self.calendar(source, options.console))
    case .json: options.console.result(JSON.array(try source.posts().map(\.json)).text())
    case .csv: options.console.result(try Self.table(source))
    }
  }

  private static func calendar(_ source: ScheduleSource, _ console: Console) throws(Failure) -> String {
    let timeless = source.standings.filter { $0.status.scheduledAt == nil }
    if !timeless.isEmpty {
      console.note("left out, because their times cannot be read: \(timeless.map(\.status.post.text).joined(separator: ", "))")
    }
    return ICalendar(try source.entries(), of: source.place, asOf: try source.asOf(), zones: source.zones).text
  }

  private static func table(_ source: ScheduleSource) throws(Failure) -> String {
    var text = CSVText()
    text.add(PostColumn.allCases.map(\.rawValue))
    for post in try source.posts() {
      let cells = post.cells
      text.add(PostColumn.allCases.map { cells[$0] ?? "" })
    }
    return text.text
  }
}
