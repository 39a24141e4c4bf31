public import Schedule

/// Servers whose clocks can be compared with ours: upstream's and the platforms' (T3).
public struct SecondClock: Sendable {
  /// Where one could ask, for these accounts; empty on a host that talks to nobody.
  public var servers: @Sendable (_ accounts: [Account]) -> [String]
  /// What the server's clock says; `nil` where it does not answer.
  public var ask: @Sendable (_ server: String) async -> Instant?

  public init(
    servers: @escaping @Sendable (_ accounts: [Account]) -> [String], ask: @escaping @Sendable (_ server: String) async -> Instant?
  ) {
    self.servers = servers
    self.ask = ask
  }

  /// For hosts that talk to nobody.
  public static let none = SecondClock(servers: { _ in [] }, ask: { _ in nil })
}
