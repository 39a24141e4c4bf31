/// A zone as an iCalendar component, so that a calendar program needs no zones of its own: when its clocks were set, and the rule for later.
///
/// - Source: RFC 5545, 3.6.5. The identifier is the IANA name, which programs that have zones of their own know.
struct ZoneComponent {
  let zone: Zone

  /// Writes the component for times from `first` to `last`, and, where the zone has a rule, for all that come later.
  func write(from first: Instant, to last: Instant, into lines: inout ContentLines) {
    let changes = zone.clockChanges(from: first, to: last + Self.margin)
    lines.add("BEGIN", "VTIMEZONE")
    lines.add("TZID", zone.name)
    let rules = changes.firstIndex { zone.isRuled(from: $0) }.flatMap { start in self.rules(changes[start...]).map { (start, $0) } }
    write(dates: changes[..<(rules?.0 ?? changes.count)], into: &lines)
    for (change, rule) in rules?.1 ?? [] { write(change, into: &lines) { $0.add("RRULE", rule) } }
    lines.add("END", "VTIMEZONE")
  }

  /// How far beyond the last event changes are looked for: a year has both that a rule repeats, and an event that somebody moves by a few
  /// years stays right where the zone's rule cannot be written.
  private static let margin = Duration.seconds(5 * 366 * 86_400)

  /// The first change to daylight saving and the first one back, each with the rule that repeats it; `nil` where there is no such rule.
  private func rules(_ changes: ArraySlice<ClockChange>) -> [(ClockChange, String)]? {
    guard let daylight = zone.footer?.daylight, let start = changes.first(where: \.after.isDaylight),
      let end = changes.first(where: { !$0.after.isDaylight }), let startRule = daylight.start.recurrence,
      let endRule = daylight.end.recurrence
    else { return nil }
    return [(end, endRule), (start, startRule)]
  }

  /// Changes that the rule does not tell, those that are alike together.
  private func write(dates changes: ArraySlice<ClockChange>, into lines: inout ContentLines) {
    var rest = changes
    while let first = rest.first {
      let alike = rest.filter { $0.before == first.before && $0.after == first.after }
      rest.removeAll { $0.before == first.before && $0.after == first.after }
      write(first, into: &lines) { lines in
        for change in alike.dropFirst() { lines.add("RDATE", ContentLines.time(change.wallClock)) }
      }
    }
  }

  private func write(_ change: ClockChange, into lines: inout ContentLines, _ recurrence: (inout ContentLines) -> Void) {
    let name = change.after.isDaylight ? "DAYLIGHT" : "STANDARD"
    lines.add("BEGIN", name)
    lines.add("DTSTART", ContentLines.time(change.wallClock))
    lines.add("TZOFFSETFROM", Self.offset(change.before))
    lines.add("TZOFFSETTO", Self.offset(change.after.offset))
    lines.add("TZNAME", change.after.abbreviation)
    recurrence(&lines)
    lines.add("END", name)
  }

  /// `-0500`, and `+005328` where a zone had seconds.
  private static func offset(_ seconds: Int64) -> String { Offset(seconds: Int(seconds)).description.replacing(":", with: "") }
}

extension FooterRule.YearlyTime {
  /// The same as a rule of iCalendar; `nil` where it has no such form: no zone of tzdata has had one for years.
  fileprivate var recurrence: String? {
    guard case .weekday(let month, let week, let weekday) = day else { return nil }
    let shift = flooredQuotient(time, 86_400)
    let name = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"][((weekday + shift) % 7 + 7) % 7]
    let rule = "FREQ=YEARLY;BYMONTH=\(month)"
    // Two o'clock on the day before the last Sunday is a Saturday, and not always the last one.
    guard shift != 0 else { return "\(rule);BYDAY=\(week == 5 ? -1 : week)\(name)" }
    let days = week == 5 ? (-7 + shift)...(-1 + shift) : (week * 7 - 6 + shift)...(week * 7 + shift)
    guard week == 5 ? days.upperBound <= -1 && days.lowerBound >= -28 : days.lowerBound >= 1 && days.upperBound <= 28 else { return nil }
    return "\(rule);BYDAY=\(name);BYMONTHDAY=\(days.map(String.init).joined(separator: ","))"
  }
}
