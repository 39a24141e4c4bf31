import Support
import Testing

@Suite("A host whose wall clock is wrong")
struct ClockFaultTests {
  @Test("Row 59: a commit point whose flush outlasts the grace sends nothing, and leaves no doubt: it is missed")
  func slowFlush() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let daemon = try await Daemon(
      host.options + ["--interval", "1s"], environment: ["HOME": host.home.path, "POSTHORN_FAILPOINT": "commit.flushed=delay"])
    try host.repository.push(["posts/launch.yaml": post(due: 4, "grace: 0s")])
    _ = try await daemon.line(containing: "not sent: it was not to go out any more")
    try await daemon.until("its record") { try host.attempts("launch") == ["1 missed"] }
    #expect(host.outbox() == [])
    try await daemon.stop()
  }

  @Test("Row 58: a process that starts a year ahead sends nothing and gives nothing up; with the right clock all goes out at its time")
  func yearAhead() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/first.yaml": post(), "posts/later.yaml": post(due: 7200)])
    try await host.reconcile()
    let ahead = try Faults.clock(ahead: 365 * 86_400)
    for _ in 1...2 {
      let ending = try await Posthorn.run(["reconcile"] + host.options, environment: ["HOME": host.home.path].merging(ahead) { $1 })
      #expect(ending.errors.contains("the clock of this host is in doubt"), "\(ending)")
      #expect(ending.output.contains("1 due and held"), "\(ending)")
    }
    #expect(try host.attempts("later") == [] && host.outbox().count == 1)
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try host.repository.push(["posts/next.yaml": post(due: 0)])
    #expect(try await host.reconcile().output == "1 published\n")
    #expect(try host.attempts("next") == ["1 published"] && host.attempts("later") == [])
  }
}
