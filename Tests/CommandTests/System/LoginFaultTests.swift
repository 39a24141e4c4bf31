import Foundation
import Support
import Testing

@Suite("An upstream that does not let us in, or is not who it was")
struct LoginFaultTests {
  /// One pass that has to fail, and to end by itself.
  private func failing(_ options: [String], dropping variable: String? = nil) throws -> String {
    let folder = try TemporaryFolder("login")
    let unset = variable.map { ["-u", $0] } ?? []
    let command = ["timeout", "50", "env"] + unset + [Posthorn.path, "reconcile", "--state", folder.path("state")] + options
    do {
      try run(command, environment: ["HOME": folder.path])
      throw Overdue(description: "it was let in")
    } catch let failure as ProgramFailure {
      #expect(failure.status == 3, "\(failure)")
      return failure.output
    }
  }

  @Test("Row 50: a wrong password is sent once, then named, and the pass ends")
  func password() throws {
    let server = try GitServer()
    _ = try GitClient.create(at: server.path("team.git"), "--bare")
    let origin = "https://localhost:\(server.port)"
    try server.folder.write(#"{"user": "ann", "password": "canary", "origin": "\#(origin)"}"#, to: "wrong.json")
    let said = try failing([
      "--repo", server.url("team.git"), "--git-credential", server.folder.path("wrong.json"), "--ca-file", server.authority,
    ])
    #expect(said.contains("refused every credential") && said.contains("--git-credential") && !said.contains("canary"), "\(said)")
    let requests = try Posthorn.text(server.folder.path("access.log")).split(separator: "\n")
    #expect(requests.count == 2 && requests.allSatisfy { $0.contains(" 401 ") }, "\(requests)")
  }

  @Test("Row 50: a key that is not let in is offered once, then named")
  func key() throws {
    let server = try SSHServer()
    let said = try failing([
      "--repo", server.url("/team.git"), "--git-key", server.strangerKey, "--known-hosts", server.knownHosts(),
    ])
    #expect(said.contains("refused every credential") && said.contains("--git-key"), "\(said)")
    let log = try Posthorn.text(server.folder.path("log"))
    #expect(log.components(separatedBy: "Connection from").count <= 3, "\(log)")
  }

  @Test("Row 50: a host whose key changed is not talked to, and the line that says otherwise is named")
  func hostKey() throws {
    let server = try SSHServer()
    try server.folder.write(server.knownHostsLine("stranger.pub"), to: "changed")
    let said = try failing(["--repo", server.url("/team.git"), "--git-key", server.key, "--known-hosts", server.folder.path("changed")])
    #expect(said.contains(server.folder.path("changed:1")) && said.contains("it changed"), "\(said)")
  }

  @Test("Row 50: ssh without HOME is refused by name", arguments: [true, false])
  func home(isUnset: Bool) throws {
    let options = ["--repo", "ssh://git@127.0.0.1:1/team.git", "--branch", "main"]
    let said = isUnset ? try failing(options, dropping: "HOME") : try failing(options + ["--git-deadline", "1h"], dropping: "NOTHING")
    #expect(said.contains("HOME is not set") == isUnset, "\(said)")
  }
}
