public import Logging
public import Platforms
public import Schedule
import Git
import StateDirectory

/// Brings what has happened towards what the repository asks for: adopts commits, publishes what is due, and hands outcomes to the
/// recorder. The only place where the parts meet.
///
/// The actor owns all decisions and the memory of them; whatever blocks (git, the disk, the network) happens elsewhere and is awaited.
public actor Engine {
  let options: Options
  let upstream: Upstream
  let content: ContentReader
  let log: EventLog
  let platforms: @Sendable (String) -> (any Platform)?
  let credentialStamp: @Sendable (AccountName) -> String?
  let claims: any Claims
  let timer: WakeTimer
  let now: @Sendable () -> Instant
  let logger: Logger

  var desired: Desired
  var observed: Observed
  let desiredFile: DesiredFile

  /// Reminders: which delivery to look at, and when.
  var queue = DueQueue()
  var paces: [AccountName: AccountPace] = [:]
  /// Deliveries between their claim and their outcome.
  var inFlight: [DeliveryID: Task<Void, Never>] = [:]
  /// Deliveries that are due and held; looked at again whenever a cause may have gone.
  var heldWhenDue: Set<DeliveryID> = []
  /// Deliveries whose account has as many in flight as it may.
  var waitingForAnother: [AccountName: [DeliveryID]] = [:]
  /// Accounts that an attempt has asked about, and why they wait for a login.
  var dirtyPosts: Set<PostID> = []
  /// Status files of posts that lie elsewhere now.
  var strayStatuses: Set<String> = []
  /// Accounts that each observed post has gone to, removed ones included.
  var observedAccounts: [PostID: Set<AccountName>] = [:]

  var isStopping = false
  var failure: (any Error)?
  var idleWaiters: [CheckedContinuation<Void, Never>] = []
  var recordSignal = Signal()
  var stopSignal = Signal()
  var report = PassReport()

  public struct Options: Sendable {
    /// How often upstream is asked when nothing wakes the daemon.
    public var interval: Duration
    public var host: String
    public var version: String
    /// Deliveries between claim and outcome, at the same time.
    public var inFlightLimit: Int
    /// How long before its instant a delivery is prepared, so that nothing but the call is left to do.
    public var lead: Duration

    public init(interval: Duration = .seconds(60), host: String, version: String, inFlightLimit: Int = 256, lead: Duration = .seconds(2)) {
      self.interval = interval
      self.host = host
      self.version = version
      self.inFlightLimit = inFlightLimit
      self.lead = lead
    }
  }
}
