import Failpoints
import Foundation
import Schedule
import Support
import Synchronization
import Testing

/// Hosts that serve one repository, an etcd that they share, and a receiver that counts.
final class Fleet: Sendable {
  let servers: EtcdCluster
  /// Hosts of a fleet reach the repository through a server: in one on their own disk, whoever is killed may leave git's lock behind (G10).
  let server: GitServer
  let repository: ContentRepository
  let receiver: Receiver
  let accounts: Int
  let timeToLive: String
  /// Hosts live as long as the fleet: their state directories are needed as long as their daemons run.
  private let hosts = Mutex<[FleetHost]>([])

  /// - Parameters:
  ///   - timeToLive: how long a daemon may be silent; a call may take half of it.
  ///   - gate: what each answer of the receiver waits for.
  init(accounts: Int, timeToLive: String = FleetTests.timeToLive, after gate: Gate? = nil) async throws {
    self.timeToLive = timeToLive
    servers = try await EtcdCluster(1)
    receiver = try Receiver { _ in gate.map { .after($0, .ok) } ?? .ok }
    self.accounts = accounts
    let url = receiver.url("/in")
    server = try GitServer()
    let files = (1...accounts).map { ("accounts/a\($0).yaml", webhook(url, "limits: {spacing: 0s}")) }
    repository = try ContentRepository(
      bare: server.path("news.git"),
      files: Dictionary(uniqueKeysWithValues: files).merging(["posthorn.yaml": Self.settings]) { $1 })
  }

  private static let settings = "record: {interval: 1s}\nretry: {delays: [1s, 1s, 1s]}\npolicy: {burst: 10000}\n"

  deinit { receiver.stop() }

  /// - Parameters:
  ///   - state: where its state directory is, if that is there already.
  ///   - port: through which it reaches the repository's server.
  func host(state: String? = nil, through port: Int? = nil) throws -> FleetHost {
    let host = try FleetHost(self, state: state, port: port ?? server.port)
    hosts.withLock { $0.append(host) }
    return host
  }

  /// Pushes posts that are due now, shared out over the accounts; their ids.
  @discardableResult
  func push(_ count: Int, from first: Int = 1) throws -> [String] {
    let ids = (first..<first + count).map { "p\($0)" }
    let files = ids.enumerated().map { ("posts/\($1).yaml", Optional(post(due: 0, to: "a\($0 % accounts + 1)", caption: $1))) }
    try repository.push(Dictionary(uniqueKeysWithValues: files))
    return ids
  }

  /// Pushes posts that are due now, each to all accounts; their ids.
  func pushShared(_ count: Int) throws -> [String] {
    let ids = (1...count).map { "s\($0)" }
    let all = (1...accounts).map { "a\($0)" }.joined(separator: ", ")
    try repository.push(Dictionary(uniqueKeysWithValues: ids.map { ("posts/\($0).yaml", Optional(post(due: 0, to: all, caption: $0))) }))
    return ids
  }

  /// How often each post was accepted.
  var deliveries: [String: Int] {
    var counts: [String: Int] = [:]
    for arrival in receiver.arrivals {
      guard let post = (try? JSON.parse(arrival.body))?["data"]?["post"]?.string else { continue }
      counts[post, default: 0] += 1
    }
    return counts
  }

  func records() throws -> [HistoryRecord] {
    try repository.files(under: "history/").values.map { try HistoryRecord(json: try JSON.parse(Array($0.utf8))) }
  }

  func recorded() throws -> Int { Set(try repository.names(under: "history/").map { $0.split(separator: "/")[4] }).count }

  /// The attempts of each post upstream, in order.
  func attempts() throws -> [String: [String]] {
    Dictionary(grouping: try records(), by: \.post.text).mapValues { records in
      records.sorted { $0.attempt < $1.attempt }.map { "\($0.attempt) \($0.outcome.rawValue)" }
    }
  }

  func untilRecorded(_ posts: [String], _ daemon: Daemon, within limit: Duration = .seconds(60)) async throws {
    try await daemon.until("\(posts.count) records", within: limit) {
      Set(posts).isSubset(of: Set(try repository.names(under: "history/").map { String($0.split(separator: "/")[4]) }))
    }
  }
}

/// One of its hosts.
final class FleetHost: Sendable {
  let host: Host

  init(_ fleet: Fleet, state: String?, port: Int) throws {
    let (server, origin) = (fleet.server, "https://localhost:\(port)")
    try server.folder.write(
      #"{"user": "\#(server.user)", "password": "\#(server.password)", "origin": "\#(origin)"}"#, to: "credential-\(port).json")
    host = try Host(
      fleet.repository, repo: origin + "/news.git", state: state,
      access: [
        "--git-credential", server.folder.path("credential-\(port).json"), "--ca-file", fleet.server.authority,
        "--claims", "etcd", "--etcd", fleet.servers.urls, "--etcd-prefix", "posthorn/test", "--etcd-ttl", fleet.timeToLive,
      ])
    guard state == nil else { return }
    // A host that lacks a secret would hold what is to go there.
    let folder = URL(fileURLWithPath: host.state).appendingPathComponent("credentials")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for number in 1...fleet.accounts {
      let file = folder.appendingPathComponent("a\(number).json").path
      let text = #"{"secret": "\#(Host.secret)", "origin": "http://127.0.0.1:\#(fleet.receiver.port)"}"#
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }
  }

  /// Copies its state directory as an operator does, the daemon running or not.
  func copyState(to path: String) {
    // What goes away while a living directory is copied is an error for cp, and no harm: the copy lacks it, as one made a moment later would.
    _ = try? run(["cp", "-a", host.state, path])
  }

  func daemon(environment: [String: String] = [:]) async throws -> Daemon {
    try await Daemon(host.options + ["--interval", "1s"], environment: environment.merging(["HOME": host.home.path]) { $1 })
  }

  /// A daemon that kills itself at a failpoint; returns once it has.
  func daemon(killedAt point: Failpoint) async throws {
    let daemon = try Daemon(
      launching: host.options + ["--interval", "1s"], environment: ["HOME": host.home.path, "POSTHORN_FAILPOINT": "\(point.rawValue)=kill"])
    #expect(try await daemon.end() == 128 + SIGKILL)
  }
}
