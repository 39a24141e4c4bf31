import Foundation
import Glibc

/// nginx with TLS in front of a plain receiver, and the authority that its certificate comes from.
public final class TLSFront: Sendable {
  private let folder: TemporaryFolder
  public let port: UInt16
  /// A PEM file: trusting it is trusting this server as 127.0.0.1.
  public var authority: String { folder.path("certificate.pem") }

  /// Listening once this returns.
  public init(before receiver: Receiver) throws {
    folder = try TemporaryFolder("tls")
    port = try Loopback.deadPort()
    try run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=posthorn test", "-addext", "subjectAltName=IP:127.0.0.1",
      "-keyout", folder.path("key.pem"), "-out", folder.path("certificate.pem"),
    ])
    try folder.write(configuration(to: receiver), to: "nginx.conf")
    try run(["nginx", "-p", folder.path, "-e", folder.path("error.log"), "-c", folder.path("nginx.conf")])
  }

  public func url(host: String = "127.0.0.1") -> String { "https://\(host):\(port)/" }

  public func stop() throws {
    let text = try String(contentsOfFile: folder.path("pid"), encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    if let pid = pid_t(text) { kill(pid, SIGTERM) }
  }

  private func configuration(to receiver: Receiver) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path($0));" }.joined(separator: " ")
    return """
      worker_processes 1; pid \(folder.path("pid"));
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
