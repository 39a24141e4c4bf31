/// Why a time on the wall of a zone has no instant.
public enum TimeError: Error, Equatable, Sendable {
  /// The clocks skip it; the two nearest times that exist.
  case gap(before: WallClock, after: WallClock)
  /// It exists, but never with the offset that was written; the offsets that the zone has at that time, earliest instant first.
  case offset(Offset, has: [Offset])

  /// The sentence for `time` in the zone named `zone`.
  public func message(for time: WallClock, in zone: String) -> String {
    switch self {
    case .gap(let before, let after):
      let isSameDay = before.date == time.date && after.date == time.date
      let shown = [before, after].map { isSameDay ? String($0.description.dropFirst(11)) : $0.description }
      return "\(time) does not exist in \(zone); \(shown[0]) and \(shown[1]) do"
    case .offset(let written, let has):
      return "\(zone) is not at \(written) at \(time); it is at \(has.map(\.description).joined(separator: " and then at "))"
    }
  }
}

extension Zone {
  /// The instant at which the clocks of the zone show `time`.
  ///
  /// A time that occurs twice is the first occurrence, unless `offset` names the other one.
  ///
  /// - Throws: ``TimeError/gap(before:after:)`` if the zone skips `time`, with the two nearest times that exist;
  ///   ``TimeError/offset(_:has:)`` if the zone does not have `offset` at that time.
  /// - Source: the choice of the first from RFC 5545, 3.3.5.
  public func instant(of time: WallClock, offset: Offset? = nil) throws(TimeError) -> Instant {
    switch occurrences(of: time) {
    case .gap(let before, let after): throw .gap(before: before, after: after)
    case .once(let instant):
      let has = self.offset(at: instant)
      guard let offset, offset != has else { return instant }
      throw .offset(offset, has: [has])
    case .twice(let first, let second):
      let has = (self.offset(at: first), self.offset(at: second))
      switch offset {
      case nil, has.0: return first
      case has.1: return second
      case .some(let other): throw .offset(other, has: [has.0, has.1])
      }
    }
  }
}
