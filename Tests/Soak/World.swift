import Foundation
import Support
import Synchronization

/// A repository, its receivers, and the daemons that publish from it, which have a hard life. Worlds know nothing of each other, so that many can
/// suffer at the same time.
final class World: Sendable {
  let number: Int
  let claims: ClaimsKind
  let chance: Chance
  let repository: ContentRepository
  /// Who stands between the daemons and upstream.
  let relay: Relay
  let receivers: Receivers
  let timetable: Timetable
  let home: TemporaryFolder
  let fleet: EtcdFleet?
  /// What every command is told, and what the daemons are told besides.
  let options: [String]

  let settings: Settings
  private let sites = Mutex<[Site]>([])
  private let notes = Mutex<[String]>([])
  private let begun = Mutex(0)
  private let busy = Mutex<Set<ObjectIdentifier>>([])

  struct Settings: Sendable {
    /// The program that is tried.
    var program: String
    /// The folder that logs are kept in.
    var logs: String
    /// What the program can be told besides.
    var seals = false
    /// Whether there are minutes to see what only minutes bring; otherwise people say what daemons would wait for.
    var isPatient = true
  }

  init(
    _ number: Int, claims: ClaimsKind, deliveries: Int, batches: Int, on server: GitDaemon, fleet: EtcdFleet?, chance: Chance,
    settings: Settings
  ) async throws {
    (self.number, self.claims, self.chance, self.fleet, self.settings) = (number, claims, chance, fleet, settings)
    home = try TemporaryFolder("world-\(number)")
    receivers = try Receivers(chance.of("receivers"))
    timetable = Timetable(deliveries: deliveries, batches: batches, chance: chance.of("timetable"))
    let name = "\(claims.rawValue)-\(number)"
    repository = try server.repository(name, files: Self.files(receivers))
    relay = try Relay(to: server.port)
    try FileManager.default.createDirectory(atPath: settings.logs, withIntermediateDirectories: true)
    var options = [
      "--repo", server.url("\(name).git", port: relay.port), "--branch", "main", "--allow-private-hosts", "--git-deadline", "15s",
      "--claims", claims.rawValue,
    ]
    if let fleet { options += ["--etcd", fleet.urls, "--etcd-prefix", "posthorn/\(name)", "--etcd-ttl", EtcdFleet.timeToLive] }
    if settings.seals { options += ["--seal-key", try Self.sealKey(in: home)] }
    self.options = options
    for letter in ["a", "b", "c"].prefix(claims.size) { add(try newSite("\(name)-\(letter)")) }
  }

  private static func files(_ receivers: Receivers) -> [String: String] {
    var files = [
      "posthorn.yaml": """
      grace: \(Int(Timetable.grace))s
      record: {interval: 1s}
      retry: {delays: [2s, 5s, 10s]}
      policy: {burst: 1000000}
      notify: [{on: [failed, missed, in_doubt, held], account: \(Receivers.notices)}]

      """
    ]
    for account in Timetable.accounts + [Receivers.notices] {
      files["accounts/\(account).yaml"] =
        "platform: webhook\nurl: http://127.0.0.1:\(receivers.port)/\(account)\ndedupes: \(Receivers.dedupes(account))\n"
        + "limits: {spacing: 0s}\n"
    }
    return files
  }
}

// MARK: - Who lives in it

extension World {
  /// Those that are meant to publish.
  var inhabitants: [Site] { sites.withLock { $0 } }

  func add(_ site: Site) { sites.withLock { $0.append(site) } }
  func remove(_ site: Site) { sites.withLock { $0.removeAll { $0 === site } } }

  /// Another state directory that never published anything.
  func newSite(_ name: String, on machine: Machine? = nil) throws -> Site {
    let folder = home.path("\(name)/state")
    try prepare(folder)
    return try site(name, on: machine, folder: folder)
  }

  /// A site whose directory is there already.
  func site(_ name: String, on machine: Machine? = nil, folder: String, place: String? = nil) throws -> Site {
    Site(
      name, on: try machine ?? Machine(name), folder: folder, place: place, program: settings.program,
      options: options + ["--interval", "3s"],
      logs: settings.logs
    ) { [weak self] in self?.note($0) }
  }

