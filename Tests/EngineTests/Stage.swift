import Engine
import Foundation
import Git
import Logging
import Platforms
import Schedule
import Signatures
import StateDirectory
import Support
import Synchronization

extension Instant {
  /// 2026-11-27T12:00:00Z
  static let noon = Instant(seconds: 1_795_780_800)
}

/// A clock that a test sets. Who waits, waits until the pass is over; or, where the clock leaps, brings it to the instant at once.
final class TestClock: Sendable {
  private let instant = Mutex(Instant.noon)
  let leaps: Bool
  private let furthest: Duration

  /// - Parameter furthest: the longest leap; who waits for longer waits until the pass is over.
  init(leaps: Bool, furthest: Duration = .seconds(1 << 40)) { (self.leaps, self.furthest) = (leaps, furthest) }

  var now: Instant { instant.withLock { $0 } }
  /// Which start of the machine it counts from.
  let boot = Mutex("first")
  /// How much further the wall clock is than the time that passed.
  private let error = Mutex(Duration.zero)

  /// Asked before each leap; it says whether something else happens to the clock instead.
  let insteadOfLeap = Mutex<(@Sendable (_ until: Instant) -> Bool)?>(nil)
  /// What happens while somebody waits for an instant, before it comes.
  private let meanwhile = Mutex<[Instant: @Sendable () async -> Void]>([:])

  /// Has something happen, once, while somebody waits for `instant`.
  func whileWaiting(for instant: Instant, _ body: @escaping @Sendable () async -> Void) { meanwhile.withLock { $0[instant] = body } }

  /// Somebody sets the wall clock.
  func set(by difference: Duration) {
    error.withLock { $0 += difference }
    instant.withLock { $0 = $0 + difference }
  }
  func advance(to later: Instant) { instant.withLock { $0 = max($0, later) } }

  var clock: Clock {
    Clock(now: { self.now }, sinceBoot: { self.now - .noon - self.error.withLock { $0 } + .seconds(86_400) }, boot: boot.withLock { $0 }) {
      until in
      if let body = self.meanwhile.withLock({ $0.removeValue(forKey: until) }) { await body() }
      if let isElse = self.insteadOfLeap.withLock({ $0 }), isElse(until) { return }
      if self.leaps, until - self.now <= self.furthest { return self.advance(to: until) }
      try? await Task.sleep(for: .seconds(3600))  // Ends when the engine cancels it; the test's own time limit is far below.
    }
  }
}

/// A platform that answers as its script says, and keeps what it was asked to publish.
final class ScriptedPlatform: Platform {
  static let schema = PlatformSchema(name: "stage", options: [], parameters: [])
  static let preparesHere = true
  static let submits = true

  struct Call: Sendable {
    var id: String
    var key: String
    var attempt: Int
    var caption: String?
    var time: Instant
  }

  private struct State {
    var commits: [CommitResult] = []
    var settles: [CommitResult] = []
    var confirms: [CommitResult] = []
    var calls: [Call] = []
    var asked = 0
    var running = 0
    var most = 0
  }

