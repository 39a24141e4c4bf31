import Foundation

/// One or three real etcd servers that know each other.
public final class EtcdCluster: Sendable {
  public let servers: [EtcdServer]
  private let members: String

  /// Starts them, and waits until they agree.
  public init(_ count: Int = 1) async throws {
    servers = try (1...count).map { try EtcdServer("s\($0)") }
    members = servers.map { "\($0.name)=\($0.peerURL)" }.joined(separator: ",")
    for server in servers { try server.start(cluster: members) }
    for server in servers { try await untilHealthy(server) }
  }

  /// What `--etcd` is given.
  public var urls: String { servers.map(\.url).joined(separator: ",") }

  /// Starts a server that was killed.
  public func start(_ server: EtcdServer) throws { try server.start(cluster: members) }

  /// Returns once the server answers, which it does only with a quorum.
  public func untilHealthy(_ server: EtcdServer) async throws {
    try await eventually("etcd \(server.name)", within: .seconds(120), clue: { server.log }) {
      (try? ctl("--command-timeout=1s", "get", "health", at: server)) != nil  // no answer yet is the reason to ask again
    }
  }

  /// The server that leads.
  public func leader() async throws -> EtcdServer {
    try await eventually("a leader of etcd") {
      servers.first { server in
        // A server that is down leads nobody.
        guard let status = try? ctl("--command-timeout=1s", "endpoint", "status", "-w", "fields", at: server) else { return false }
        let fields = Dictionary(
          status.split(separator: "\n").compactMap { line -> (String, String)? in
            let sides = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return sides.count == 2 ? (sides[0], sides[1]) : nil
          }
        ) { first, _ in first }
        return fields["\"MemberID\""] == fields["\"Leader\""]
      }
    }
  }

  /// Runs `etcdctl` against one server, past its proxy.
  @discardableResult
  public func ctl(_ arguments: String..., at server: EtcdServer? = nil) throws -> String {
    let endpoint = (server ?? servers[0]).directURL
    return try run(["etcdctl", "--endpoints", endpoint] + arguments, environment: ["ETCDCTL_API": "3"])
  }

  /// Saves what a single server knows.
  public func snapshot(to path: String) throws { try ctl("snapshot", "save", path) }

  /// Puts a single server back to what it knew then, as an operator with a backup does.
  public func restore(from path: String) async throws {
    let server = servers[0]
    server.kill()
    try FileManager.default.removeItem(atPath: server.dataFolder)
    try ctl(
      "snapshot", "restore", path, "--name", server.name, "--data-dir", server.dataFolder, "--initial-cluster", members,
      "--initial-advertise-peer-urls", server.peerURL)
    try start(server)
    try await untilHealthy(server)
  }
}
