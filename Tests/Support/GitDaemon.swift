import Foundation

/// A real git server without any ceremony: `git daemon`, which lets everybody push. The fastest remote that is one.
public final class GitDaemon: Sendable {
  public let folder: TemporaryFolder
  public let port: Int
  private let service: Service

  public init() throws {
    let folder = try TemporaryFolder("git-daemon")
    let port = try freePort()
    (self.folder, self.port) = (folder, port)
    let program = try run(["git", "--exec-path"]).trimmingCharacters(in: .whitespacesAndNewlines) + "/git-daemon"
    service = try Service(
      [
        program, "--base-path=\(folder.path)", "--export-all", "--enable=receive-pack", "--reuseaddr", "--listen=127.0.0.1",
        "--port=\(port)", folder.path,
      ], log: folder.path("log")
    ) {
      isListening(port)
    }
  }

  /// Where the repository in the folder `name` has to be.
  public func path(_ name: String) -> String { folder.path(name) }

  /// The URL of the repository in the folder `name`, through another port where there is somebody in between.
  public func url(_ name: String, port: Int? = nil) -> String { "git://127.0.0.1:\(port ?? self.port)/\(name)" }

  /// A new repository here, reached through the server, with these files below `schedule/`.
  ///
  /// Its hook speaks before it answers a push, and it remembers every commit that its branches have ever been at.
  public func repository(_ name: String, files: [String: String]) throws -> ContentRepository {
    let repository = try ContentRepository(
      bare: folder.path("\(name).git"), url: "git://127.0.0.1:\(port)/\(name).git", files: files)
    try run(
      ["sh", "-c", "cat > hooks/pre-receive && chmod +x hooks/pre-receive"], in: repository.upstream.path,
      input: Data("#!/bin/sh\necho looking at it\n".utf8))
    try repository.upstream.git("config", "core.logAllRefUpdates", "always")
    return repository
  }
}
