import Foundation
import Schedule
import Support
import Testing

@Suite("From a push to a recorded publication")
struct PublishingTests {
  @Test("What was pushed and is due goes out in one pass, and the pass records it upstream")
  func reconcile() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/2026/launch.yaml": post()])
    let ending = try await host.reconcile()
    #expect(ending.output == "1 published\n")
    #expect(host.outbox().count == 1)
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(try host.status("2026/launch")?.state.rawValue == "published")
    #expect(try await host.reconcile().output == "nothing was due\n")
    #expect(host.outbox().count == 1)
  }

  @Test("A daemon publishes at the post's time, not before it, and records it upstream")
  func daemon() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    try host.repository.push(["posts/launch.yaml": post(due: 3)])
    daemon.wake()
    try await daemon.until("a record") { try !host.repository.names(under: "history/").isEmpty }
    let record = try #require(try host.history().values.first)
    #expect(record.outcome == .published && record.finishedAt >= record.scheduledAt)
    #expect(try await daemon.stop() == 0)
    #expect(host.outbox().count == 1)
  }

  @Test("A record touches history and status alone, says what happened, and leaves the repository whole")
  func commit() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "media/readme.txt": "hello\n"])
    let source = try host.repository.upstream.git("rev-parse", "main")
    try await host.reconcile()
    let upstream = host.repository.upstream
    #expect(try host.strayPaths() == [])
    // Who publishes, under which key, what happened, and where the post stands.
    #expect(Set(try host.repository.recordedPaths()).count == 4)
    #expect(try upstream.git("log", "-1", "--format=%s", "main") == "publish launch to acme")
    let trailers = try upstream.git("log", "-1", "--format=%(trailers)", "main")
    #expect(trailers.contains("Posthorn-Source: \(source)") && trailers.contains("Posthorn-Host: "))
    #expect(try upstream.git("log", "--format=%s", "\(source)..main^") == "publish from here on")
    #expect(try upstream.fsck() == "")
  }

  @Test("A history file says everything there is to know about its attempt")
  func fields() async throws {
    let text = post(to: "acme, hook-less", caption: "\"Doors: open\"", "media: [{path: media/teaser.txt, alt: A horn}]")
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook-less.yaml": outbox, "posts/deep/er/launch.yaml": text, "media/teaser.txt": "a horn\n",
    ])
    try await host.reconcile()
    let clone = host.repository.clone
    let files = try host.repository.files(under: "history/")
    let names = files.keys.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }.sorted()
    #expect(names == ["launch/acme.1.json", "launch/hook-less.1.json"])
    let (name, json) = try #require(files.first { $0.key.hasSuffix("/acme.1.json") })
    let record = try HistoryRecord(json: try JSON.parse(Array(json.utf8)))
    #expect(json == record.json.text())
    #expect(name == record.file)
    #expect(record.post.text == "launch" && record.account.text == "acme" && record.platform == "outbox" && record.attempt == 1)
    #expect(record.path == "schedule/posts/deep/er/launch.yaml" && record.timezone == "UTC" && record.outcome == .published)
    #expect(text.contains("scheduled_time: \(record.scheduledTime)"))
    #expect(record.contentSHA256 == (try sha256(text)))
    #expect(record.media == [MediaDigest(path: "media/teaser.txt", sha256: try sha256("a horn\n"))])
    #expect(record.source.commit == (try clone.git("rev-parse", "HEAD")))
    #expect(record.source.blob == (try clone.git("rev-parse", "HEAD:schedule/posts/deep/er/launch.yaml")))
    #expect(record.source.author == "Author <author@example.org>" && record.source.committer == "Author <author@example.org>")
    #expect(record.startedAt != nil && record.nextAttemptAt == nil && record.error == nil)
    #expect(record.remote?.id == host.outbox().first && record.key.hasPrefix("msg_"))
    #expect(record.tzdata.hasPrefix("20") && record.incarnation.count == 32 && !record.host.isEmpty && !record.version.isEmpty)
  }

  private func sha256(_ text: String) throws -> String {
    String(try run(["sha256sum"], input: Data(text.utf8)).prefix(64))
  }
}
