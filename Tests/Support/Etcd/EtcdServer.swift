import Foundation
import Glibc
import Synchronization

/// One real etcd on loopback ports, with a data folder of its own. Its clients and its peers reach it through a proxy each, so that a test can
/// cut either way.
public final class EtcdServer: Sendable {
  public let name: String
  /// What clients pass on their way to it.
  public let clients: Proxy
  /// What the other servers pass on their way to it.
  public let peers: Proxy
  let folder: TemporaryFolder
  private let ports: (client: Int, peer: Int)
  private let process = Mutex<pid_t?>(nil)

  /// Debian's package; tests that need it are skipped visibly where it is not installed.
  public static let isInstalled = access("/usr/bin/etcd", X_OK) == 0 && access("/usr/bin/etcdctl", X_OK) == 0

  init(_ name: String) throws {
    self.name = name
    folder = try TemporaryFolder("etcd-\(name)")
    ports = (try freePort(), try freePort())
    (clients, peers) = (try Proxy(to: ports.client), try Proxy(to: ports.peer))
  }

  deinit {
    kill()
    clients.stop()
    peers.stop()
  }

  /// Where clients reach it.
  public var url: String { "http://127.0.0.1:\(clients.port)" }
  var peerURL: String { "http://127.0.0.1:\(peers.port)" }
  /// Where nobody cuts; for the test's own looks.
  public var directURL: String { "http://127.0.0.1:\(ports.client)" }
  var dataFolder: String { folder.path("data") }

  /// Starts it; it serves once most of its cluster is there.
  func start(cluster: String) throws {
    let log = folder.path("log")
    let started = try spawn(
      [
        "/usr/bin/etcd", "--name", name, "--data-dir", dataFolder, "--listen-client-urls", directURL, "--advertise-client-urls", directURL,
        "--listen-peer-urls", "http://127.0.0.1:\(ports.peer)", "--initial-advertise-peer-urls", peerURL, "--initial-cluster", cluster,
        "--heartbeat-interval", "50", "--election-timeout", "400", "--logger", "zap", "--log-level", "warn",
      ], hermetic, output: log, errors: log)
    process.withLock { $0 = started }
  }

  /// Ends it as a crash would.
  public func kill() {
    guard
      let running = process.withLock({ process in
        defer { process = nil }
        return process
      })
    else { return }
    _ = Glibc.kill(running, SIGKILL)
    waitpid(running, nil, 0)
  }

  /// Stops it in its tracks, and lets it go on.
  public func pause() { signal(SIGSTOP) }
  public func resume() { signal(SIGCONT) }

  private func signal(_ number: Int32) { process.withLock { if let running = $0 { _ = Glibc.kill(running, number) } } }

  public var log: String { (try? String(contentsOfFile: folder.path("log"), encoding: .utf8)) ?? "" }  // Not there yet is nothing yet.
}
