public import HTTP
public import Schedule

/// The platforms that come with Posthorn.
public enum Shipped {
  public static let schemas: [PlatformSchema] = [Outbox.schema, Webhook.schema, TikTok.schema]

  /// All of them, on this host's files, network and clock.
  ///
  /// - Parameter longestCall: within what a call that cannot be taken back has to end, where that is bounded.
  public static func platforms(
    outbox: Outbox, client: Client, credentials: Credentials, tiktok: TikTokHost, longestCall: Duration? = nil,
    now: @escaping @Sendable () -> Instant, pause: @escaping @Sendable (_ until: Instant) async -> Void
  ) -> [any Platform] {
    let send: @Sendable (Request) async throws(HTTPError) -> Response = { request throws(HTTPError) in try await client.send(request) }
    let webhook = Webhook(
      send: send, credential: { account, origin throws(DeliveryError) in try credentials.credential(of: account, for: origin) }, now: now,
      pause: pause, deadline: min(longestCall ?? Webhook.deadline, Webhook.deadline))
    let keeper = TokenKeeper(credentials: credentials, oauth: TikTokOAuth(at: tiktok.endpoint, send: send), now: now, say: tiktok.say)
    let tools = TikTok.Tools(
      origin: tiktok.endpoint ?? TikTok.origin, longestCall: min(longestCall ?? TikTok.deadline, TikTok.deadline), send: send,
      token: { account, origin throws(DeliveryError) in try await keeper.token(of: account, for: origin) },
      renewedToken: { account, origin, refused throws(DeliveryError) in
        try await keeper.renew(after: refused, of: account, for: origin)
      },
      login: { account, origin throws(DeliveryError) in TikTokCredential(try credentials.credential(of: account, for: origin)) },
      rates: TikTokRates(load: tiktok.loadRates, save: tiktok.saveRates, now: now, pause: pause), uploads: tiktok.uploads, now: now,
      pause: pause)
    return [outbox, webhook, TikTok(tools)]
  }

  /// What TikTok needs of a host beyond what every platform does.
  public struct TikTokHost: Sendable {
    /// Where it is instead of at its own address.
    public var endpoint: Origin?
    public var uploads: UploadAddresses
    /// What was saved of an account's calls, and saving it durably.
    public var loadRates: @Sendable (AccountName) -> [UInt8]?
    public var saveRates: @Sendable (AccountName, [UInt8]) throws -> Void
    /// What is worth a line in the log.
    public var say: @Sendable (TokenKeeper.Notice) -> Void

    public init(
      endpoint: Origin? = nil, uploads: UploadAddresses, loadRates: @escaping @Sendable (AccountName) -> [UInt8]?,
      saveRates: @escaping @Sendable (AccountName, [UInt8]) throws -> Void, say: @escaping @Sendable (TokenKeeper.Notice) -> Void = { _ in }
    ) {
      (self.endpoint, self.uploads, self.loadRates, self.saveRates, self.say) = (endpoint, uploads, loadRates, saveRates, say)
    }
  }
}
