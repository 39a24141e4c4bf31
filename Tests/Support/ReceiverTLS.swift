import Foundation
import Glibc

/// nginx with TLS in front of a plain receiver, and the authority that its certificate comes from.
public final class TLSFront: Sendable {
  private let folder: TemporaryFolder
  private let process: pid_t
  public let port: UInt16
  /// A PEM file: trusting it is trusting this server as 127.0.0.1.
  public var authority: String { folder.path("certificate.pem") }

  /// Listening once this returns: nginx inherits a socket that does.
  public init(before receiver: Receiver) throws {
    folder = try TemporaryFolder("tls")
    let listener: Int32
    (listener, port) = try Loopback.listen()
    defer { close(listener) }
    try run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=posthorn test", "-addext", "subjectAltName=IP:127.0.0.1",
      "-keyout", folder.path("key.pem"), "-out", folder.path("certificate.pem"),
    ])
    try folder.write(Self.configuration(in: folder, port: port, to: receiver), to: "nginx.conf")
    process = try Self.start(in: folder, listener)
  }

  public func url(host: String = "127.0.0.1") -> String { "https://\(host):\(port)/" }

  public func stop() {
    kill(process, SIGTERM)
    waitpid(process, nil, 0)
  }

  /// Not through `Process`: it has no way to hand a socket down.
  private static func start(in folder: TemporaryFolder, _ listener: Int32) throws -> pid_t {
    let inherited: Int32 = 100
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, listener, inherited)
    let words = ["nginx", "-p", folder.path, "-e", folder.path("error.log"), "-c", folder.path("nginx.conf")]
    let environment = ["NGINX=\(inherited);", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
    let (arguments, variables) = (words.map { strdup($0) }, environment.map { strdup($0) })
    defer { for text in arguments + variables { free(text) } }
    var process = pid_t()
    let status = posix_spawnp(&process, "nginx", &actions, nil, arguments + [nil], variables + [nil])
    guard status == 0 else { throw Loopback.Failure(errno: status) }
    return process
  }

  private static func configuration(in folder: TemporaryFolder, port: UInt16, to receiver: Receiver) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path($0));" }.joined(separator: " ")
    return """
      daemon off; pid \(folder.path("pid"));
      events { worker_connections 256; }
      http {
        access_log off; \(folders)
        server {
          listen 127.0.0.1:\(port) ssl;
          ssl_certificate \(folder.path("certificate.pem"));
          ssl_certificate_key \(folder.path("key.pem"));
          location / { proxy_pass http://127.0.0.1:\(receiver.port); proxy_next_upstream off; }
        }
      }
      """
  }
}
