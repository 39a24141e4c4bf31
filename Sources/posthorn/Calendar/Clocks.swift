import Schedule

/// The clocks that a calendar shows times on; the first one says which day it is.
struct Clocks {
  private let first: Zone
  private let others: [Zone]

  init(_ first: Zone, _ others: some Sequence<Zone>) { (self.first, self.others) = (first, Array(others)) }

  var zones: [Zone] { [first] + others }

  func day(of instant: Instant) -> Day { Day(of: first.wallClock(at: instant)) }

  /// The time of day on each clock, with how many days it is ahead of the first or behind it: `09:00`, `00:30+1`.
  func times(of instant: Instant) -> [String] {
    let first = day(of: instant)
    return zones.map { zone in
      let clock = zone.wallClock(at: instant)
      let ahead = Day(of: clock) - first
      return String(clock.description.dropFirst(11).prefix(5)) + (ahead == 0 ? "" : ahead > 0 ? "+\(ahead)" : "\(ahead)")
    }
  }

  /// What the time of each clock is called: `CET`.
  func abbreviations(at instant: Instant) -> [String] { zones.map { $0.abbreviation(at: instant) } }

  /// The names of the zones.
  var names: String { zones.map(\.name).joined(separator: ", ") }

  /// The place of each zone, for the top of a column: `New York`.
  var places: [String] {
    zones.map { zone in zone.name.split(separator: "/").last.map { String($0.replacing("_", with: " ")) } ?? zone.name }
  }
}
