import Foundation

/// A real sshd on the loopback address, with host key, configuration and users' keys of its own.
public final class SSHServer: Sendable {
  public let folder: TemporaryFolder
  public let port: Int
  public let user: String
  /// A private key that is let in, and one that is not.
  public let key: String
  public let strangerKey: String
  private let service: Service

  /// - Parameters:
  ///   - hostKeys: the kinds of host keys that it has, as ssh-keygen names them.
  ///   - command: what it runs in a shell whatever it is asked for, if it is not to do what it is asked.
  public init(hostKeys: [String] = ["ed25519"], running command: String? = nil) throws {
    let folder = try TemporaryFolder("sshd")
    self.folder = folder
    port = try freePort()
    user = NSUserName()
    (key, strangerKey) = (folder.path("key"), folder.path("stranger"))
    for name in hostKeys.map({ "host_\($0)" }) + ["key", "stranger"] {
      let type = name.hasPrefix("host_") ? String(name.dropFirst("host_".count)) : "ed25519"
      try run(["ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", folder.path(name)])
    }
    try FileManager.default.copyItem(atPath: folder.path("key.pub"), toPath: folder.path("authorized_keys"))
    try folder.write(
      """
      Port \(port)
      ListenAddress 127.0.0.1
      \(hostKeys.map { "HostKey \(folder.path("host_\($0)"))" }.joined(separator: "\n"))
      PidFile none
      AuthorizedKeysFile \(folder.path("authorized_keys"))
      StrictModes no
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      PermitRootLogin prohibit-password
      UsePAM no
      \(command.map { "ForceCommand \($0)" } ?? "")

      """, to: "config")
    // sshd drops its privileges into this folder, which distributions make when they start their own service.
    if getuid() == 0 { try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true) }
    let log = folder.path("log")
    service = try Service(["/usr/sbin/sshd", "-D", "-e", "-f", folder.path("config")], log: log) {
      try String(contentsOfFile: log, encoding: .utf8).contains("Server listening on")
    }
  }

  /// How a git client gets in here: `GIT_SSH_COMMAND`.
  public var command: String {
    get throws { "ssh -i \(key) -o IdentitiesOnly=yes -o UserKnownHostsFile=\(try knownHosts()) -F none" }
  }

  /// The URL of the repository at `path`.
  public func url(_ path: String) -> String { "ssh://\(user)@127.0.0.1:\(port)\(path)" }

  /// A known_hosts line for this server, with the key in `file`.
  public func knownHostsLine(_ file: String = "host_ed25519.pub") throws -> String {
    "[127.0.0.1]:\(port) " + (try String(contentsOfFile: folder.path(file), encoding: .utf8))
  }

  /// A known_hosts file that trusts this server.
  public func knownHosts() throws -> String {
    try folder.write(knownHostsLine(), to: "known_hosts")
    return folder.path("known_hosts")
  }
}
