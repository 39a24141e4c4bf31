#if FAILPOINTS
  import Glibc
  import Synchronization
#endif

/// The places at which a test may break the program: `POSTHORN_FAILPOINT=commit.flushed:2=kill` kills it the second time it gets there.
public enum Failpoint: String, CaseIterable, Sendable {
  case fetchBefore = "fetch.before"
  case fetchPacked = "fetch.packed"
  case fetchRef = "fetch.ref"
  case desiredTemp = "desired.temp"
  case desiredRenamed = "desired.renamed"
  case intentAppended = "intent.appended"
  case intentFlushed = "intent.flushed"
  case claimSent = "claim.sent"
  case claimWon = "claim.won"
  case prepareStep = "prepare.step"
  case prepareJournaled = "prepare.journaled"
  case commitAppended = "commit.appended"
  case commitFlushed = "commit.flushed"
  case callConnected = "call.connected"
  case callSent = "call.sent"
  case callAnswered = "call.answered"
  case outcomeAppended = "outcome.appended"
  case outcomeFlushed = "outcome.flushed"
  case confirmAsked = "confirm.asked"
  case recordBuilt = "record.built"
  case recordPacked = "record.packed"
  case recordRef = "record.ref"
  case pushConnected = "push.connected"
  case pushSent = "push.sent"
  case pushAnswered = "push.answered"
  case pushMarked = "push.marked"
  case checkpointTemp = "checkpoint.temp"
  case checkpointRenamed = "checkpoint.renamed"
  case segmentCreated = "segment.created"
  case segmentRemoved = "segment.removed"
  case leaseGranted = "lease.granted"
  case memberPut = "member.put"
  case takeoverRead = "takeover.read"
  case rebuildRead = "rebuild.read"
  case stopDraining = "stop.draining"
}

#if FAILPOINTS
  /// Breaks here if the environment says so: killed, stopped (SIGCONT goes on), a second late, or an error as if from the disk.
  public func failpoint(_ point: Failpoint) throws(StateError) {
    guard let plan = FailurePlan.current, plan.point == point, plan.isDue() else { return }
    switch plan.fault {
    case .kill: _ = kill(getpid(), SIGKILL)
    case .pause: _ = raise(SIGSTOP)
    case .delay: _ = usleep(1_000_000)
    case .eio: throw StateError("pass failpoint", point.rawValue, .system(EIO))
    case .enospc: throw StateError("pass failpoint", point.rawValue, .system(ENOSPC))
    }
  }

  /// What `POSTHORN_FAILPOINT` asks for: `name[:n]=fault`.
  final class FailurePlan: Sendable {
    enum Fault: String, CaseIterable { case kill, pause, eio, enospc, delay }

    let point: Failpoint
    let fault: Fault
    private let occasion: Int
    private let seen = Atomic(0)

    static let current: FailurePlan? = getenv("POSTHORN_FAILPOINT").map { text in
      guard let plan = FailurePlan(String(cString: text)) else {
        preconditionFailure("POSTHORN_FAILPOINT is name[:n]=kill|pause|eio|enospc|delay, with a name of Failpoint")
      }
      return plan
    }

    init?(_ text: String) {
      let sides = text.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let fault = Fault(rawValue: String(sides[1])) else { return nil }
      let parts = sides[0].split(separator: ":", omittingEmptySubsequences: false)
      let occasion = parts.count == 1 ? 1 : Int(parts[parts.count - 1])
      guard parts.count <= 2, let point = Failpoint(rawValue: String(parts[0])), let occasion, occasion > 0 else { return nil }
      (self.point, self.fault, self.occasion) = (point, fault, occasion)
    }

    func isDue() -> Bool { seen.wrappingAdd(1, ordering: .relaxed).newValue == occasion }
  }
#else
  /// Nothing, in a release build.
  @inlinable
  public func failpoint(_ point: Failpoint) throws(StateError) {}
#endif
