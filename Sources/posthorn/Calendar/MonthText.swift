import Schedule

/// A month as a grid of days, with what leaves on each.
struct MonthText {
  let page: CalendarPage

  func text(width: Int, _ color: DiagnosticReport.Color) -> String {
    let cell = max(8, (min(width, Self.widest) - 6) / 7)
    let first = page.days.lowerBound
    var text = "\(Ink.bold.paint("\(Day.months[first.month - 1]) \(first.year)", color)), times of \(page.clocks.names.printable)\n\n"
    text += row(Day.weekdays.map { [Line($0, .bold)] }, cell, color)
    for monday in stride(from: 0, to: page.days.upperBound - first.week.lowerBound + 1, by: 7).map({ first.week.lowerBound + $0 }) {
      text += row((0..<7).map { lines(of: monday + $0, cell) }, cell, color) + "\n"
    }
    return text + legend(color)
  }

  private func legend(_ color: DiagnosticReport.Color) -> String {
    let states = page.entries.values.joined().map(\.state)
    return states.isEmpty ? "nothing leaves this month\n" : CalendarMark.legend(states, color) + "\n"
  }

  /// One line of a day, before it is cut to the day's width.
  private struct Line {
    var text: String
    var ink: Ink?

    init(_ text: String, _ ink: Ink? = nil) { (self.text, self.ink) = (text.printable, ink) }
  }

  private func lines(of day: Day, _ width: Int) -> [Line] {
    guard page.days.contains(day) else { return [] }
    var lines = [day == page.today ? Line("\(day.day) today", .bold) : Line("\(day.day)")]
    let entries = page.entries[day] ?? []
    let shown = entries.count > Self.most ? Self.most - 1 : entries.count
    for entry in entries.prefix(shown) { lines += self.lines(of: entry, width) }
    if shown < entries.count { lines.append(Line("+\(entries.count - shown) more", .faint)) }
    return lines
  }

  /// The time on each clock, and the post: beside the time where there is room, else below it.
  private func lines(of entry: CalendarEntry, _ width: Int) -> [Line] {
    let ink = entry.state.ink
    let others = zip(page.clocks.times(of: entry.scheduledAt), page.clocks.abbreviations(at: entry.scheduledAt)).dropFirst()
    let head = "\(page.clocks.times(of: entry.scheduledAt)[0]) \(CalendarMark.mark(entry.state))"
    let isWide = width >= Self.wide
    let clocks = others.map { time, name in Line("\(time) \(name)".count > width ? time : "\(time) \(name)", .faint) }
    return [Line(isWide ? "\(head) \(entry.name)" : head, ink)] + clocks
      + (isWide ? [] : [Line(entry.name, ink)])
  }

  /// Days side by side.
  private func row(_ cells: [[Line]], _ width: Int, _ color: DiagnosticReport.Color) -> String {
    var text = ""
    for index in 0..<(cells.map(\.count).max() ?? 0) {
      var line = ""
      var gap = 0
      for cell in cells {
        guard index < cell.count else {
          gap += width + 1
          continue
        }
        let shown = cell[index].text.clipped(toWidth: width)
        line += String(repeating: " ", count: gap) + (cell[index].ink?.paint(shown, color) ?? shown)
        gap = width - shown.displayWidth + 1
      }
      text += line + "\n"
    }
    return text
  }

  /// Beyond it days are further apart, and nothing more is seen.
  private static let widest = 240
  /// From this width of a day on, a time and an id stand in one line.
  private static let wide = 18
  /// Entries of a day; a week shows them all.
  private static let most = 6
}
