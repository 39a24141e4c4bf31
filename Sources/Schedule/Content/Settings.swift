/// What `posthorn.yaml` says; every key has a default.
public struct Settings: Equatable, Sendable {
  public var grace = Duration.seconds(3600)
  public var retry = RetryPolicy.standard
  public var timezone: String?
  public var record = Record()
  public var notify: [Notification] = []
  public var policy = Policy()

  /// In `notify`; each end of a delivery may be told to so many.
  static let mostNotifications = 100

  public init() {}

  /// What the file may be called, one of them.
  public static let fileNames = ["posthorn.yaml", "posthorn.yml"]

  /// Two files with settings are an error: nobody can tell which one is meant.
  public static func clash(of path: String, with other: String) -> Diagnostic {
    Diagnostic(.fileCollision, of: path, "the settings are also in \(other)", hint: "keep one of the two files")
  }

  public struct Record: Equatable, Sendable {
    /// The branch that records go to; `nil` is the branch that posts are read from.
    public var branch: String?
    /// The shortest time between two record commits.
    public var interval = Duration.seconds(2)

    public init() {}
  }

  /// What becomes of deliveries that is told to which account.
  public struct Notification: Equatable, Sendable {
    public var on: Set<Occasion>
    public var account: AccountName

    public init(on: Set<Occasion>, account: AccountName) {
      self.on = on
      self.account = account
    }
  }

  /// What may be told of a delivery.
  public enum Occasion: Hashable, Sendable {
    case state(DeliveryState.Name)
    /// It is tried again, and does not go out unless what refuses it passes; see ``DeliveryError/isAtRisk``.
    case atRisk

    public static let allCases = DeliveryState.Name.allCases.map(Occasion.state) + [.atRisk]

    /// The word for it in files and notifications.
    public var rawValue: String {
      switch self {
      case .state(let name): name.rawValue
      case .atRisk: "at_risk"
      }
    }
  }

  public struct Policy: Equatable, Sendable {
    public var requireSigned = false
    /// Only records under the seal of a key that the host was given count.
    public var requireSealed = false
    /// More deliveries than this that become due within an hour through one fetch are held until acknowledged.
    public var burst = 1000

    public init() {}
  }
}
