/// The places at which a test may break the program: `POSTHORN_FAILPOINT=commit.flushed:2=kill` kills it the second time it gets there.
///
/// Each is passed where its name says, by the layer that the step belongs to; ``failpoint(_:)`` is how.
public enum Failpoint: String, CaseIterable, Sendable {
  /// Before upstream is asked; its objects are in the mirror; the mirror's reference has moved.
  case fetchBefore = "fetch.before"
  case fetchPacked = "fetch.packed"
  case fetchRef = "fetch.ref"
  /// The schedule is in its new file; that file has its name.
  case desiredTemp = "desired.temp"
  case desiredRenamed = "desired.renamed"
  /// An intent is written, not flushed; it is flushed.
  case intentAppended = "intent.appended"
  case intentFlushed = "intent.flushed"
  /// A claim is on its way; it is won.
  case claimSent = "claim.sent"
  case claimWon = "claim.won"
  /// A platform has made a step of a preparation that it wants remembered; that is in the journal.
  case prepareStep = "prepare.step"
  case prepareJournaled = "prepare.journaled"
  /// A commit point is written, not flushed; it is flushed, and the call comes next.
  case commitAppended = "commit.appended"
  case commitFlushed = "commit.flushed"
  /// Of the one call: the connection stands; the last byte of the request has left; the whole answer is here.
  case callConnected = "call.connected"
  case callSent = "call.sent"
  case callAnswered = "call.answered"
  /// An outcome is written, not flushed; it is flushed.
  case outcomeAppended = "outcome.appended"
  case outcomeFlushed = "outcome.flushed"
  /// A platform has said how a delivery went, and it is not written down.
  case confirmAsked = "confirm.asked"
  /// A record commit is made in memory; it is on disk in a pack; the reference here has moved.
  case recordBuilt = "record.built"
  case recordPacked = "record.packed"
  case recordRef = "record.ref"
  /// Upstream has said where its branch is; it has everything of ours and talks (where it has a hook that does); its word is here;
  /// the outcomes are marked as recorded.
  case pushConnected = "push.connected"
  case pushSent = "push.sent"
  case pushAnswered = "push.answered"
  case pushMarked = "push.marked"
  /// The checkpoint is in its new file; that file has its name.
  case checkpointTemp = "checkpoint.temp"
  case checkpointRenamed = "checkpoint.renamed"
  /// A segment of the journal has its name; one that a checkpoint covers is gone.
  case segmentCreated = "segment.created"
  case segmentRemoved = "segment.removed"
  /// All bytes of an object of Git LFS are here; they are the object's, and on disk; the file has its name.
  case mediaArrived = "media.arrived"
  case mediaVerified = "media.verified"
  case mediaRenamed = "media.renamed"
  /// Of the etcd claims.
  case leaseGranted = "lease.granted"
  case memberPut = "member.put"
  case takeoverRead = "takeover.read"
  /// The history upstream was read for a new state directory, and nothing of it is written down.
  case rebuildRead = "rebuild.read"
  /// A token is about to be renewed; the platform has given a new one, which is nowhere yet; it is in the account's file, and its first use
  /// comes next.
  case refreshBegun = "refresh.begun"
  case refreshAnswered = "refresh.answered"
  case refreshStored = "refresh.stored"
  /// A stop was asked for, and calls in flight go on.
  case stopDraining = "stop.draining"
}
