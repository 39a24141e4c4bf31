import Support
import Testing

@Suite("The flags of a fleet")
struct FleetFlagTests {
  static let complete = ["--claims", "etcd", "--etcd", "http://127.0.0.1:1", "--etcd-prefix", "posthorn/news"]

  @Test(
    "What is missing, wrong or without effect is refused, and said",
    arguments: [
      (["--claims", "etcd"], "--claims etcd needs --etcd with the URLs"),
      (["--claims", "etcd", "--etcd", "http://127.0.0.1:1"], "--claims etcd needs --etcd-prefix"),
      (["--claims", "etdc"], "did you mean \"etcd\"?"),
      (["--etcd-prefix", "posthorn/news"], "--etcd-prefix does nothing without --claims etcd"),
      (["--claims", "etcd", "--etcd", "127.0.0.1", "--etcd-prefix", "p"], "--etcd \"127.0.0.1\" is"),
      (["--claims", "etcd", "--etcd", "http://127.0.0.1:1", "--etcd-prefix", "/p/"], "--etcd-prefix \"/p/\" is not made of"),
      (complete + ["--etcd-ttl", "1s"], "--etcd-ttl 1s is not between 2s and 1h"),
      (complete + ["--etcd-credential", "/nonexistent/file"], "the etcd credential /nonexistent/file cannot be read"),
    ])
  func refused(flags: [String], message: String) async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": "platform: outbox\n"])
    let folder = try TemporaryFolder("state")
    let ending = try await Posthorn.run(["reconcile", "--repo", repository.url, "--state", folder.path("state")] + flags)
    #expect(ending.status == (message.contains("credential") ? 3 : 2))
    #expect(ending.errors.contains(message), "\(ending)")
  }
}
