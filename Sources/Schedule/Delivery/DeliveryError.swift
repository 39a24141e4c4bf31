/// Why an attempt did not end in a publication: what went wrong, and its class says what happens next.
public struct DeliveryError: Error, Equatable, Sendable {
  public enum Class: String, Sendable {
    /// Before the commit point, or definitely refused: tried again after the next delay.
    case transient
    /// Waits for the platform's reset; uses up no try.
    case quota
    /// The account needs a login; its deliveries are held.
    case auth
    /// Failed at once.
    case content, policy
    /// After the commit point: it may have been published. Only asked about, never sent again.
    case unknown
  }

  public var `class`: Class
  /// Short and stable, for programs: `http.503`, `connect.refused`.
  public var code: String
  /// One sentence for people: what happened, where, what to do next; scrubbed of secrets, at most 1 KiB.
  public var message: String
  /// How long the platform asked to wait; at most 24 h.
  public var retryAfter: Duration?

  public init(_ class: Class, code: String, message: String, retryAfter: Duration? = nil) {
    self.class = `class`
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  /// The same error, whose message goes on with what came of it: "… answered with 502; this webhook cannot be asked …".
  public func followed(by next: DeliveryError) -> DeliveryError {
    var error = self
    let room = Self.longestMessage - next.message.utf8.count - 2
    let start = message.utf8.count <= room ? message : String(decoding: message.utf8.prefix(max(0, room - 3)), as: UTF8.self) + "…"
    error.message = "\(start); \(next.message)"
    return error
  }

  /// Whether it is a refusal that passes once somebody has done something elsewhere, such as deploying the receiver: what it refuses is tried
  /// again, and people may want to hear of it before the last try has failed.
  public var isAtRisk: Bool { `class` == .transient && Self.passing.contains(code) }

  private static let passing: Set<String> = ["http.404", "http.423", "http.425"]

  /// Of ``message``, in bytes of UTF-8.
  static let longestMessage = 1024
}

/// What a platform calls a publication.
public struct Remote: Equatable, Sendable {
  public var id: String?
  public var url: String?

  public init(id: String? = nil, url: String? = nil) {
    self.id = id
    self.url = url
  }
}
