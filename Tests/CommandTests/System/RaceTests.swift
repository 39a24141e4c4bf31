import Foundation
import Schedule
import Support
import Testing

/// A kind of upstream, with a real server behind it where there is one.
enum Transport: String, CaseIterable, CustomTestStringConvertible {
  case local = "a bare repository on the same disk"
  case ssh = "ssh, to sshd"
  case https = "https, to nginx and git http-backend"

  var testDescription: String { rawValue }

  /// A host whose upstream is reached this way, and what has to live as long.
  func host(_ files: [String: String]) throws -> (host: Host, server: AnyObject?) {
    switch self {
    case .local: return (try Host(files), nil)
    case .ssh:
      let server = try SSHServer()
      let knownHosts = try server.knownHosts()
      let bare = server.folder.path("team.git")
      let repository = try ContentRepository(
        bare: bare, url: server.url(bare), environment: ["GIT_SSH_COMMAND": server.command], files: files)
      return (try Host(repository, access: ["--git-key", server.key, "--known-hosts", knownHosts]), server)
    case .https:
      let server = try GitServer()
      let login = Data("\(server.user):\(server.password)".utf8).base64EncodedString()
      let environment = [
        "GIT_SSL_CAINFO": server.authority, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader",
        "GIT_CONFIG_VALUE_0": "Authorization: Basic \(login)",
      ]
      let repository = try ContentRepository(
        bare: server.path("team.git"), url: server.url("team.git"), environment: environment, files: files)
      let credential = #"{"user": "\#(server.user)", "password": "\#(server.password)", "origin": "https://localhost:\#(server.port)"}"#
      try server.folder.write(credential, to: "credential.json")
      let host = try Host(
        repository, access: ["--git-credential", server.folder.path("credential.json"), "--ca-file", server.authority])
      return (host, server)
    }
  }
}

@Suite("Other people push while the daemon records")
struct RaceTests {
  static let rounds = 3

  @Test("No push is lost, no record touches another file, and the history stays a line", arguments: Transport.allCases)
  func twoClients(_ transport: Transport) async throws {
    let (host, server) = try transport.host(["accounts/acme.yaml": outbox, "posthorn.yaml": "record: {interval: 0s}\n"])
    defer { withExtendedLifetime(server) {} }
    let daemon = try await host.daemon()
    async let first = pushing(as: "bob", host.repository, daemon)
    async let second = pushing(as: "eve", host.repository, daemon)
    let pushed = try await first + second
    try await daemon.until("every record") { try host.repository.names(under: "history/").count == pushed.count }
    #expect(try await daemon.stop() == 0)

    let upstream = host.repository.upstream
    let line = Set(try upstream.git("rev-list", "main").split(separator: "\n").map(String.init))
    #expect(line.isSuperset(of: pushed))
    #expect(try upstream.git("rev-list", "--merges", "main") == "")
    #expect(try upstream.git("ls-tree", "-r", "--name-only", "main", "--", "notes").split(separator: "\n").count == pushed.count)
    #expect(try host.strayPaths() == [])
    #expect(try host.history().values.allSatisfy { $0.outcome == .published && $0.attempt == 1 })
    #expect(host.outbox().count == pushed.count)
    #expect(try upstream.fsck() == "")
  }

  /// Somebody who commits a post and a note, pushes them, and starts over once the daemon has begun to record; the commits as they arrived.
  private func pushing(as name: String, _ repository: ContentRepository, _ daemon: Daemon) async throws -> [String] {
    let clone = try repository.anotherClone(name)
    let push: @Sendable (Int) throws -> String = { round in
      try clone.commit([
        "schedule/posts/\(name)/\(name)-\(round).yaml": post(), "notes/\(name)-\(round).txt": "round \(round)\n",
      ])
      try clone.pushOnTop()
      daemon.wake()
      return try clone.git("rev-parse", "HEAD")
    }
    let first = try await onThread { try push(1) }
    try await daemon.until("a record") { try !repository.names(under: "history/").isEmpty }
    return [first] + (try await onThread { try (2...Self.rounds).map(push) })
  }
}
