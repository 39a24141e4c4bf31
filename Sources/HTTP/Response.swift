/// A whole answer: its last byte arrived, or everything up to the request's limit did.
public struct Response: Equatable, Sendable {
  public var status: Int
  public var headers: Headers
  public var body: [UInt8]
  /// The body went on beyond the request's limit.
  public var isTruncated: Bool

  public init(status: Int, headers: Headers = [:], body: [UInt8] = [], isTruncated: Bool = false) {
    self.status = status
    self.headers = headers
    self.body = body
    self.isTruncated = isTruncated
  }

  /// The server's clock, in seconds since 1970; `nil` where it gave none that can be read.
  public var date: Int64? { headers["date"].flatMap(HTTPDate.seconds) }

  /// How long the server asks to wait, at most 24 h; `nil` where it asks for nothing that can be read.
  ///
  /// - Parameter now: in seconds since 1970, for an answer that names an instant.
  public func retryAfter(now: Int64) -> Duration? { headers["retry-after"].flatMap { RetryAfter.wait($0, now: now) } }
}