  /// What preparing does, and has remembered: nothing, unless a test says so.
  typealias Preparation = @Sendable (_ remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Void

  let preparation = Mutex<Preparation?>(nil)
  /// What happens between the engine's last look and the first byte of a call: a name is looked up, a connection is made.
  let connecting = Mutex<(@Sendable () -> Void)?>(nil)
  private let state = Mutex(State())
  private let outage = Mutex<Instant?>(nil)
  private let now: @Sendable () -> Instant

  init(now: @escaping @Sendable () -> Instant) { self.now = now }

  /// The next answers; after the last, everything is published.
  func answer(_ commits: CommitResult..., settle: [CommitResult] = [], confirm: [CommitResult] = []) {
    state.withLock { ($0.commits, $0.settles, $0.confirms) = (commits, settle, confirm) }
  }

  /// Until then it refuses everything, and says how long it will.
  func goDown(until end: Instant) { outage.withLock { $0 = end } }

  var calls: [Call] { state.withLock { $0.calls } }
  /// How often it was asked how something ended.
  var asked: Int { state.withLock { $0.asked } }
  /// The most calls that ran at the same time.
  var mostAtOnce: Int { state.withLock { $0.most } }

  func prepare(_ publication: Publication, remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Prepared {
    if let preparation = preparation.withLock({ $0 }) { try await preparation(remember) }
    return Prepared(body: [])
  }

  func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    if let connecting = connecting.withLock({ $0.take() }) { connecting() }
    guard window.isOpen() else { return nil }
    let call = Call(
      id: "\(publication.id.post)", key: publication.key, attempt: publication.attempt, caption: publication.caption, time: now())
    state.withLock { state in
      state.calls.append(call)
      state.running += 1
      state.most = max(state.most, state.running)
    }
    if let end = outage.withLock({ $0 }), now() < end {
      state.withLock { $0.running -= 1 }
      return .failed(DeliveryError(.transient, code: "http.503", message: "down", retryAfter: end - now()))
    }
    for _ in 1...20 { await Task.yield() }  // room for another one to begin, were it let
    return state.withLock { state in
      state.running -= 1
      return state.commits.isEmpty ? .published(Remote(id: "1")) : state.commits.removeFirst()
    }
  }

  func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    state.withLock { state in
      state.asked += 1
      return state.settles.isEmpty ? .unknown(.lost) : state.settles.removeFirst()
    }
  }

  func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult {
    state.withLock { state in
      state.asked += 1
      return state.confirms.isEmpty ? .submitted(remote) : state.confirms.removeFirst()
    }
  }
}

extension DeliveryError {
  static let busy = DeliveryError(.transient, code: "http.503", message: "not now")
  static let lost = DeliveryError(.unknown, code: "answer.reset", message: "no answer")
}

/// A repository, a state directory, a platform and a clock; every pass is an engine of its own, as after a restart.
final class Stage: Sendable {
  let repository: ContentRepository
  let host: TemporaryFolder
  let time: TestClock
  let platform: ScriptedPlatform
  private let url: String?
  private let others: [any Platform]
  private let media: MediaAccess?
  private let stamp = Mutex<String?>("first")
  /// What every runner seals with, where it is not a key of its own state directory.
  let sealKey = Mutex<SigningKey?>(nil)
  /// What the host says besides, for every engine from then on.
  let adjustment = Mutex<(@Sendable (inout Engine.Options) -> Void)?>(nil)

  /// - Parameters:
  ///   - server: what serves the repository, where it is to be mirrored; through another port where somebody is in between.
  ///   - others: platforms beside the scripted one.
  ///   - media: the way to servers of Git LFS.
  init(
    leaps: Bool = false, furthest: Duration = .seconds(1 << 40), servedBy server: GitDaemon? = nil, through port: Int? = nil,
    others: (TestClock) -> [any Platform] = { _ in [] }, media: MediaAccess? = nil, _ files: [String: String]
  ) throws {
    self.media = media
    url = server?.url("team.git", port: port)
    repository = try ContentRepository(
      bare: server?.path("team.git"), files: ["accounts/acme.yaml": "platform: stage\n"].merging(files) { $1 })
    host = try TemporaryFolder("stage")
    let time = TestClock(leaps: leaps, furthest: furthest)
    self.time = time
    platform = ScriptedPlatform(now: { time.now })
    self.others = others(time)
  }

  /// The machine starts anew, or everything is on another one.
  func restartMachine() { time.boot.withLock { $0 += " again" } }

  /// A new credential, as a login leaves it.
  func login() { stamp.withLock { $0 = "second" } }

