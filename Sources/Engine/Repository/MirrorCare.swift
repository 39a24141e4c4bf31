import Git
import Schedule

/// When a mirror that proved broken may be fetched anew (G12). Pure: the repository carries the answer out.
struct MirrorCare: Equatable, Sendable {
  /// When a broken mirror was last replaced.
  var renewed: Instant?
  /// When a fresh copy last turned out to be no better: the fault is upstream's then, and the mirror is kept.
  var refuted: Instant?

  enum Advice: Equatable {
    case renew
    /// It was tried a moment ago and did not help.
    case bear
    /// It was replaced a moment ago and is broken again: something is wrong that fetching does not mend, and nothing may be recorded.
    case stop(until: Instant)
  }

  func advice(at now: Instant) -> Advice {
    if let renewed, isRecent(renewed, now) { return .stop(until: renewed + Self.distance) }
    if let refuted, isRecent(refuted, now) { return .bear }
    return .renew
  }

  /// A clock that was set back does not make it wait for ever.
  private func isRecent(_ instant: Instant, _ now: Instant) -> Bool { (.zero..<Self.distance).contains(now - instant) }

  private static let distance = Duration.seconds(3600)
}

extension GitError {
  /// Neither the network, a lock, the disk's room, a rule nor what somebody committed explains it: the repository itself may be broken.
  var isDamage: Bool {
    switch reason {
    case .corrupt, .missingObject, .other: true
    case .notFound, .network, .auth, .certificate, .hostKey, .timeout, .locked, .noSpace, .notFastForward, .rejected, .tooLarge,
      .unsupported, .invalid:
      false
    }
  }
}

/// The mirror broke twice within an hour, so nothing is recorded for now; publishing goes on.
struct RecordingStopped: Error, CustomStringConvertible {
  let path: String
  let renewed: Instant
  let until: Instant
  let error: GitError

  var description: String {
    "the mirror \(path) was fetched anew at \(renewed) and is broken again (\(error)); nothing is recorded until \(until), outcomes are kept and "
      + "publishing goes on; check this disk, and run: git fsck --full in upstream"
  }
}
