/// Why a call has no answer. Whether a byte of the request may have left decides what may happen next (P3).
///
/// Facts only: the origin, and words of libcurl and the system; never a path, a query, a header or a body.
public struct HTTPError: Error, Equatable, Sendable {
  public let origin: Origin
  public let reason: Reason
  /// For people: at most 200 printable characters.
  public let detail: String

  public enum Reason: Equatable, Sendable {
    /// Certainly nothing of the request was sent, so it may be sent again.
    case notSent(NotSent)
    /// The request, or a part of it, may have been read: only asking tells.
    case unanswered(Unanswered)
  }

  public enum NotSent: String, Equatable, Sendable {
    /// The host name has no address.
    case noAddress
    /// Nobody listens, or no way leads there.
    case refused
    /// No agreement on TLS, or a certificate that does not hold.
    case tls
    /// The deadline passed before the first byte of the request.
    case deadline
    /// ``Request/mayLeave`` said no when the connection stood.
    case late
    /// The host's policy forbids the address: private without permission, or plain http to a public one.
    case forbidden
    /// The request itself cannot be written: a header with a line break, a deadline of nothing.
    case malformed
    /// The client was shut down.
    case stopped
    /// This machine could not: descriptors, memory.
    case local
  }

  public enum Unanswered: String, Equatable, Sendable {
    case deadline
    /// Reset, or the connection broke while the request was written.
    case reset
    /// Closed without a single byte of an answer.
    case closed
    /// The answer ended before its announced end.
    case truncated
    /// What came is not HTTP, or its headers are too long.
    case unreadable
    /// More redirects than allowed, or one to where none may lead.
    case redirect
    /// This machine could not read what was to be sent, or not write what came.
    case local
  }

  public init(_ origin: Origin, _ reason: Reason, detail: String) {
    self.origin = origin
    self.reason = reason
    self.detail = String(detail.unicodeScalars.prefix(200).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
  }

  /// Certainly nothing was sent.
  public var isNotSent: Bool { if case .notSent = reason { true } else { false } }

  /// It was not sent because it was no longer to be.
  public var isLate: Bool { reason == .notSent(.late) }
}
