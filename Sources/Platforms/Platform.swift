public import Schedule

/// A kind of destination. Small on purpose: three phases, and the question that settles a doubt.
///
/// *prepare* may be repeated; *commit* is the one call that cannot be taken back; *settle* and *confirm* only ask, or repeat under a
/// key that the platform is known to honour. The engine journals the intent before `prepare` and the commit point before `commit`.
public protocol Platform: Sendable {
  /// What account and post files may say about it.
  static var schema: PlatformSchema { get }

  /// How long preparing takes where much has to be uploaded: it begins so long before the instant.
  static var preparation: Duration { get }

  /// Whether preparing takes nothing but this host: then many deliveries are prepared ahead of the same instant.
  static var preparesHere: Bool { get }

  /// Whether it takes the files among a post's media from this host's disk: then they are there before ``prepare(_:remember:)``, in
  /// ``Publication/files``. To ``settle(_:steps:committedAt:)`` and ``confirm(_:steps:remote:)`` those are given that still are.
  static var readsFiles: Bool { get }

  /// Whether a commit may be answered by ``CommitResult/submitted(_:)``. Only of such a platform a claim is believed that says so.
  static var submits: Bool { get }

  /// Whether ``settle(_:steps:committedAt:)`` tells from any host what another one has sent.
  static var settlesFromElsewhere: Bool { get }

  /// What ``prepare(_:remember:)`` is going to have remembered, as far as it is known before anything is done: for a claim that is made, and
  /// shown to others, before the preparation.
  func foresee(_ publication: Publication) -> [Step]

  /// Everything that may be repeated: check, refresh a token, upload bytes, build the request.
  ///
  /// Where it takes next to nothing it stays with its caller, and nobody has to change places for it.
  ///
  /// - Parameter remember: journals what a recovery needs, flushed when it returns; call it before the step that depends on it.
  nonisolated(nonsending) func prepare(
    _ publication: Publication, remember: @Sendable (Step) async throws -> Void
  ) async throws(DeliveryError) -> Prepared

  /// The one call that cannot be taken back, which begins while `window` is open or not at all.
  ///
  /// - Returns: `nil` where it was not begun, because the window had closed before the first byte of it left.
  func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult?

  /// Asks whether a commit without an answer happened, or repeats it under a key that the platform honours, while `window` is open: the first
  /// call may never have been made.
  ///
  /// - Returns: `nil` where it certainly was not sent, and is not any more.
  func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult?

  /// Whether it says something of accounts; ``observe(_:)`` is only asked then.
  static var observesAccounts: Bool { get }

  /// Who an account is there, and what it may publish now. Only asks.
  func observe(_ account: Account) async throws(DeliveryError) -> AccountRecord?

  /// Asks how a submitted delivery is doing.
  func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult
}

extension Platform {
  public static var preparation: Duration { .zero }
  public static var observesAccounts: Bool { false }
  public func observe(_ account: Account) async throws(DeliveryError) -> AccountRecord? { nil }
  public static var preparesHere: Bool { false }
  public static var readsFiles: Bool { false }
  public static var submits: Bool { false }
  public static var settlesFromElsewhere: Bool { true }
  public func foresee(_ publication: Publication) -> [Step] { [] }

  /// A call that nothing bounds, such as a notification.
  public func commit(_ publication: Publication, _ prepared: Prepared) async -> CommitResult {
    await commit(publication, prepared, within: .always) ?? .failed(.notBegun)
  }

  public func settle(_ publication: Publication, steps: [Step], committedAt: Instant) async -> CommitResult {
    await settle(publication, steps: steps, committedAt: committedAt, within: .always) ?? .failed(.notBegun)
  }
}

extension DeliveryError {
  fileprivate static let notBegun = DeliveryError(.transient, code: "call.late", message: "the call was not begun; nothing was sent")
}

/// While a call may begin. Asked right before its first byte leaves: what comes before that (a name to look up, a connection) takes its time,
/// and the process, or the machine, may sleep in it.
public struct CallWindow: Sendable {
  public let isOpen: @Sendable () -> Bool

  public init(isOpen: @escaping @Sendable () -> Bool) { self.isOpen = isOpen }

  public static let always = CallWindow { true }
  public static let never = CallWindow { false }
}

/// One delivery's content, as an attempt sends it: overrides applied, zone resolved, options merged.
public struct Publication: Sendable {
  public var id: DeliveryID
  public var account: Account
  /// The same for all attempts of one arming: an idempotency key where the platform has one.
  public var key: String
  public var attempt: Int
  public var scheduledAt: Instant
  /// As written in the post, and the zone that it was read in.
  public var scheduledTime: String
  public var timezone: String
  public var title: String?
  public var caption: String?
  public var media: [Media]
  /// The account's defaults, then the post's, then the override's.
  public var options: Options
  /// The commit that the files among the media are of, in hexadecimal.
  public var commit: String?
  /// What is known of these files, by the path that ``media`` names.
  public var facts: [String: MediaFacts] = [:]
  /// The files among the media, on this host's disk, by the path that ``media`` names; only for a platform that reads files.
  public var files: [String: LocalMedia] = [:]

  public init(
    id: DeliveryID, account: Account, key: String, attempt: Int, scheduledAt: Instant, scheduledTime: String, timezone: String,
    title: String? = nil, caption: String? = nil, media: [Media] = [], options: Options = [:]
  ) {
    self.id = id
    self.account = account
    self.key = key
    self.attempt = attempt
    self.scheduledAt = scheduledAt
    self.scheduledTime = scheduledTime
    self.timezone = timezone
    self.title = title
    self.caption = caption
    self.media = media
    self.options = options
  }
}

/// A file that a post takes along, as its commit has it.
public struct MediaFacts: Equatable, Sendable {
  /// In small hexadecimal digits.
  public var sha256: String
  /// In bytes.
  public var size: Int
  /// By its first bytes where they are in git, else by its name; `nil` where neither tells.
  public var type: MediaType?

  public init(sha256: String, size: Int, type: MediaType?) {
    self.sha256 = sha256
    self.size = size
    self.type = type
  }
}

/// A file that a post takes along, brought to this host's disk: whole, and its digest verified.
public struct LocalMedia: Equatable, Sendable {
  /// Absolute; it stays there while the attempt is under way.
  public var path: String
  /// In bytes.
  public var size: Int64
  /// In small hexadecimal digits.
  public var sha256: String

  public init(path: String, size: Int64, sha256: String) {
    self.path = path
    self.size = size
    self.sha256 = sha256
  }
}

/// What a recovery needs to know of a preparation: `publish_id` and its value. Journaled, so never a secret.
public struct Step: Equatable, Sendable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What `prepare` made and `commit` sends; its form is the platform's own affair.
public struct Prepared: Sendable {
  /// The bytes of the body or file.
  public var body: [UInt8]

  public init(body: [UInt8]) { self.body = body }
}

/// How a commit, or a question about it, ended. Each case says what happens next.
public enum CommitResult: Equatable, Sendable {
  /// Recorded, and never sent again.
  case published(Remote)
  /// Handed to a person's inbox: final for us.
  case delivered(Remote)
  /// Accepted, still being worked on: `confirm` asks again.
  case submitted(Remote)
  /// Definitely not published: tried again if the error's class allows.
  case failed(DeliveryError)
  /// It may have been published: `settle` asks; where that does not settle it, a person does.
  case unknown(DeliveryError)
}
