public import Schedule

/// Servers whose clocks can be compared with ours: upstream's, the platforms', and the operator's choice (T3).
public struct SecondClock: Sendable {
  /// What came of asking.
  public enum Answer: Equatable, Sendable {
    case time(Instant, server: String)
    /// It is there, or may be, and has not said in time.
    case silence
    /// It answers, and says nothing of the time; or nobody is asked.
    case noClock
  }

  /// Where one could ask, for these accounts; empty on a host that talks to nobody.
  public var servers: @Sendable (_ accounts: [Account]) -> [String]
  /// Asks one of them.
  public var askOne: @Sendable (_ server: String) async -> Answer

  public init(
    servers: @escaping @Sendable (_ accounts: [Account]) -> [String], askOne: @escaping @Sendable (_ server: String) async -> Answer
  ) {
    self.servers = servers
    self.askOne = askOne
  }

  /// For hosts that talk to nobody.
  public static let none = SecondClock(servers: { _ in [] }, askOne: { _ in .noClock })

  /// Asks all of them at once, and returns with the first one that says what time it is; the others are not waited for.
  func ask(_ servers: [String]) async -> Answer {
    let (answers, tell) = AsyncStream.makeStream(of: Answer.self)
    for server in servers { Task { tell.yield(await askOne(server)) } }
    var best = Answer.noClock
    var rest = servers.count
    var iterator = answers.makeAsyncIterator()
    while rest > 0, let answer = await iterator.next() {
      if case .time = answer { return answer }
      if answer == .silence { best = answer }
      rest -= 1
    }
    return best
  }
}
