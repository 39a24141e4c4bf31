import Git
import Logging
import Schedule
import StateDirectory

/// T3: what is due is held while the wall clock is in doubt, until a server or a person says that it is right.
extension Engine {
  /// Looks at both clocks, before anything is decided by the time, and says what has changed.
  @discardableResult
  func observeClock() -> ClockGate.Answer {
    let answer = gate.now
    switch answer {
    case .instant:
      if let doubt = clockDoubt { believe(after: doubt) }
    case .inDoubt(let doubt, _):
      if clockDoubt == nil, doubt != .uncompared { say(doubt) }
      clockDoubt = doubt
    }
    return answer
  }

  /// Compares the clock with that of a server while it is in doubt, as it is in a new state directory; of several the first one that answers
  /// decides.
  ///
  /// - Parameter tip: where the accounts stand before the first adoption: without them it is not known which servers there are.
  func corroborateClock(at tip: ObjectID? = nil) async throws {
    guard observeClock().isInDoubt || !hasLookedForServers, let accounts = try await accounts(at: tip) else { return }
    let servers = secondClock.servers(accounts)
    hasLookedForServers = true
    gate.note(hasSecondClock: !servers.isEmpty)
    guard case .inDoubt(let doubt, _) = observeClock() else { return }
    switch await secondClock.ask(Array(servers.prefix(Self.serversAsked))) {
    case .time(let theirs, let server): try take(theirs, of: server)
    case .silence where doubt == .uncompared:
      logger.log(
        level: isClockSilenceSaid ? .debug : .error,
        "the clock of this host is in doubt; what is due is held until a server says what time it is",
        metadata: ["asked": "\(servers.joined(separator: " "))", "next": "posthorn resume --clock"])
      isClockSilenceSaid = true
    case .noClock where doubt == .uncompared:
      logger.notice(
        "there is no server to ask what time it is; the clock of this host is believed", metadata: ["see": "--time-source URL"])
      gate.leaveUncompared()
      observeClock()
    case .silence, .noClock: break
    }
  }

  private func take(_ theirs: Instant, of server: String) throws {
    let ahead = gate.compare(with: theirs)
    guard case .inDoubt(let doubt, _) = observeClock() else { return }
    logger.critical(
      "the clock of this host is in doubt; what is due is held",
      metadata: ["why": "\(doubt.text)", "ahead_seconds": "\(ahead.components.seconds)", "server": "\(server)"])
    // By when the directory was made is told what another life may have sent before. It is compared again and again, and set right once.
    if !observed.hasLearned, ahead < .zero || incarnation.made > theirs {
      incarnation = try incarnation.redated(min(incarnation.made - ahead, theirs), in: log.folder)
    }
  }

  private func accounts(at tip: ObjectID?) async throws -> [Account]? {
    var catalog = desired.catalog
    if catalog == nil, let tip { catalog = try await content.catalog(at: tip) }
    return catalog.map { catalog in catalog.accounts.keys.sorted().compactMap { catalog.account($0) } }
  }

  /// A person says that the clock is right.
  ///
  /// - Returns: `false` where nobody doubted it.
  public func confirmClock() throws -> Bool {
    guard case .inDoubt = observeClock() else { return false }
    gate.accept()
    observeClock()
    try saveClock()
    return true
  }

  /// So that the next start can tell how long it was off.
  func saveClock() throws {
    if let saved = gate.saved { try state.replace(Self.clockFile, with: Array(saved.text.utf8)) }
  }

  /// What an earlier process left. It is a hint: one that cannot be read is as none.
  static func savedClock(in state: Folder) throws -> ClockTrust.Saved? {
    try state.read(clockFile, limit: 4096).flatMap { ClockTrust.Saved(text: String(decoding: $0, as: UTF8.self)) }
  }

  private func say(_ doubt: ClockTrust.Doubt) {
    logger.critical(
      "the clock of this host is in doubt; what is due is held", metadata: ["why": "\(doubt.text)", "next": "posthorn resume --clock"])
    fetchSignal.raise()
  }

  private func believe(after doubt: ClockTrust.Doubt) {
    clockDoubt = nil
    if doubt != .uncompared || isClockSilenceSaid { logger.notice("the clock of this host is believed again") }
    if !observed.hasLearned || report.fetchFailure != nil { fetchSignal.raise() }
    if hasBegun { recoverFlights() }
    reconsiderHeld()
    pump()
  }

  private static let clockFile = "clock"
  /// At once.
  private static let serversAsked = 8
}
