import Schedule

/// The days that are shown, what leaves on each, and the clocks that it is shown on.
struct CalendarPage {
  let entries: [Day: [CalendarEntry]]
  let days: ClosedRange<Day>
  let today: Day
  let clocks: Clocks

  init(_ entries: [CalendarEntry], of days: ClosedRange<Day>, today: Day, clocks: Clocks) {
    self.entries = Dictionary(grouping: entries) { clocks.day(of: $0.scheduledAt) }
    (self.days, self.today, self.clocks) = (days, today, clocks)
  }
}
