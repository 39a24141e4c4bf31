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
  private let book: Notebook
  private let sites = Mutex<[Site]>([])
  private let notes = Mutex<[String]>([])
  private let begun = Mutex(0)
  let busy = Mutex<Set<ObjectIdentifier>>([])

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
    let name = "\(claims.rawValue)-\(number)"
    try FileManager.default.createDirectory(atPath: settings.logs, withIntermediateDirectories: true)
    receivers = try Receivers(chance.of("receivers"), book: Notebook("\(settings.logs)/\(name).arrivals"))
    book = Notebook("\(settings.logs)/\(name).diary")
    timetable = Timetable(
      deliveries: deliveries, batches: batches, ahead: settings.isPatient ? 90 : 15, chance: chance.of("timetable"))
    repository = try server.repository(name, files: Self.files(receivers))
    relay = try Relay(to: server.port)
    var options = [
      "--repo", server.url("\(name).git", port: relay.port), "--branch", "main", "--allow-private-hosts", "--git-deadline", "15s",
      "--claims", claims.rawValue,
    ]
    if let fleet { options += ["--etcd", fleet.urls, "--etcd-prefix", "posthorn/\(name)", "--etcd-ttl", EtcdFleet.timeToLive] }
    if settings.seals { options += ["--seal-key", try Self.sealKey(in: home)] }
    self.options = options
    for letter in ["a", "b", "c"].prefix(claims.size) { add(try newSite("\(name)-\(letter)")) }
  }

  private static func sealKey(in home: TemporaryFolder) throws -> String {
    let path = home.path("seal.pem")
    try run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path])
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
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
  func diary(_ line: String) { book.write(line) }
}
