public import HTTP
public import Schedule

/// The platforms that come with Posthorn.
public enum Shipped {
  public static let schemas: [PlatformSchema] = [Outbox.schema, Webhook.schema]

  /// All of them, on this host's files, network and clock.
  ///
  /// - Parameter longestCall: within what a call that cannot be taken back has to end.
  public static func platforms(
    outbox: Outbox, client: Client, credentials: Credentials, longestCall: Duration = Webhook.deadline,
    now: @escaping @Sendable () -> Instant, pause: @escaping @Sendable (_ until: Instant) async -> Void
  ) -> [any Platform] {
    let webhook = Webhook(
      send: { request throws(HTTPError) in try await client.send(request) },
      credential: { account, origin throws(DeliveryError) in try credentials.credential(of: account, for: origin) }, now: now, pause: pause,
      deadline: min(longestCall, Webhook.deadline))
    return [outbox, webhook]
  }
}
