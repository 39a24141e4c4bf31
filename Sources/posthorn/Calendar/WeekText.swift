import Schedule

/// A week as a table, a line for each post, with its time on each clock.
struct WeekText {
  let page: CalendarPage

  func text(width: Int, _ color: DiagnosticReport.Color) -> String {
    let first = page.days.lowerBound
    let title = Ink.bold.paint("Week of \(first.day) \(Day.months[first.month - 1]) \(first.year)", color)
    var table = Table(
      [.init("DAY")] + page.clocks.places.map { .init($0.uppercased()) }
        + [.init("STATE"), .init("POST", minimum: 14), .init("ACCOUNTS", minimum: 8), .init("SUMMARY", minimum: 8)])
    for day in page.days.days {
      let name = "\(Day.weekdays[day.weekday]) \(day.day)"
      let entries = page.entries[day] ?? []
      if entries.isEmpty { table.add([.init(name, ink(of: day))] + Array(repeating: "", count: page.clocks.zones.count + 4)) }
      for (index, entry) in entries.enumerated() { table.add([.init(index == 0 ? name : "", ink(of: day))] + cells(of: entry)) }
    }
    return "\(title), times of \(page.clocks.names.printable)\n\n" + table.text(width: width, color)
  }

  private func ink(of day: Day) -> Ink? { day == page.today ? .bold : nil }

  private func cells(of entry: CalendarEntry) -> [Table.Cell] {
    page.clocks.times(of: entry.scheduledAt).map { .init($0) } + [
      .init(entry.state.rawValue, entry.state.ink), .init(entry.post.text),
      .init(entry.deliveries.map(\.account.text).joined(separator: ", ")), .init(entry.summary),
    ]
  }
}
