import ArgumentParser
import Schedule

/// `posthorn calendar`
struct CalendarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calendar", abstract: "Show a month or a week of the schedule in the terminal, in as many time zones as you like.",
    discussion: """
      Joins the posts with the records that were pushed, as status does. Without a flag it shows this month; days are those of the first \
      zone. Another program gets it all with posthorn export.
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("A month, such as 2026-11. (default: this one)", valueName: "month"))
  var month: String?
  @Option(help: ArgumentHelp("The week of a day, such as 2026-11-27, or of today.", valueName: "day"))
  var week: String?
  @Option(
    help: ArgumentHelp("A zone to show times in; may be given several times. (default: the settings', or this host's)", valueName: "zone"))
  var timezone: [String] = []

  func validate() throws {
    if month != nil, week != nil { throw ValidationError("--month and --week exclude each other; leave one of them out") }
    if let month, Day(firstOf: month) == nil { throw ValidationError("--month \"\(month)\" is not a month; write one such as 2026-11") }
    if let week, week != "today", Day(week) == nil {
      throw ValidationError("--week \"\(week)\" is not a day; write one such as 2026-11-27, or today")
    }
  }

  func run() throws {
    let options = try common.resolved()
    let now = Instant.now
    let source = try ScheduleSource(options, now: now)
    let clocks = try clocks(source)
    options.console.note(source.summary)
    let today = clocks.day(of: now)
    let days = (month.flatMap { Day(firstOf: $0) } ?? today).wholeMonth
    let shown = week.map { (Day($0) ?? today).week } ?? days
    let entries = try source.entries().filter { shown.contains(clocks.day(of: $0.scheduledAt)) }
    switch options.format {
    case .json:
      let posts = Set(entries.map(\.post))
      options.console.result(JSON.array(try source.posts().filter { posts.contains($0.standing.status.post) }.map(\.json)).text())
    case .text:
      let (output, color) = (Output.standard, options.console.color(on: .standard))
      let page = CalendarPage(entries, of: shown, today: today, clocks: clocks)
      options.console.result(
        week == nil
          ? MonthText(page: page).text(width: output.pageWidth, color) : WeekText(page: page).text(width: output.width, color))
    }
  }

  private func clocks(_ source: ScheduleSource) throws(Failure) -> Clocks {
    let names = timezone.isEmpty ? [source.content.catalog.settings.timezone ?? source.zones.ofHost] : timezone
    let zones = try names.map { name throws(Failure) in try Self.zone(name, source.zones) }
    return Clocks(zones[0], zones.dropFirst())
  }

  private static func zone(_ name: String, _ zones: Zones) throws(Failure) -> Zone {
    if let zone = zones.zone(name) { return zone }
    let advice = zones.advice(on: name)
    throw .usage("--timezone \"\(name)\" is no zone\(advice.question) (\(advice.hint))")
  }
}
