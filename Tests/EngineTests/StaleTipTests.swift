import Git
import Support
import Testing

@testable import Engine

@Suite("A tip that is taken in late")
struct StaleTipTests {
  @Test(
    "What was fetched before a record was made on top of it is no rewriting, and nothing is kept for it",
    arguments: ["in place", "mirrored"])
  func stale(way: String) async throws {
    let server = way == "in place" ? nil : try GitDaemon()
    let stage = try Stage(servedBy: server, ["posts/launch.yaml": post(), "posts/next.yaml": post(3600)])
    let old = try #require(ObjectID(hex: try stage.repository.upstream.git("rev-parse", "main")))
    try await stage.pass()
    let engine = try stage.engine()
    try await engine.open()
    let tip = try await engine.repository.fetch(now: stage.time.now)
    try await engine.adopt(tip)
    try await engine.adopt(old)
    #expect(await engine.desired.commit == tip)
    #expect(try stage.repository.upstream.git("for-each-ref", "refs/posthorn/kept") == "")
    // A branch that somebody has moved back to it is another thing.
    try stage.repository.upstream.git("update-ref", "refs/heads/main", old.hex)
    let back = try await engine.repository.fetch(now: stage.time.now)
    await #expect(throws: GitError.self) { try await engine.adopt(back) }
    try await engine.close()
  }
}
