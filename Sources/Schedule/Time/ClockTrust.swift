/// The wall clock and the time since the machine started, read at the same moment.
public struct ClockReading: Equatable, Sendable {
  public var wall: Instant
  /// Suspend included: what nobody can set. Starts over when the machine does.
  public var sinceBoot: Duration
  /// Which start of the machine `sinceBoot` counts from.
  public var boot: String

  public init(wall: Instant, sinceBoot: Duration, boot: String) {
    (self.wall, self.sinceBoot, self.boot) = (wall, sinceBoot, boot)
  }

  /// How much further the wall clock went than the time that passed, on one start of the machine.
  public func leap(since earlier: ClockReading) -> Duration { (wall - earlier.wall) - (sinceBoot - earlier.sinceBoot) }
}

/// Whether the wall clock can be believed (T3). A wrong clock must never publish early, so what is due is held while it is in doubt.
///
/// Pure: readings come in, a doubt comes out. It ends when a server's clock agrees, when a person says so, or when the clock is set back to
/// where it belongs.
public struct ClockTrust: Equatable, Sendable {
  /// What speaks against the wall clock.
  public enum Doubt: Equatable, Sendable {
    /// It went forward by this much more than the time that passed.
    case leapt(Duration)
    /// It is behind this instant, at which something was already written down.
    case behind(Instant)
    /// The machine was started again, and nothing here tells how long it was off.
    case restarted
    /// It is this much ahead of a server's.
    case differs(Duration)
    /// No earlier process has left anything to compare it with, and no server has said yet what time it is.
    case uncompared
  }

  public private(set) var doubt: Doubt?
  /// The last reading that nothing spoke against.
  private var trusted: ClockReading
  /// When the newest outcome that is known ended.
  private var newestRecord: Instant
  /// Whether ``trusted`` is more than the first reading of a new state directory.
  private var isKnown: Bool
  /// Records up to here may lie in the future: somebody who knows said that the clock is right.
  private var accepted: Instant

  /// - Parameters:
  ///   - saved: what an earlier process left; without it nothing is believed before a server was asked, or it is said that there is none.
  ///   - newestRecord: when the newest outcome that is known ended.
  public init(saved: Saved?, first: ClockReading, newestRecord: Instant) {
    trusted = saved?.reading ?? first
    accepted = saved?.accepted ?? .distantPast
    doubt = saved == nil ? .uncompared : nil
    isKnown = saved != nil
    self.newestRecord = newestRecord
  }

  /// Takes in a reading.
  ///
  /// - Parameter hasSecondClock: whether a server could be asked. Only then a new start of the machine is a doubt: without one, nobody but a
  ///   person could ever end it.
  public mutating func observe(_ reading: ClockReading, hasSecondClock: @autoclosure () -> Bool) {
    switch doubt {
    case .differs, .uncompared: return
    case nil, .leapt, .behind, .restarted: break
    }
    doubt = objection(to: reading, hasSecondClock())
    if doubt == nil { trusted = reading }
  }

  /// Takes in an outcome's end, of this host or from a record that a key of it has sealed.
  public mutating func note(record: Instant) { newestRecord = max(newestRecord, record) }

  /// Compares with a server's clock.
  ///
  /// - Returns: how far the wall clock is ahead of it.
  @discardableResult
  public mutating func compare(_ reading: ClockReading, with server: Instant) -> Duration {
    let ahead = reading.wall - server
    if ahead <= Self.agreement, ahead >= .zero - Self.agreement { accept(reading) } else { doubt = .differs(ahead) }
    return ahead
  }

  /// There is no server to ask: the clock is believed as long as nothing speaks against it.
  public mutating func leaveUncompared(_ reading: ClockReading) {
    if doubt == .uncompared { (trusted, doubt, isKnown) = (reading, nil, true) }
  }

  /// What the time may be, as far as one can tell in doubt: nothing is decided by it, and what is held is shown by it.
  public func range(_ reading: ClockReading) -> ClosedRange<Instant> {
    switch doubt {
    case .differs(let ahead), .leapt(let ahead): min(reading.wall, reading.wall - ahead)...max(reading.wall, reading.wall - ahead)
    case .behind(let instant): reading.wall...max(reading.wall, instant)
    case nil, .restarted, .uncompared: reading.wall...reading.wall
    }
  }

  /// Believes a reading: a server agrees, or a person says so.
  public mutating func accept(_ reading: ClockReading) {
    (trusted, accepted, doubt, isKnown) = (reading, newestRecord, nil, true)
  }

  private func objection(to reading: ClockReading, _ hasSecondClock: @autoclosure () -> Bool) -> Doubt? {
    if newestRecord > accepted, newestRecord - reading.wall > Self.agreement { return .behind(newestRecord) }
    let passed = reading.wall - trusted.wall
    guard reading.boot != trusted.boot else {
      let leap = reading.leap(since: trusted)
      return leap > Self.tolerance ? .leapt(leap) : nil
    }
    if .zero - passed > Self.agreement { return .behind(trusted.wall) }
    return passed > Self.tolerance && hasSecondClock() ? .restarted : nil
  }

  /// A leap up to here is an ordinary correction.
  private static let tolerance = Duration.seconds(300)
  /// Clocks this near to each other agree.
  private static let agreement = Duration.seconds(120)
}

extension ClockTrust {
  /// What the next process has to know; `nil` before the clock was found right, or believed for want of a server: the next one asks again.
  public var saved: Saved? { isKnown ? Saved(reading: trusted, accepted: accepted) : nil }

  public struct Saved: Equatable, Sendable {
    var reading: ClockReading
    var accepted: Instant

    init(reading: ClockReading, accepted: Instant) { (self.reading, self.accepted) = (reading, accepted) }

    /// Reads what ``text`` writes; `nil` for anything else.
    public init?(text: some StringProtocol) {
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 4, words[3].last == "\n", let sinceBoot = Int64(words[1]), let wall = Int64(words[2]),
        let accepted = Int64(words[3].dropLast())
      else { return nil }
      let reading = ClockReading(wall: Instant(milliseconds: wall), sinceBoot: .milliseconds(sinceBoot), boot: String(words[0]))
      self.init(reading: reading, accepted: Instant(milliseconds: accepted))
    }

    /// One line: the machine's start, then milliseconds since it, of the wall clock, and up to which records are accepted.
    public var text: String {
      "\(reading.boot) \(reading.sinceBoot.milliseconds) \(reading.wall.milliseconds) \(accepted.milliseconds)\n"
    }
  }
}

extension ClockTrust.Doubt {
  /// What speaks against the clock, as half a sentence.
  public var text: String {
    switch self {
    case .leapt(let leap): "it went forward by \(leap.components.seconds) s more than the time that passed"
    case .behind(let instant): "it is behind \(instant), when something was already written down"
    case .differs(let ahead): "a server's clock differs from it by \(ahead.components.seconds) s"
    case .restarted: "the machine was started again, and no server has confirmed the time yet"
    case .uncompared: "no server that could be asked has said yet what time it is"
    }
  }
}
