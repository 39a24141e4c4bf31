/// The clocks of one place: which offset from UTC they show at every instant, past and future.
///
/// Immutable, and cheap to pass around and to ask: two binary searches an answer, no allocation.
///
/// - Source: a TZif file (RFC 9636) of the system's tzdata.
public final class Zone: Sendable, CustomStringConvertible {
  /// The IANA name that it was asked for by: `America/New_York`.
  public let name: String

  private let kinds: [TZif.Kind]
  let transitions: [Int64]
  private let kindAtTransition: [UInt8]
  let footer: FooterRule?
  /// The smallest and the largest offset that the zone ever has.
  private let offsets: ClosedRange<Int64>

  /// Reads the TZif file `tzif`; bytes that are anything else are an error and never a crash.
  public init(name: String, tzif: [UInt8]) throws(ZoneError) {
    let file = try TZif(zone: name, bytes: tzif)
    self.name = name
    kinds = file.kinds
    transitions = file.transitions
    kindAtTransition = file.kindAtTransition
    footer = file.footer
    let all = file.kinds.map(\.offset) + [file.footer?.standard.offset, file.footer?.daylight?.kind.offset].compactMap(\.self)
    offsets = all.reduce(all[0]...all[0]) { min($0.lowerBound, $1)...max($0.upperBound, $1) }
  }

  public var description: String { name }

  public func offset(at instant: Instant) -> Offset { Offset(seconds: Int(span(at: instant.seconds).offset)) }

  /// What the zone's time is called at `instant`: `EST`, `+0330`.
  public func abbreviation(at instant: Instant) -> String { kind(of: span(at: instant.seconds)).abbreviation }

  /// What the zone's clocks show at `instant`, whole seconds, within the years 0 to 9999.
  public func wallClock(at instant: Instant) -> WallClock {
    WallClock(secondsOnWall: instant.seconds + span(at: instant.seconds).offset)
  }

  /// The instants at which the zone's clocks show `time`.
  public func occurrences(of time: WallClock) -> Occurrences {
    let wall = time.secondsOnWall
    var found: Instant?
    var span = span(at: wall - offsets.upperBound)
    while true {
      let seconds = wall - span.offset
      if seconds >= span.start, seconds < span.end {
        let instant = Instant(seconds: seconds)
        if let first = found { return .twice(first: first, second: instant) }
        found = instant
      }
      guard span.end <= wall - offsets.lowerBound else { break }
      let next = self.span(at: span.end)
      if span.end + span.offset <= wall, wall < span.end + next.offset, found == nil {
        return gap(around: wall, from: span.end + span.offset, to: span.end + next.offset)
      }
      span = next
    }
    guard let found else { preconditionFailure("the spans of \(name) cover all time without overlap: \(time)") }
    return .once(found)
  }

  /// `first` and `end` are on the wall: the first time that the clocks skip, and the first that they show after it.
  private func gap(around wall: Int64, from first: Int64, to end: Int64) -> Occurrences {
    // People who write minutes are told a minute.
    let step: Int64 = wall % 60 == 0 && first % 60 == 0 ? 60 : 1
    return .gap(before: WallClock(secondsOnWall: first - step), after: WallClock(secondsOnWall: end))
  }
}

/// How often the clocks of a zone show one time.
public enum Occurrences: Equatable, Sendable {
  case once(Instant)
  /// The clocks were set back over it.
  case twice(first: Instant, second: Instant)
  /// The clocks were set forward over it; the two nearest times that exist.
  case gap(before: WallClock, after: WallClock)
}

extension Zone {
  /// A stretch of time without a change, in seconds since 1970.
  struct Span {
    var start: Int64
    var end: Int64
    var offset: Int64
    fileprivate var source: Source

    fileprivate enum Source {
      case table(kind: Int)
      case footer(isDaylight: Bool)
    }
  }

  func span(at seconds: Int64) -> Span {
    let after = firstTransition(after: seconds)
    if after == transitions.count, let footer {
      let rule = footer.span(at: seconds)
      let offset = rule.isDaylight ? footer.daylight?.kind.offset ?? footer.standard.offset : footer.standard.offset
      return Span(
        start: max(rule.start, transitions.last ?? .min), end: rule.end, offset: offset, source: .footer(isDaylight: rule.isDaylight))
    }
    let kind = after == 0 ? 0 : Int(kindAtTransition[after - 1])
    return Span(
      start: after == 0 ? .min : transitions[after - 1], end: after == transitions.count ? .max : transitions[after],
      offset: kinds[kind].offset, source: .table(kind: kind))
  }

  private func firstTransition(after seconds: Int64) -> Int {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func kind(of span: Span) -> TZif.Kind {
    switch span.source {
    case .table(let kind): kinds[kind]
    case .footer(let isDaylight): (isDaylight ? footer?.daylight?.kind : footer?.standard) ?? kinds[0]
    }
  }
}
