import Engine
import Git
import Glibc
import HTTP
import Logging
import Platforms
import Schedule
import Signatures
import StateDirectory
import Synchronization

/// An engine with everything that it needs from this host: the lock, the zone data, the platforms, the way to the repository.
struct EngineHost {
  let engine: Engine
  let client: Client
  let state: Folder
  let logger: Logger
  let clock: Clock

  /// Takes the lock and opens the state. Whoever holds the lock is named in the failure.
  ///
  /// - Parameter comparesMainBranch: whether the branch is the remote's main one, as it was when it was last asked for.
  init(
    _ options: ResolvedOptions, _ access: HostAccess, location: Location, interval: Duration, syncInterval: Duration? = nil,
    comparesMainBranch: Bool = false
  ) throws(Failure) {
    if access.claims == .push, case .workTree(let path, _) = location {
      throw .usage(
        "--claims push needs a repository that others see, and \(path.printable) is a work tree without an upstream: claims in it keep nobody "
          + "away; give its branch an upstream, name the URL or the bare repository with --repo, or leave --claims out")
    }
    try HTTP.Library.require()
    let path = try StateLocation.path(options.state, for: location, folder: options.folder)
    options.console.note("repository: \(location.summary.printable)")
    options.console.note("state directory: \(path.printable)")
    state = try StateLocation.open(path)
    let clock = Clock.system()
    self.clock = clock
    let level: Logger.Level = options.console.detail == .quiet ? .warning : options.console.detail == .verbose ? .debug : .info
    logger = Logger(label: "posthorn") { _ in TextLogHandler(level: level, now: clock.now) }
    client = Client(Client.Settings(policy: access.policy, authorities: access.authorities, userAgent: "posthorn/\(Posthorn.version)"))
    do {
      let lock = LockHolder(try Lock(in: state, now: clock.now()))
      try state.sweep()
      let etcd = access.fleet?.client(authorities: access.authorities, userAgent: client.settings.userAgent)
      let (sockets, etcdSockets) = (client.sockets, etcd?.sockets)
      var git = access.git
      git.isExempt = { sockets.isOurs($0) || etcdSockets?.isOurs($0) ?? false }
      let zones = try ZoneFiles(directory: Environment.current["TZDIR"])
      let settings = try etcd.flatMap { [state] in try access.fleet?.settings($0, state: state) }
      var choices = Engine.Options(folder: options.folder, interval: interval, host: Self.hostName, version: Posthorn.version)
      choices.inFlightLimit = DescriptorLimit.deliveriesInFlight
      choices.verifier = try access.signers.verifier()
      choices.trustedFrom = access.trustedFrom
      choices.claims = access.claims
      choices.sealKey = access.sealKey
      choices.comparesMainBranch = comparesMainBranch
      choices.bootMemory = Environment.current["POSTHORN_BOOT_MEMORY"] ?? "/dev/shm/posthorn-\(geteuid())"
      if let syncInterval { choices.syncInterval = syncInterval }
      engine = try Engine(
        choices, location: location, access: git, state: state, zones: zones.zones, freshZones: { zones.changed() },
        platforms: try Self.platforms(
          in: state, client: client, clock: clock, endpoints: access.endpoints, longestCall: Self.longestCall(access, settings),
          logger: logger),
        credentialStamp: try Self.stamps(in: state), isLockHeld: { lock.isHeld }, etcd: settings,
        media: Self.media(client, access), clock: clock,
        secondClock: .servers(upstream: location, source: access.timeSource, endpoints: access.endpoints, client: client), logger: logger)
    } catch let error as StateError {
      throw .couldNot("\(error)")
    } catch {
      throw .couldNot("\(error)")
    }
  }

