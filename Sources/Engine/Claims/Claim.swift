import Git
import Schedule

/// What a daemon wants to do, and what somebody else needs to bring it to an end.
struct Claim: Equatable, Sendable {
  var id: DeliveryID
  var intent: Intent
  /// What the preparation is going to note, as far as it is known already; for implementations that hear nothing of it later.
  var steps: [Observation.Remembered] = []
  /// Whether the journal knows that nothing was sent under a claim on this attempt that an earlier process of this directory may have left.
  var isResumed = false
  /// When a daemon that was lost may have begun the call: it is claimed to be settled, and whoever takes it over has to suppose so too.
  var committedAt: Instant?

  /// What a claim says at its beginning, where it can say so.
  var events: [DeliveryEvent] { [.intended(intent)] + (committedAt.map { [.committed(at: $0)] } ?? []) }
}

/// What came of a claim.
enum ClaimAnswer: Equatable, Sendable {
  /// Ours, from now until the permit says no.
  case held
  /// Ours, as nobody holds it any more; but whoever did, under a claim that ran out where claims went to before, may have sent it. Who that was.
  case leftBehind(by: String)
  /// Somebody else's; nothing changes before `until`.
  case taken(by: String, until: Instant?)
  /// Upstream knows more about this delivery than we do: read it, then decide again.
  case outdated
  /// What stands in the place of its claim cannot be read, so somebody may have it. Why, and what to do.
  case unreadable(String)

  var isHeld: Bool {
    switch self {
    case .held, .leftBehind: true
    case .taken, .outdated, .unreadable: false
    }
  }
}

/// The right to make one call.
struct CommitPermit: Sendable {
  /// The call has to have ended by then, on the clock that counts from boot, suspend included (T2); `nil`: whenever it ends.
  var until: Duration?
  /// Whether what it stands on has gone before its time.
  var isOver: @Sendable () -> Bool = { false }
  /// Whether a call that takes so long at most may begin, as far as is known by then.
  var holds: (@Sendable (_ duration: Duration) -> Bool)?

  static let unlimited = CommitPermit()

  /// Whether a call that takes `duration` at most may begin now; asked again right before its first byte (C2).
  func allows(_ duration: Duration, now: Duration = BootClock.now) -> Bool {
    !isOver() && (until.map { now + duration <= $0 } ?? true) && (holds?(duration) ?? true)
  }
}

/// Why a claim is given back.
enum ClaimEnd: Equatable, Sendable {
  /// Its outcome is upstream.
  case recorded
  /// Nothing was sent, and nothing is going to be now.
  case givenUp
}

/// What becomes of a claim that nobody holds any more, where anybody could have written it (N1).
enum ClaimJudgement: Equatable, Sendable {
  /// It says what the branch asks for: its delivery is claimed anew, and the platform asked how the holder's attempt ended.
  case settle(Claim)
  /// Its holder may have sent something, and nobody may be asked in its words: it is claimed anew, and in doubt. Why.
  case doubt(Claim, because: String)
  /// Nothing was or is to be sent because of it.
  case remove
  /// Nothing is done about it for now.
  case leave

  var claim: Claim? {
    switch self {
    case .settle(let claim), .doubt(let claim, _): claim
    case .remove, .leave: nil
    }
  }
}

/// Says what becomes of claims that were left behind.
typealias JudgeClaims = @Sendable ([LeftClaim]) async throws -> [DeliveryID: ClaimJudgement]

/// What a dead holder left, and is ours now.
struct AbandonedClaim: Equatable, Sendable {
  var id: DeliveryID
  var intent: Intent
  /// What its preparation noted: a `publish_id`.
  var remembered: [Observation.Remembered] = []
  /// When the call may have begun, at the earliest; `nil` where it is certain that it never did: then it runs again.
  var committedAt: Instant?
  /// What the platform had accepted.
  var remote: Remote?
  /// How it ended, where only the record is missing.
  var outcome: Outcome?
  /// Why nobody is asked how it ended: a person has to tell.
  var doubt: String?
  /// Who held it, for people.
  var holder: String
}
