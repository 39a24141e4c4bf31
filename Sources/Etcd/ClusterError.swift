public import HTTP

/// Why the cluster has no answer that can be used. What may have happened all the same is in the reason.
///
/// Facts only: origins, and etcd's own words; never a key, a value or a password.
public struct ClusterError: Error, Equatable, Sendable {
  public let reason: Reason
  /// The endpoint that said so; `nil` where it is about all of them.
  public let origin: Origin?
  public let detail: String

  public enum Reason: Equatable, Sendable {
    /// Nobody could be reached; nothing was changed.
    case unavailable
    /// It was sent and not answered: it may have been applied, now or later. Only reading again tells.
    case unknown
    /// The cluster is there and cannot agree: too few of its servers are; nothing was changed.
    case noQuorum
    /// etcd understood and said no; the number is gRPC's.
    case refused(code: Int64)
    /// No answer of etcd's gateway; nothing was changed.
    case unreadable
    /// The user or password is wrong.
    case unauthenticated
    /// The cluster is another one, or knows less than it once did: restored from a backup (C5).
    case wentBack(from: ClusterMark, to: ClusterMark)
    /// Somebody else has found that it went back, and wrote so into it; the detail says who.
    case stopped
  }

  /// What somebody else has found.
  public static func stopped(by word: String) -> ClusterError { ClusterError(.stopped, word) }

  /// Whether the cluster has forgotten something, which no waiting mends.
  public var isForgetful: Bool {
    switch reason {
    case .wentBack, .stopped: true
    case .unavailable, .unknown, .noQuorum, .refused, .unreadable, .unauthenticated: false
    }
  }

  /// Whether it went back and is the one that it was; another one has tenants of its own.
  public var isOfSameCluster: Bool {
    guard case .wentBack(let old, let new) = reason else { return false }
    return old.cluster == new.cluster
  }

  init(_ reason: Reason, at origin: Origin? = nil, _ detail: String) {
    (self.reason, self.origin) = (reason, origin)
    self.detail = String(detail.unicodeScalars.prefix(200).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
  }
}

extension ClusterError: CustomStringConvertible {
  public var description: String {
    let place = origin.map { " at \($0)" } ?? ""
    return switch reason {
    case .unavailable: "etcd\(place) cannot be reached: \(detail)"
    case .unknown: "etcd\(place) did not answer, so what was asked may have been done: \(detail)"
    case .noQuorum: "etcd\(place) has no quorum: \(detail)"
    case .refused: "etcd\(place) refused: \(detail)"
    case .unreadable: "what answers\(place) is not the JSON gateway of etcd 3.4 or newer: \(detail)"
    case .unauthenticated: "etcd\(place) refused the user or the password: \(detail)"
    case .stopped: "another daemon of the fleet has stopped all claims: \(detail)"
    case .wentBack(let old, let new): "etcd\(place) went back from \(old) to \(new); it was restored from a backup, or is another cluster"
    }
  }
}
