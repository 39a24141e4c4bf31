import Schedule
import Support
import Testing

@Suite("A large schedule")
struct ScaleTests {
  @Test("Row 68: with 5,000 posts it starts, takes one change, is killed and starts again, and each post that is due goes out once")
  func scale() async throws {
    let later = post(due: 86_400)
    let host = try Host(
      Dictionary(uniqueKeysWithValues: (1...5000).map { ("posts/\($0 % 10)/p\($0).yaml", later) } + [("accounts/acme.yaml", outbox)]))
    let first = try await host.daemon(interval: "1h")
    _ = try await first.line(containing: "posts=5000")
    try host.repository.push(["posts/0/p10.yaml": post()])
    first.wake()
    _ = try await first.line(containing: "posts=1")
    try await first.until("the changed post") { host.outbox().count == 1 }
    try await first.crash(sparing: host.repository.upstream)
    try host.repository.push(["posts/0/p20.yaml": post()])
    let second = try await host.daemon(interval: "1h")
    // It read what had changed, and not everything again; the first change too where the kill came before it was saved.
    let adopted = try await second.line(containing: " adopted ")
    #expect(adopted.hasSuffix("posts=1") || adopted.hasSuffix("posts=2"))
    try await second.until("both records") { try host.attempts("p10") == ["1 published"] && host.attempts("p20") == ["1 published"] }
    #expect(try await second.stop() == 0)
    #expect(host.outbox().count == 2)
    #expect(try host.history().count == 2)
  }
}
