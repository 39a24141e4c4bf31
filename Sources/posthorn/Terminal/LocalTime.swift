import Schedule

/// Instants as people read them: the clock of a zone, with what the zone's time is called.
struct LocalTime {
  let zones: Zones

  /// `2026-11-27 09:00 EST`; in UTC where the zone is not known.
  func text(_ instant: Instant?, in zone: String?) -> String {
    guard let instant else { return "-" }
    guard let zone = zone.flatMap(zones.zone) else { return "\(Self.utc(instant)) UTC" }
    return "\(Self.spaced(zone.wallClock(at: instant))) \(zone.abbreviation(at: instant))"
  }

  /// `2026-11-27 14:00 UTC`.
  static func text(utc instant: Instant) -> String { "\(utc(instant)) UTC" }

  private static func utc(_ instant: Instant) -> String {
    let text = instant.description.prefix(19)
    return spaced(text.hasSuffix(":00") ? text.dropLast(3) : text)
  }

  private static func spaced(_ clock: some CustomStringConvertible) -> String { clock.description.replacing("T", with: " ") }
}

extension Zones {
  /// The zones of this host, or why there are none.
  static func host() throws(Failure) -> Zones {
    do { return try Zones.system(directory: Environment.current["TZDIR"]) } catch { throw .couldNot(error.description) }
  }
}
