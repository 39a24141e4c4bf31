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
  init?(_ json: JSON, isAuthenticated: Bool, askedAt: Instant) {
    guard let href = json["href"]?.string, let url = try? Endpoint(href) else { return nil }  // whatever its problem, it leads nowhere
    var headers = Headers()
    let fields = json["header"]?.object ?? [:]
    guard fields.count <= 64 else { return nil }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      guard let value = value.string, value.utf8.count <= 8192, name.utf8.count <= 256 else { return nil }
      if !Self.ours.contains(name.lowercased()) { headers.append(name, value) }
    }
    (self.url, self.headers, self.isAuthenticated) = (url, headers, isAuthenticated)
    expiresAt = Self.expiry(json, askedAt: askedAt)
  }

  /// Whether it is too late to begin with it.
  func isExpired(at now: Instant) -> Bool { expiresAt.map { now >= $0 - .seconds(5) } ?? false }

  /// Seconds from now win over an instant, as two clocks differ. Nonsense counts as absent.
  private static func expiry(_ json: JSON, askedAt: Instant) -> Instant? {
    if let seconds = json["expires_in"]?.int, seconds != 0, abs(seconds) <= Int64(Int32.max) { return askedAt + .seconds(seconds) }
    return json["expires_at"]?.string.flatMap { Instant($0) }
  }

  /// Fields that say how the message is written, which is for whoever writes it.
  private static let ours: Set<String> = [
    "host", "range", "accept-encoding", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade",
  ]

  var customMirror: Mirror { Mirror(self, children: ["origin": url.origin]) }
}