  private static func platforms(
    in state: Folder, client: Client, clock: Clock, endpoints: [String: Origin], longestCall: Duration?, logger: Logger
  ) throws -> [any Platform] {
    let outbox = try state.folder("outbox")
    for account in try outbox.list() { try outbox.folder(account).sweep() }
    return Shipped.platforms(
      outbox: Outbox(
        exists: { try outbox.folder($0.text).renew($1, limit: 64 << 20) }, write: { try outbox.folder($0.text).replace($1, with: $2) }),
      client: client, credentials: try credentials(in: state),
      tiktok: try tiktok(in: state, endpoint: endpoints[TikTok.schema.name], logger), longestCall: longestCall,
      now: clock.now, pause: { await clock.pause(until: $0) })
  }

  /// A claim that others may take over bounds the calls that are made under it.
  private static func longestCall(_ access: HostAccess, _ etcd: EtcdSettings?) -> Duration? {
    etcd?.longestCall ?? (access.claims == .local ? nil : Webhook.deadline)
  }

  private static func tiktok(in state: Folder, endpoint: Origin?, _ logger: Logger) throws -> Shipped.TikTokHost {
    let uploads = try state.folder("credentials").folder("uploads")
    let rates = try state.folder("rates")
    try uploads.sweep()
    // A place for an upload holds for an hour; one that is older belongs to a post that went away meanwhile.
    for name in try uploads.list() where try uploads.cached(name).map({ $0.idle > .seconds(2 * 3600) }) ?? false {
      try uploads.remove(name)
    }
    try rates.sweep()
    return Shipped.TikTokHost(
      endpoint: endpoint,
      uploads: UploadAddresses(
        read: { try uploads.read($0, limit: 4096) }, write: { try uploads.replace($0, with: $1) },
        remove: { if try uploads.exists($0) { try uploads.remove($0) } }),
      // What cannot be read is counted afresh: the platform counts for itself.
      loadRates: { (try? rates.read("\($0).json", limit: 65_536)) ?? nil }, saveRates: { try rates.replace("\($0).json", with: $1) },
      say: { logger.note($0) })
  }

  private static func media(_ client: Client, _ access: HostAccess) -> MediaAccess {
    MediaAccess(
      send: { request throws(HTTPError) in try await client.send(request) }, credential: access.largeFiles,
      privateHosts: Set(access.endpoints["lfs"].map { [$0.host] } ?? []))
  }

  static func credentials(in state: Folder) throws -> Credentials {
    let folder = try state.folder("credentials")
    return Credentials(folder: folder.path, replace: { try folder.replace($0, with: $1) })
  }

  private static func stamps(in state: Folder) throws -> @Sendable (AccountName) -> String? {
    let credentials = try credentials(in: state)
    return { credentials.stamp(of: $0) }
  }

  static let hostName: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown-host" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}

/// The state directory's lock, for as long as the engine lives.
private final class LockHolder: Sendable {
  private let lock: Lock
  /// When it was found held last, by the clock that counts from boot.
  private let found = Mutex<Duration?>(nil)

  init(_ lock: consuming Lock) { self.lock = lock }

  /// Whether the lock is still the file that everybody else would find; an error is a no. It is asked several times for each delivery, and
  /// a yes counts for a moment, far less than any call takes.
  var isHeld: Bool {
    let now = BootClock.now
    if let last = found.withLock({ $0 }), now - last < Self.moment { return true }
    guard let isHeld = try? lock.isStillHeld(), isHeld else { return false }
    found.withLock { $0 = now }
    return true
  }

  private static let moment = Duration.milliseconds(5)
}

extension Logger {
  fileprivate func note(_ notice: TokenKeeper.Notice) {
    switch notice {
    case .renewed(let account, let end):
      info("renewed the token", metadata: ["account": "\(account)", "until": "\(end?.description ?? "unknown")"])
    case .notRenewed(let account, let error):
      warning("the token could not be renewed yet", metadata: ["account": "\(account)", "error": "\(error.message)"])
    case .endsSoon(let account, let end):
      warning(
        "the login ends soon", metadata: ["account": "\(account)", "at": "\(end)", "next": "posthorn account login \(account)"])
    }
  }
}
