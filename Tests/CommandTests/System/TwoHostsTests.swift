import Foundation
import Support
import Testing

@Suite("Two hosts with state directories of their own, one repository, local claims")
struct TwoHostsTests {
  @Test("Row 33: the second daemon holds, says who publishes and what to type, and goes on once a person has said that the first is gone")
  func second() async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let (first, second) = (try Host(repository), try Host(repository))
    let publishing = try await first.daemon(interval: "1h")
    try await publishing.until("the first publication") { try first.attempts("launch") == ["1 published"] }

    let waiting = try await second.daemon(interval: "1h")
    _ = try await waiting.line(containing: "posthorn resume --take-over")
    // The first one sees the question, and says that it is there.
    _ = try await publishing.line(containing: "another daemon wants to publish")
    let held = try await waiting.line(containing: "is alive")
    #expect(held.contains("--claims push"))
    try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try repository.push(["posts/next.yaml": post()])
    try await publishing.until("the next one") { try first.attempts("next") == ["1 published"] }
    #expect(first.outbox().count == 2 && second.outbox() == [])

    try await publishing.crash(sparing: repository.upstream)
    let word = try await second.posthorn("resume", "--take-over")
    #expect(word.status == 0 && word.errors.contains("publishes from here on"), "\(word)")
    try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try repository.push(["posts/last.yaml": post(due: 0)])
    try await waiting.until("the last one") { try second.attempts("last") == ["1 published"] }
    #expect(first.outbox().count == 2 && second.outbox().count == 1)
    #expect(try await waiting.stop() == 0)

    // The first one comes back, and finds that it is the second now.
    let back = try await first.reconcile(exit: 3)
    #expect(back.output.contains("publishes from this repository"))
    let audit = try await Posthorn.run(["audit", "--repo", repository.url])
    #expect(audit.status == 0, "\(audit)")
  }
}
