import HTTP
import Schedule

/// Where an object can be had, for a while. All of it may be secret: it is shown nowhere.
struct Action: Sendable, CustomReflectable {
  let url: Endpoint
  let headers: Headers
  /// The server knows already who asks: nothing more proves it there.
  let isAuthenticated: Bool
  private let expiresAt: Instant?

  /// Reads what a server says; `nil` where it cannot be followed: no URL, a header that is none or too much.
  ///
  /// - Parameter choice: who named the server; of one that somebody pushed, only what a transfer needs is sent on.
  init?(_ json: JSON, of choice: Server.Choice, isAuthenticated: Bool, askedAt: Instant) {
    guard let href = json["href"]?.string, let url = try? Endpoint(href) else { return nil }  // whatever its problem, it leads nowhere
    var headers = Headers()
    let fields = json["header"]?.object ?? [:]
    guard fields.count <= 64 else { return nil }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      guard let value = value.string, value.utf8.count <= 8192, name.utf8.count <= 256 else { return nil }
      if Self.isSentOn(name.lowercased(), of: choice) { headers.append(name, value) }
    }
    (self.url, self.headers, self.isAuthenticated) = (url, headers, isAuthenticated)
    expiresAt = Self.expiry(json, askedAt: askedAt)
  }

  /// Whether it is too late to begin with it.
  func isExpired(at now: Instant) -> Bool { expiresAt.map { now >= $0 - .seconds(5) } ?? false }

  /// Seconds from now win over an instant, as two clocks differ. Nonsense counts as absent.
  private static func expiry(_ json: JSON, askedAt: Instant) -> Instant? {
    if let seconds = json["expires_in"]?.int, seconds != 0, seconds.magnitude <= Int32.max { return askedAt + .seconds(seconds) }
    return json["expires_at"]?.string.flatMap { Instant($0) }
  }

  private static func isSentOn(_ name: String, of choice: Server.Choice) -> Bool {
    guard !ours.contains(name), !others.contains(where: name.hasPrefix) else { return false }
    return choice != .repository || needed.contains(name) || name.hasPrefix("x-")
  }

  /// Fields that say how the message is written and where it goes, which is for whoever writes it, and those that are the user's in a browser.
  private static let ours: Set<String> = [
    "host", "range", "accept-encoding", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade",
    "keep-alive", "cookie", "cookie2", "origin", "referer", "via", "forwarded", "http2-settings", "max-forwards",
  ]
  /// What proxies tell those behind them, by which these know whom to trust.
  private static let others = [
    "proxy-", "sec-", "x-forwarded", "x-real-", "x-original-", "x-rewrite-", "x-remote-", "x-http-method", "x-method-override",
  ]
  /// What a store of objects is asked with, beside its own fields, which begin with `x-`.
  private static let needed: Set<String> = ["authorization", "accept", "content-type"]

  var customMirror: Mirror { Mirror(self, children: ["origin": url.origin]) }
}
