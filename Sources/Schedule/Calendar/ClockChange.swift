/// A moment at which the clocks of a zone are set, or its time gets another name.
struct ClockChange: Equatable {
  /// In seconds since 1970.
  var moment: Int64
  /// The offset until then.
  var before: Int64
  var after: TZif.Kind

  /// What the clocks show just before they are set.
  var wallClock: WallClock { WallClock(secondsOnWall: moment + before) }
}

extension Zone {
  /// How the clocks of the zone were set at `first`, and every change after it up to `last`.
  ///
  /// The first one is the change that was in force at `first`; where there never was one, a change to what holds anyway, in 1970 or
  /// before `first`.
  func clockChanges(from first: Instant, to last: Instant) -> [ClockChange] {
    var span = span(at: first.seconds)
    var changes: [ClockChange] = []
    if span.start == .min {
      changes.append(ClockChange(moment: min(0, first.seconds) - span.offset, before: span.offset, after: kind(of: span)))
    } else {
      changes.append(change(to: span))
    }
    while span.end <= last.seconds {
      let earlier = kind(of: span)
      span = self.span(at: span.end)
      if kind(of: span) != earlier { changes.append(change(to: span)) }
    }
    return changes
  }

  private func change(to span: Span) -> ClockChange {
    ClockChange(moment: span.start, before: self.span(at: span.start - 1).offset, after: kind(of: span))
  }

  /// Whether everything from `change` on is what the rule at the end of the zone's file says: then the rule tells it all.
  func isRuled(from change: ClockChange) -> Bool {
    guard let footer, let daylight = footer.daylight else { return false }
    let later = transitions.drop { $0 < change.moment }
    return ([change.moment] + later).allSatisfy { moment in
      let rule = footer.span(at: moment)
      return rule.start == moment && kind(of: span(at: moment)) == (rule.isDaylight ? daylight.kind : footer.standard)
    } && span(at: change.moment - 1).offset == (change.after.isDaylight ? footer.standard.offset : daylight.kind.offset)
  }
}