  /// A state directory that holds its credentials, and nothing else.
  func prepare(_ folder: String) throws {
    let credentials = URL(fileURLWithPath: folder).appendingPathComponent("credentials")
    try FileManager.default.createDirectory(at: credentials, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
    for account in Timetable.accounts + [Receivers.notices] {
      let file = credentials.appendingPathComponent("\(account).json")
      try Data(#"{"secret": "\#(Self.secret)", "origin": "http://127.0.0.1:\#(receivers.port)"}"#.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }
  }

  private static let secret = "whsec_c29ha2VkY2FuYXJ5c29ha2VkY2FuYXJ5"

  /// A name that no site has had.
  func fresh(_ what: String) -> String {
    let number = begun.withLock { count in
      count += 1
      return count
    }
    return "\(claims.rawValue)-\(self.number)-\(what)\(number)"
  }

  /// Writes down what nobody asked a daemon to do.
  func note(_ surprise: String) { notes.withLock { $0.append("world \(number): \(surprise)") } }
  var surprises: [String] { notes.withLock { $0 } }

  /// A line of the world's diary, beside the logs of its daemons.
  func diary(_ line: String) {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let file = "\(settings.logs)/\(claims.rawValue)-\(number).diary"
    if !FileManager.default.fileExists(atPath: file) { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    guard let handle = FileHandle(forWritingAtPath: file) else { return }
    defer { try? handle.close() }  // It is for people to read; nothing depends on it.
    handle.seekToEndOfFile()
    handle.write(Data("\(time) \(line)\n".utf8))
  }
}

// MARK: - Its life

extension World {
  var people: Pusher { Pusher(upstream: repository.upstream) }

  /// Starts the daemons, and does to them what `plan` says, while people push posts.
  func live(through plan: [DisturbanceKind], until end: ContinuousClock.Instant, counting tally: Tally) async throws {
    try await begin()
    let own = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.push(during: own, of: plan.count) }
      for (number, kind) in plan.enumerated() {
        guard ContinuousClock.now < end else { break }
        let chance = chance.of("disturbance \(number)")
        try await Task.sleep(for: chance.seconds(0...1.5, "before"))
        let site = try await reserve(for: kind, chance)
        let tallies = [own, tally]
        if kind.happensBeside(in: self, chance) {
          group.addTask { try await self.disturb(site, kind, chance, tallies) }
        } else {
          try await disturb(site, kind, chance, tallies)
        }
      }
      own.end()
      try await group.waitForAll()
    }
  }

  /// Starts the daemons, and waits until the repository has a past: of one without records a new state directory may believe that nothing was
  /// ever published from it.
  private func begin() async throws {
    for site in inhabitants { try await site.start() }
    _ = try await onThread { [self] in try people.push(timetable.first()) }
    try await waitUntil(.seconds(300)) { (try? await self.books().upstream.values.contains { $0.final == "published" }) ?? false }
  }

  private func disturb(_ site: Site, _ kind: DisturbanceKind, _ chance: Chance, _ tallies: [Tally]) async throws {
    diary("\(kind.rawValue) \(site.name)")
    do { try await kind.disturbance.happen(to: site, in: self, chance) } catch {
      throw Overdue(description: "world \(number), \(kind.rawValue) of \(site.name): \(error)")
    }
    if kind.isOfSite { busy.withLock { _ = $0.remove(ObjectIdentifier(site)) } }
    for tally in tallies { tally.count(kind) }
  }

  /// A site that nothing else happens to meanwhile, if what happens is to it.
  private func reserve(for kind: DisturbanceKind, _ chance: Chance) async throws -> Site {
    guard kind.isOfSite else { return chance.pick(inhabitants, "whom") }
    while true {
      let site = busy.withLock { busy -> Site? in
        let free = inhabitants.filter { !busy.contains(ObjectIdentifier($0)) }
        guard !free.isEmpty else { return nil }
        let site = chance.pick(free, "whom")
        busy.insert(ObjectIdentifier(site))
        return site
      }
      if let site { return site }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Pushes the posts, a batch at a time as life goes on, and other people's work in between.
  private func push(during life: Tally, of disturbances: Int) async throws {
    for (number, batch) in timetable.batches.enumerated() {
      while life.share(of: disturbances) < Double(number) / Double(timetable.batches.count) {
        try await Task.sleep(for: .milliseconds(50))
      }
      try await onThread { [self] in
        try people.push(timetable.files(of: batch))
        if number.isMultiple(of: 3) { try people.push(["notes/\(number).txt": "\(number)\n"], message: "other work") }
      }
      // Some batches at once are a busy minute; all of them at once would be no life.
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  /// Heals whatever is left of disturbances.
  func heal() async {
    relay.set(.open)
    relay.cut()
    for account in Timetable.accounts { receivers.set(.well, for: account) }
    for site in inhabitants {
      await site.resume()
      if !settings.isPatient { await takeOver(site) }
    }
  }

  /// Starts a daemon, perhaps while upstream cannot be reached for some time.
  func start(_ site: Site, withoutUpstreamFor outage: Duration?) async throws {
    guard let outage else { return try await site.start() }
    relay.set(chance.happens(0.5, "outage of \(site.name)") ? .down : .silent)
    try await site.start()
    try await Task.sleep(for: outage)
    relay.set(.open)
    relay.cut()
  }

  /// A person's word that whoever published before is gone for good.
  func takeOver(_ site: Site) async {
    guard claims == .local else { return }
    do { try await site.posthorn(["resume", "--take-over"], common: options) } catch { diary("\(site.name) was not told: \(error)") }
  }

  func perhapsTakeOver(_ site: Site, _ chance: Chance) async {
    if !settings.isPatient || chance.happens(0.5, "by word") { await takeOver(site) }
  }

  /// Ends all of several daemons but one, which lives here from now on.
  func keep(one kept: Site, of sites: [Site], _ chance: Chance) async throws {
    diary("\(kept.name) stays of \(sites.map(\.name))")
    for site in sites where site !== kept {
      if chance.happens(0.5, "killed") { try await site.kill() } else { try await site.stop(patience: .seconds(40)) }
      remove(site)
    }
    if !inhabitants.contains(where: { $0 === kept }) { add(kept) }
    await perhapsTakeOver(kept, chance)
  }

  /// Returns once something is so, or after a time: how far a daemon comes is left to it.
  func waitUntil(_ limit: Duration, _ isSo: () async -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end, await !isSo() { try await Task.sleep(for: .milliseconds(200)) }
  }

  /// Makes the folders that a file or folder is to be in.
  func makeRoom(for path: String) throws {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
  }

  /// Where the daemons stand in etcd.
  var members: String { "posthorn/\(claims.rawValue)-\(number)/members/" }

  /// What everybody's books say now.
  func books() async throws -> Books {
    var books = Books()
    (books.asked, books.arrivals, books.told) = (timetable.wishes, receivers.arrivals, receivers.told)
    return try await onThread { [repository, books] in
      var books = books
      try books.readUpstream(repository)
      return books
    }
  }

  func end() async throws {
    for site in inhabitants { try await site.stop() }
    receivers.stop()
    relay.stop()
  }

  private static func sealKey(in home: TemporaryFolder) throws -> String {
    let path = home.path("seal.pem")
    try run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path])
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }
}
