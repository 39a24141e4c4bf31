/// The schedule as an iCalendar file, past and future: what `export ics` prints and a calendar program subscribes to.
///
/// - Source: RFC 5545; the name of the calendar is RFC 7986's, and the one that programs read since before it.
public struct ICalendar: Sendable {
  private let entries: [CalendarEntry]
  /// Where the repository is, such as `git.example.com/news`: it makes identifiers unique in the world.
  private let place: String
  /// When what is told was true; in the file nothing else depends on the time at which it is made.
  private let asOf: Instant
  private let zones: Zones

  public init(_ entries: [CalendarEntry], of place: String, asOf: Instant, zones: Zones) {
    (self.entries, self.place, self.asOf, self.zones) = (entries, place, asOf, zones)
  }

  public var text: String {
    var lines = ContentLines()
    lines.add("BEGIN", "VCALENDAR")
    lines.add("VERSION", "2.0")
    lines.add("PRODID", "-//Posthorn//Posthorn//EN")
    lines.add("CALSCALE", "GREGORIAN")
    lines.add("NAME", text: place)
    lines.add("X-WR-CALNAME", text: place)
    writeZones(into: &lines)
    for entry in entries { write(entry, into: &lines) }
    lines.add("END", "VCALENDAR")
    return lines.text
  }

  private func writeZones(into lines: inout ContentLines) {
    let used = Dictionary(grouping: entries.filter { zone(of: $0) != nil }, by: { $0.timezone ?? "" })
    for (name, entries) in used.sorted(by: { $0.key < $1.key }) {
      let instants = entries.map(\.scheduledAt)
      guard let zone = zones.zone(name), let first = instants.min(), let last = instants.max() else { continue }
      ZoneComponent(zone: zone).write(from: first, to: last, into: &lines)
    }
  }

  private func write(_ entry: CalendarEntry, into lines: inout ContentLines) {
    lines.add("BEGIN", "VEVENT")
    lines.add("UID", text: "\(entry.name)@\(place)")
    lines.add("DTSTAMP", ContentLines.time(asOf))
    if let zone = zone(of: entry) {
      lines.add("DTSTART;TZID=\(zone.name)", ContentLines.time(zone.wallClock(at: entry.scheduledAt)))
    } else {
      lines.add("DTSTART", ContentLines.time(entry.scheduledAt))
    }
    lines.add("SUMMARY", text: entry.summary)
    lines.add("DESCRIPTION", text: Self.description(of: entry))
    lines.add("CATEGORIES", text: entry.state.rawValue)
    lines.add("STATUS", entry.state.eventStatus)
    lines.add("TRANSP", "TRANSPARENT")
    if let url = entry.deliveries.compactMap({ $0.remote?.url }).first(where: Self.isPlain) { lines.add("URL", url) }
    lines.add("END", "VEVENT")
  }

  /// The zone that the time is written in; `nil` for UTC, which needs none, and for the second of two times that look alike: written on
  /// the wall it would be the first.
  private func zone(of entry: CalendarEntry) -> Zone? {
    guard let name = entry.timezone, !["UTC", "Etc/UTC"].contains(name), let zone = zones.zone(name) else { return nil }
    switch zone.occurrences(of: zone.wallClock(at: entry.scheduledAt)) {
    case .once: return zone
    case .twice(let first, _): return first.seconds == entry.scheduledAt.seconds ? zone : nil
    case .gap: return nil
    }
  }

  private static func description(of entry: CalendarEntry) -> String {
    let deliveries = entry.deliveries.map { delivery in
      let place = delivery.remote.flatMap { $0.url ?? $0.id }.map { " \($0)" } ?? ""
      let why = (delivery.reason ?? delivery.error?.message).map { " (\($0))" } ?? ""
      return "\(delivery.account): \(delivery.state.rawValue)\(place)\(why)"
    }
    return ((entry.caption.map { [$0, ""] } ?? []) + deliveries + [entry.path]).joined(separator: "\n")
  }

  /// Whether an address from a record can stand in a line as it is.
  private static func isPlain(_ url: String) -> Bool {
    (url.hasPrefix("https://") || url.hasPrefix("http://")) && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}

extension PostState {
  /// Source: RFC 5545, 3.8.1.11.
  fileprivate var eventStatus: String {
    switch self {
    case .held, .inDoubt: "TENTATIVE"
    case .cancelled: "CANCELLED"
    case .scheduled, .publishing, .submitted, .published, .delivered, .retrying, .failed, .missed, .partial: "CONFIRMED"
    }
  }
}
