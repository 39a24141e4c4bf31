/// Where a delivery stands; see *States of a delivery* in the design.
public enum DeliveryState: Hashable, Sendable {
  case scheduled
  case publishing
  /// The platform accepted it and is still working.
  case submitted
  case published
  /// Handed to a person's inbox, to be finished there.
  case delivered
  case retrying(at: Instant)
  case failed
  case inDoubt
  case held(HoldReason)
  case missed
  case cancelled

  public var name: Name {
    switch self {
    case .scheduled: .scheduled
    case .publishing: .publishing
    case .submitted: .submitted
    case .published: .published
    case .delivered: .delivered
    case .retrying: .retrying
    case .failed: .failed
    case .inDoubt: .inDoubt
    case .held: .held
    case .missed: .missed
    case .cancelled: .cancelled
    }
  }

  /// The word for a state in files, logs and reports.
  public enum Name: String, CaseIterable, Hashable, Sendable {
    case scheduled, publishing, submitted, published, delivered, retrying, failed
    case inDoubt = "in_doubt"
    case held, missed, cancelled

    /// Nothing happens any more unless a person acts.
    public var isFinal: Bool {
      switch self {
      case .published, .delivered, .failed, .missed, .cancelled: true
      case .scheduled, .publishing, .submitted, .retrying, .inDoubt, .held: false
      }
    }

    /// Somebody should look at it.
    public var isAlarm: Bool { self == .failed || self == .missed || self == .inDoubt }

    /// It went out: no edit and no retry arms it again.
    public var isOut: Bool { self == .published || self == .delivered }
  }
}

/// Why a delivery is held back; it leaves when the cause goes.
public enum HoldReason: Hashable, Sendable {
  case suspended(reason: String?, until: Instant?)
  case needsLogin(AccountName)
  /// Invalid at the head: the first finding, and the commit that it was seen at.
  case invalid(String, commit: String)
  case clockInDoubt
  /// The settings have an error, and no earlier ones are known: the error.
  case settings(String)
  /// Through one fetch more became due than `policy.burst` allows; the commit to acknowledge.
  case burst(commit: String)
  /// The repository has a record of it that nobody vouches for: this file.
  case unsealed(DeliveryID, file: String)
  /// It went out, or may have, under another name.
  case renamed(Renamed)
  /// What stands in the place of its claim cannot be read, so another daemon may have it: what is wrong, and what to do.
  case claim(String)
}
