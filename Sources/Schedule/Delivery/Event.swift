/// One thing that happened, as the journal keeps it. Replaying the events in order gives ``Observed``.
public enum Event: Equatable, Sendable {
  case delivery(DeliveryID, DeliveryEvent)
  /// The status file of a post upstream says that it is held, for this reason; `nil`: it says so no longer.
  case holdRecorded(PostID, reason: String?)
  /// History is known as far as this commit: what it gained since was written by somebody else, or by a life of ours that was lost.
  case historyKnown(commit: String)
  /// This content was adopted.
  case adopted(Anchors.Adopted)
  /// Records went to this branch, and are known up to a commit of it.
  case recordBranch(Anchors.RecordBranch)
  /// A person lets a history with this commit take the place of the one that was adopted.
  case rewriteAllowed(commit: String)
  /// The state directory is an older copy of itself: what was due before this instant may have gone out, and it has to learn again (P7).
  case restored(at: Instant)
  /// Who wants to know has been told that this delivery, due at this instant, is held.
  case holdTold(DeliveryID, scheduledAt: Instant)
  /// The platform refused the account's credential, or there is none; its deliveries are held until the file is another one.
  case loginNeeded(AccountName, credential: String?)
  case loginSeen(AccountName)
  /// This attempt is a person's word, and none of ours: who that is. It goes with the attempt, and no further than its record.
  case said(AttemptID, by: String)
  /// The post whose status file is that of this post file lies elsewhere now, or nowhere.
  case statusLeft(PostID, at: String)
  /// The status file there is not that post's any more.
  case statusGone(PostID, at: String)
  /// A person let go on a burst that came with this commit.
  case burstAcknowledged(commit: String)
}

/// One thing that happened to a delivery.
public enum DeliveryEvent: Equatable, Sendable {
  /// An attempt begins: nothing has left yet.
  case intended(Intent)
  /// Something that a recovery needs: a `publish_id`. Never a secret.
  case remembered(name: String, value: String)
  /// The commit point: from here on nothing is sent again blindly.
  case committed(at: Instant)
  /// The platform accepted it and is still working.
  case submitted(Remote, at: Instant)
  /// The attempt ended.
  case ended(Outcome)
  /// The intent is given up, before its commit point or because no call was made under it: nothing went out, and the attempt's number is free
  /// again.
  case abandoned
  /// Another daemon's record says that this attempt ended so. `firstAttempt` is the arming's, part of its key.
  case told(Intent, Outcome, firstAttempt: Int)
  /// The history file of this attempt is upstream.
  case recorded(attempt: Int)
  /// A person, or a new `scheduled_time`, armed it again.
  /// A person's word counts from when it was given: it may go out within the grace after that.
  case armed(scheduledAt: Instant, byPersonAt: Instant? = nil)

  /// Whether the event must be safe on disk, and protected against a torn tail, before anything goes on.
  public var isDecisive: Bool {
    switch self {
    case .committed, .ended, .submitted: true
    case .intended, .remembered, .abandoned, .recorded, .armed, .told: false
    }
  }
}
