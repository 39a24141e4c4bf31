#if FAILPOINTS
  import Glibc
  import Synchronization

  /// Breaks here if the environment says so: killed, stopped (SIGCONT goes on), a second late, or an error as if from the disk.
  public func failpoint(_ point: Failpoint) throws(InjectedFailure) {
    guard let plan = FailurePlan.current, plan.point == point, plan.isDue() else { return }
    switch plan.fault {
    case .kill: _ = kill(getpid(), SIGKILL)
    case .pause: _ = raise(SIGSTOP)
    case .delay: _ = usleep(1_000_000)
    case .eio: throw InjectedFailure(point: point, errno: EIO)
    case .enospc: throw InjectedFailure(point: point, errno: ENOSPC)
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
  public func failpoint(_ point: Failpoint) throws(InjectedFailure) {}
#endif
