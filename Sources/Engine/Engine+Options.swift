public import Git
public import Signatures

extension Engine {
  /// What the host decides, never the repository.
  public struct Options: Sendable {
    /// The content folder.
    public var folder: String
    /// How often upstream is asked when nothing wakes the daemon.
    public var interval: Duration
    /// The host's name and the program's version, for records.
    public var host: String
    public var version: String
    /// How often platforms are asked about each account.
    public var syncInterval = Duration.seconds(6 * 3600)
    /// How daemons that share the repository keep out of each other's way.
    public var claims = ClaimsChoice.local
    /// Deliveries between claim and outcome, at the same time.
    public var inFlightLimit = 342
    /// How long before its instant a delivery is prepared, so that nothing but the call is left to do. Not a whole number of
    /// seconds, which posts lie on: to prepare one keeps out of the way of another's call.
    public var lead = Duration.milliseconds(2500)
    /// Whether the branch of the posts is meant to be the main one of the remote, which was not asked for it.
    public var comparesMainBranch = false
    /// Where this machine remembers state directories for as long as it runs; `nil`: nowhere.
    public var bootMemory: String?
    /// Reads who may sign, anew each time; `nil` where the host names nobody.
    public var verifier: (@Sendable () throws -> VerifySignature)?
    /// A commit that a state directory which has adopted nothing yet takes for good, with all before it; the branch has to contain it.
    public var trustedFrom: ObjectID?

    /// The key that seals records, which others may have too; `nil` for one that is made with the state directory.
    public var sealKey: SigningKey?

    public init(folder: String = "schedule", interval: Duration = .seconds(60), host: String, version: String) {
      self.folder = folder
      self.interval = interval
      self.host = host
      self.version = version
    }
  }
}
