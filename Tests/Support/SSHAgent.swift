/// A real ssh-agent that holds one key.
public final class SSHAgent: Sendable {
  private let folder: TemporaryFolder
  private let service: Service
  /// What `SSH_AUTH_SOCK` names.
  public let socket: String

  /// - Parameter key: the file of a private key without a passphrase.
  public init(holding key: String) throws {
    let folder = try TemporaryFolder("agent")
    let socket = folder.path("socket")
    service = try Service(["/usr/bin/ssh-agent", "-D", "-a", socket], log: folder.path("log")) {
      (try? run(["ssh-add", "-q", key], environment: ["SSH_AUTH_SOCK": socket])) != nil  // It fails until the agent listens.
    }
    (self.folder, self.socket) = (folder, socket)
  }
}