  /// One pass, `later` after the one before.
  ///
  /// - Parameters:
  ///   - runner: whose state directory it has; a name that was not used before has an empty one.
  ///   - serverTime: what a server says that the time is, if there is one to ask.
  ///   - secondClock: which servers there are, where that is what the test is about.
  @discardableResult
  func pass(
    after later: Duration = .zero, by runner: String = "stage", claims: ClaimsChoice = .local, at location: Location? = nil,
    serverTime: (@Sendable () -> Instant)? = nil, secondClock: SecondClock? = nil, zones: Zones = Stage.zones
  ) async throws -> PassReport {
    time.advance(to: time.now + later)
    return try await engine(
      by: runner, claims: claims, at: location, serverTime: serverTime, secondClock: secondClock, zones: zones
    ).reconcile()
  }

  /// A person says that the clock is right.
  func confirmClock() async throws -> Bool {
    let engine = try engine()
    try await engine.open()
    let wasDoubted = try await engine.confirmClock()
    try await engine.close()
    return wasDoubted
  }

  /// A person lets a burst go while no daemon runs.
  func acknowledge(burst commit: String) async throws -> Int {
    let engine = try engine()
    try await engine.open()
    let count = try await engine.acknowledgeBurst(commit)
    try await engine.close()
    return count
  }

  /// An engine of its own on the state directory.
  func engine(
    by runner: String = "stage", claims: ClaimsChoice = .local, at location: Location? = nil, _ access: Access = Access(),
    serverTime: (@Sendable () -> Instant)? = nil, secondClock: SecondClock? = nil, zones: Zones = Stage.zones, inFlight limit: Int = 256,
    etcd: EtcdSettings? = nil
  ) throws -> Engine {
    let server = serverTime.map { time in
      SecondClock(servers: { _ in ["https://server.example"] }, askOne: { .time(time(), server: $0) })
    }
    var options = Engine.Options(host: runner, version: "0")
    options.claims = claims
    options.sealKey = sealKey.withLock { $0 }
    options.inFlightLimit = limit
    options.bootMemory = host.path("memory, \(time.clock.boot)")
    adjustment.withLock { $0 }?(&options)
    return try Engine(
      options, location: location ?? self.location,
      access: access,
      state: try Folder(at: host.path(runner == "stage" ? "state" : runner)), zones: zones, platforms: [platform] + others,
      credentialStamp: { _ in self.stamp.withLock { $0 } }, isLockHeld: { true }, etcd: etcd, media: media, clock: time.clock,
      secondClock: server ?? secondClock ?? .none,
      logger: Logger(label: "stage") { _ in SwiftLogNoOpLogHandler() })
  }

  private var location: Location { url.map { .remote(url: $0, branch: "main") } ?? .bare(path: repository.upstream.path, branch: "main") }

  /// The attempts of a post upstream, in order.
  func attempts(_ post: String = "launch") throws -> [HistoryRecord] {
    try repository.files(under: "history/").values.map { try HistoryRecord(json: try JSON.parse(Array($0.utf8))) }
      .filter { $0.post.text == post }.sorted { $0.attempt < $1.attempt }
  }

  func outcomes(_ post: String = "launch") throws -> [String] { try attempts(post).map(\.outcome.rawValue) }

  /// The subjects of the commits upstream, newest first.
  func subjects() throws -> [String] { try repository.upstream.git("log", "--format=%s", "main").split(separator: "\n").map(String.init) }

  func status(_ name: String = "launch") throws -> StatusRecord? {
    try repository.file("status/posts/\(name).json").map { try StatusRecord(json: try JSON.parse(Array($0.utf8))) }
  }

  static let zones = zones(version: "test", ["UTC": "UTC"])

  /// Zone data of the test's own: what each name stands for in the system's.
  static func zones(version: String, _ files: [String: String]) -> Zones {
    Zones(version: version, names: Array(files.keys)) { name in
      files[name].flatMap { try? Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\($0)")) }.map(Array.init)
    }
  }
}

/// A post that is due this long after noon.
func post(_ seconds: Int = 0, caption: String = "Doors open.", _ more: String...) -> String {
  let time = String((Instant.noon + .seconds(seconds)).description.prefix(19))
  return (["scheduled_time: \(time)", "timezone: UTC", "accounts: [acme]", "caption: \(caption)"] + more).joined(separator: "\n") + "\n"
}
