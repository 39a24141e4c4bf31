import Logging
import Schedule
import StateDirectory

/// T3: what is due is held while the wall clock is in doubt, until a server or a person says that it is right.
extension Engine {
  /// Looks at both clocks. Called before anything is decided by the time.
  func observeClock() {
    let before = trust.doubt
    trust.observe(clock.reading, hasSecondClock: !clockServers.isEmpty)
    if let doubt = trust.doubt, before == nil { say(doubt) }
    if trust.doubt == nil, before != nil { believe() }
  }

  /// Compares the clock with the servers that are talked to anyway: while it is in doubt, and once in the life of a state directory.
  func corroborateClock() async {
    observeClock()
    guard trust.doubt != nil || trust.isUnconfirmed else { return }
    for server in clockServers.prefix(Self.serversAsked) where trust.doubt != nil || trust.isUnconfirmed {
      guard let theirs = await secondClock.ask(server) else { continue }
      let before = trust.doubt
      let ahead = trust.compare(clock.reading, with: theirs)
      if let doubt = trust.doubt {
        logger.critical(
          "the clock of this host is in doubt; what is due is held",
          metadata: ["why": "\(doubt.text)", "ahead_seconds": "\(ahead.components.seconds)", "server": "\(server)"])
      } else if before != nil {
        believe()
      }
    }
    if trust.doubt == nil { trust.leaveUnconfirmed() }
  }

  /// A person says that the clock is right.
  ///
  /// - Returns: `false` where nobody doubted it.
  public func confirmClock() throws -> Bool {
    observeClock()
    guard trust.doubt != nil else { return false }
    trust.accept(clock.reading)
    believe()
    try saveClock()
    return true
  }

  /// So that the next start can tell how long it was off.
  func saveClock() throws { try state.replace(Self.clockFile, with: Array(trust.saved.text.utf8)) }

  /// What an earlier process left. It is a hint: one that cannot be read is as none.
  static func savedClock(in state: Folder) throws -> ClockTrust.Saved? {
    try state.read(clockFile, limit: 4096).flatMap { ClockTrust.Saved(text: String(decoding: $0, as: UTF8.self)) }
  }

  private var clockServers: [String] {
    secondClock.servers(desired.catalog?.accounts.keys.sorted().compactMap { desired.account($0) } ?? [])
  }

  private func say(_ doubt: ClockTrust.Doubt) {
    logger.critical(
      "the clock of this host is in doubt; what is due is held", metadata: ["why": "\(doubt.text)", "next": "posthorn resume --clock"])
    fetchSignal.raise()
  }

  private func believe() {
    logger.notice("the clock of this host is believed again")
    reconsiderHeld()
    pump()
  }

  private static let clockFile = "clock"
  private static let serversAsked = 4
}
