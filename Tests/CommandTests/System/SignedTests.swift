import Foundation
import Schedule
import Support
import Testing

@Suite("policy.require_signed")
struct SignedTests {
  /// A repository whose clone signs with a key that the host allows, and that asks for signatures.
  private static func host() throws -> Host {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox])
    let key = repository.folder.path("key")
    try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key])
    try repository.folder.write("author@example.org \(try Posthorn.text(key + ".pub"))", to: "allowed")
    for (name, value) in [("gpg.format", "ssh"), ("user.signingkey", key), ("commit.gpgsign", "true")] {
      try repository.clone.git("config", name, value)
    }
    try repository.push(["posthorn.yaml": "policy: {require_signed: true}\n", "posts/launch.yaml": post()])
    return try Host(repository, access: ["--allowed-signers", repository.folder.path("allowed")])
  }

  private static func unsigned(_ host: Host) -> GitClient {
    let config = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "commit.gpgsign", "GIT_CONFIG_VALUE_0": "false"]
    return GitClient(at: host.repository.clone.path, environment: config)
  }

  private static func audit(_ host: Host, _ more: String...) async throws -> Posthorn.Ending {
    try await Posthorn.run(["audit", "--repo", host.repository.url] + more, environment: ["HOME": host.home.path])
  }

  @Test("Signed commits are adopted, and our own records need no signature")
  func signed() async throws {
    let host = try Self.host()
    try await host.reconcile()
    try host.repository.push(["posts/next.yaml": post()])
    try await host.reconcile()
    #expect(host.outbox().count == 2)
    let audit = try await Self.audit(host, "--allowed-signers", host.repository.folder.path("allowed"))
    #expect(audit.status == 0, "\(audit)")
  }

  @Test("Nothing of a fetch with an unsigned commit is adopted, whatever stands before and after it, until it is off the branch")
  func unsigned() async throws {
    let host = try Self.host()
    try await host.reconcile()
    let clone = host.repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    let found = try Self.unsigned(host).commit(["schedule/posts/unsigned.yaml": post()], message: "Unsigned").prefix(12)
    try clone.commit(["schedule/posts/next.yaml": post()], message: "Signed")
    try clone.git("push", "-q", "origin", "HEAD:main")
    let ending = try await host.reconcile(exit: 3)
    #expect(ending.description.contains("commit \(found) by Author <author@example.org> is not accepted"), "\(ending)")
    #expect(ending.description.contains("it is not signed; take it off the branch"), "\(ending)")
    #expect(host.outbox().count == 1)
    let audit = try await Self.audit(host, "--allowed-signers", host.repository.folder.path("allowed"))
    #expect(audit.status == 1 && audit.output.contains("\(found) \n  commit.signature: it is not signed"), "\(audit)")
    let without = try await Self.audit(host)
    #expect(without.status == 3 && without.errors.contains("--allowed-signers"), "\(without)")
    try clone.git("reset", "-q", "--hard", "HEAD~2")
    try clone.commit(["schedule/posts/next.yaml": post()], message: "Signed")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try await host.reconcile()
    #expect(host.outbox().count == 2)
  }

  @Test("What a commit changes decides, not who says to have made it; a merge has to be signed too")
  func pretended() async throws {
    let host = try Self.host()
    try await host.reconcile()
    let clone = host.repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    let posthorn = [
      "GIT_AUTHOR_NAME": "Posthorn", "GIT_AUTHOR_EMAIL": "posthorn@vm", "GIT_COMMITTER_NAME": "Posthorn",
      "GIT_COMMITTER_EMAIL": "posthorn@vm",
    ]
    let unsigned = GitClient(at: clone.path, environment: Self.unsigned(host).environment.merging(posthorn) { $1 })
    try unsigned.commit(["schedule/posts/forged.yaml": post()], message: "publish\n\nPosthorn-Host: vm")
    try clone.git("push", "-q", "origin", "HEAD:main")
    #expect(try await host.reconcile(exit: 3).description.contains("by Posthorn <posthorn@vm> is not accepted"))
    try clone.git("reset", "-q", "--hard", "HEAD~1")
    try clone.git("checkout", "-q", "-b", "side")
    try clone.commit(["schedule/posts/side.yaml": post()])
    try clone.git("checkout", "-q", "main")
    try Self.unsigned(host).git("merge", "-q", "--no-ff", "-m", "Merge", "side")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    #expect(try await host.reconcile(exit: 3).description.contains("by Author <author@example.org> is not accepted"))
    try clone.git("reset", "-q", "--hard", "HEAD~1")
    try clone.git("merge", "-q", "--no-ff", "-S", "-m", "Merge", "side")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try await host.reconcile()
    #expect(host.outbox().count == 2)
  }

  @Test("Taking the policy away needs a signature, and a key that the host does not know is none")
  func policy() async throws {
    let host = try Self.host()
    try await host.reconcile()
    try host.repository.folder.write("# nobody\n", to: "allowed")
    try host.repository.push(["posthorn.yaml": "policy: {require_signed: false}\n", "posts/next.yaml": post()])
    let ending = try await host.reconcile(exit: 3)
    #expect(ending.description.contains("it is signed by the ssh key SHA256:"), "\(ending)")
    #expect(host.outbox().count == 1)
    try host.repository.folder.write("nonsense\n", to: "allowed")
    let broken = try await host.reconcile(exit: 3)
    #expect(broken.description.contains("line 1 needs principals"), "\(broken)")
  }

  @Test("A host that names nobody who may sign schedules nothing, and says how to name them")
  func nobody() async throws {
    let repository = try Self.host().repository
    let ending = try await Host(repository).reconcile(exit: 3)
    #expect(ending.description.contains("--allowed-signers"), "\(ending)")
  }
}
