import Foundation
import Schedule
import Support
import Testing

@Suite("Who we are to an ssh remote")
struct SSHKeyTests {
  @Test("The keys of a running ssh agent are used where no key is named, and the one in ~/.ssh without it", arguments: ["agent", "home"])
  func keyless(place: String) async throws {
    let server = try SSHServer()
    let knownHosts = try server.knownHosts()
    let bare = server.folder.path("team.git")
    let repository = try ContentRepository(
      bare: bare, url: server.url(bare), environment: ["GIT_SSH_COMMAND": try server.command],
      files: ["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let host = try Host(repository, access: ["--known-hosts", knownHosts])
    var environment = ["HOME": host.home.path]
    let agent = try place == "agent" ? SSHAgent(holding: server.key) : nil
    if let agent {
      environment["SSH_AUTH_SOCK"] = agent.socket
    } else {
      try FileManager.default.createDirectory(atPath: host.home.path(".ssh"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: server.key, toPath: host.home.path(".ssh/id_ed25519"))
      try FileManager.default.copyItem(atPath: server.key + ".pub", toPath: host.home.path(".ssh/id_ed25519.pub"))
    }
    let ending = try await Posthorn.run(["reconcile"] + host.options, environment: environment)
    withExtendedLifetime(agent) {}
    #expect(ending.status == 0, "\(ending)")
    #expect(try host.attempts("launch") == ["1 published"])
  }

  @Test("Without any key the error says which kind is needed")
  func none() async throws {
    let server = try SSHServer()
    let bare = server.folder.path("team.git")
    let repository = try ContentRepository(
      bare: bare, url: server.url(bare), environment: ["GIT_SSH_COMMAND": try server.command], files: ["accounts/acme.yaml": outbox])
    let host = try Host(repository, access: ["--known-hosts", try server.knownHosts()])
    let ending = try await host.posthorn("reconcile")
    #expect(ending.status == 3)
    #expect(ending.errors.contains("--git-key"), "\(ending)")
  }
}
