import Foundation
import Schedule
import Support
import Testing

@Suite("posthorn audit")
struct AuditTests {
  /// A repository that the program has published from: gone out, missed, tried again later, cancelled, held, and still to come.
  private static func host() async throws -> Host {
    let receiver = try Receiver { _ in .reply(503) }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(),
      "media/horn.jpg": "a horn\n", "posts/teaser.yaml": post(to: "acme, hook", "media: [{path: media/horn.jpg}]"),
      "posts/old.yaml": post(due: -7200), "posts/gone.yaml": post(due: 7200), "posts/later.yaml": post(due: 86_400),
      "posts/broken.yaml": "accounts: [acme]\n",
    ])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    try host.repository.push(["posts/gone.yaml": nil, "posts/2026/later.yaml": post(due: 90_000), "posts/later.yaml": nil])
    try await host.reconcile()
    return host
  }

  private struct Finding: Hashable {
    var rule: String
    var commit: String
    var path: String?
  }

  private static func findings(_ host: Host, in repo: String, _ more: String...) async throws -> [Finding] {
    let ending = try await Posthorn.run(["audit", "--repo", repo, "--format", "json"] + more, environment: ["HOME": host.home.path])
    let report = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any], "\(ending)")
    let violations = try #require(report["violations"] as? [[String: Any]])
    #expect(ending.status == (violations.isEmpty ? 0 : 1) && violations.allSatisfy { $0["hint"] is String && $0["message"] is String })
    return violations.map {
      Finding(rule: $0["rule"] as? String ?? "", commit: $0["commit"] as? String ?? "", path: $0["path"] as? String)
    }
  }

  @Test("Each of forty tamperings is found, with its commit and its file, and nothing else is")
  func tamperings() async throws {
    let host = try await Self.host()
    #expect(try await Self.findings(host, in: host.repository.url).isEmpty)
    let table = Tampering.files + Tampering.statuses + Tampering.records
    #expect(table.count >= 40)
    for (index, tampering) in table.enumerated() {
      var forger = try Forger(of: host.repository, named: "forger-\(index)")
      let path = "schedule/" + (try tampering.act(&forger))
      // A work tree stands for what was pushed, so that is what is pushed.
      try forger.clone.git("push", "-q", "origin", "HEAD:refs/heads/forged-\(index)")
      let findings = try await Self.findings(host, in: host.repository.url, "--branch", "forged-\(index)")
      #expect(Set(findings.map(\.rule)) == tampering.rules, "\(tampering.name): \(findings)")
      #expect(findings.contains { $0.path == path && tampering.rules.contains($0.rule) }, "\(tampering.name): \(path) \(findings)")
      #expect(Set(findings.map(\.commit)) == [forger.commit], "\(tampering.name): \(findings)")
    }
  }

  @Test(
    "A forged publication with the right key, digests and source is named, whoever made the commit look; the true record in its place is not"
  )
  func forgedPublication() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posts/next.yaml": post(due: 8)])
    let daemon = try await host.daemon()
    try await daemon.until("the first record") { try host.history().count == 1 }
    var forger = try Forger(of: host.repository, named: "forger")
    let blob = try forger.clone.git("rev-parse", "HEAD:schedule/posts/next.yaml")
    let path = try forger.record(like: try forger.history("launch", "acme")) { record in
      record.post = record.post.renamed("next")
      (record.path, record.source.blob) = ("schedule/posts/next.yaml", blob)
      record.scheduledAt = record.scheduledAt + .seconds(8)
      record.finishedAt = record.scheduledAt + .seconds(1)
    }
    try forger.clone.pushOnTop()
    try await daemon.until("the true record") { try host.attempts("next") == ["1 published"] && host.outbox().count == 2 }
    #expect(try await daemon.stop() == 0)
    try await host.reconcile()
    #expect(host.outbox().count == 2)
    let found = try await Self.findings(host, in: host.repository.url)
    let commit = try forger.clone.git("rev-parse", "HEAD")
    #expect(found.contains(Finding(rule: "seal.broken", commit: commit, path: "schedule/\(path)")), "\(found)")
    #expect(Set(found.map(\.commit)) == [commit], "\(found)")
  }

  @Test("Every branch that records have stood on is read: what is edited, removed or forged on an old one is named with that branch")
  func branches() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "posthorn.yaml": "record: {branch: posthorn}\n", "posts/launch.yaml": post(),
      "posts/edited.yaml": post(),
    ])
    try await host.reconcile()
    try host.repository.push(["posthorn.yaml": "record: {branch: records}\n", "posts/next.yaml": post(due: 0)])
    try await host.reconcile()
    try host.repository.push(["posthorn.yaml": nil, "posts/last.yaml": post(due: 0)])
    try await host.reconcile()
    #expect(try await Self.findings(host, in: host.repository.url).isEmpty)

    var forger = try Forger(of: host.repository, named: "forger")
    try forger.clone.git("checkout", "-q", "posthorn")
    let (deleted, edited) = (try forger.history("launch", "acme"), try forger.history("edited", "acme"))
    try forger.commit([deleted: nil, edited: try forger.text(edited).replacing("\"published\"", with: "\"failed\"")])
    let old = forger.commit
    try forger.clone.git("push", "-q", "origin", "posthorn")
    try forger.clone.git("checkout", "-q", "records")
    let forged = try forger.record(like: try forger.history("next", "acme")) { ($0.attempt, $0.outcome) = (2, .failed) }
    let newer = forger.commit
    try forger.clone.git("push", "-q", "origin", "records")
    let found = try await Self.findings(host, in: host.repository.url)
    let expected: Set<Finding> = [
      Finding(rule: "history.removed", commit: old, path: "schedule/\(deleted)"),
      Finding(rule: "history.changed", commit: old, path: "schedule/\(edited)"),
      Finding(rule: "seal.broken", commit: newer, path: "schedule/\(forged)"),
    ]
    #expect(expected.isSubset(of: found) && Set(found.map(\.commit)) == [old, newer], "\(found)")
    let text = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(text.output.contains("\(old.prefix(12)) schedule/\(deleted) on branch posthorn\n"), "\(text)")
    #expect(text.output.contains("\(newer.prefix(12)) schedule/\(forged) on branch records\n"), "\(text)")
    // One that is gone is said: what it told is not proved.
    try host.repository.upstream.git("update-ref", "-d", "refs/heads/posthorn")
    let gone = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(gone.output.contains("named branch posthorn for records, which is not here"), "\(gone)")
  }

  @Test("Each rule has a page, and a name that is none gets the nearest one")
  func explained() async throws {
    let page = try await Posthorn.run(["audit", "--explain", "seal.unknown"])
    #expect(
      page.status == 0 && page.output.hasPrefix("seal.unknown: ") && page.output.contains("To do:\n\n    somebody else wrote it"), "\(page)"
    )
    let none = try await Posthorn.run(["audit", "--explain", "seal.unknwon"])
    #expect(none.status == 2 && none.errors.contains("did you mean seal.unknown?"), "\(none)")
  }

  @Test("A record that was removed may be put back as it was, and what is known already need not be reported again")
  func restored() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try await host.reconcile()
    var forger = try Forger(of: host.repository, named: "forger")
    let file = try forger.history("launch", "acme")
    let text = try forger.text(file)
    try forger.commit([file: nil])
    let removal = forger.commit
    try forger.commit([file: text])
    try forger.clone.git("push", "-q", "origin", "main")
    let found = try await Self.findings(host, in: host.repository.url)
    #expect(found.map(\.rule) == ["history.removed"] && found.first?.commit == removal)
    #expect(try await Self.findings(host, in: host.repository.url, "--since", removal).isEmpty)
    let text2 = try await Posthorn.run(["audit", "--repo", forger.clone.path], environment: ["HOME": host.home.path])
    #expect(text2.status == 1 && text2.output.contains("git checkout \(removal.prefix(12))^ -- schedule/\(file)"), "\(text2)")
    #expect(text2.output.contains("\n1 violation in 5 commits, 1 attempt, 1 status file of origin/main"), "\(text2)")
  }

  @Test("Row 64: a forged \"published\" and a deleted or edited history change nothing while the journal lives, and audit reports them")
  func row64() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posts/edited.yaml": post(), "posts/next.yaml": post(due: 3),
    ])
    let daemon = try await host.daemon()
    try await daemon.until("the records") { try host.history().count == 2 }
    var forger = try Forger(of: host.repository, named: "forger")
    let (deleted, edited) = (try forger.history("launch", "acme"), try forger.history("edited", "acme"))
    let forged = try forger.text("status/posts/launch.json").replacing("launch", with: "next")
    try forger.commit([
      deleted: nil, edited: try forger.text(edited).replacing("\"published\"", with: "\"failed\""), "status/posts/next.json": forged,
    ])
    try forger.clone.pushOnTop()
    try await daemon.until("the post that was forged goes out") { try host.attempts("next") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    #expect(host.outbox().count == 3)
    try await host.reconcile()
    #expect(host.outbox().count == 3)
    let found = try await Self.findings(host, in: host.repository.url)
    let commit = try forger.clone.git("rev-parse", "HEAD")
    let expected: Set<Finding> = [
      Finding(rule: "history.removed", commit: commit, path: "schedule/\(deleted)"),
      Finding(rule: "history.changed", commit: commit, path: "schedule/\(edited)"),
      Finding(rule: "status.foreign", commit: commit, path: "schedule/status/posts/next.json"),
    ]
    #expect(Set(found) == expected, "\(found)")
  }

  @Test("A repository that cannot be audited ends with 3 and says what to do")
  func impossible() async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox])
    try repository.push(["posts/launch.yaml": post(due: 3600)])
    let shallow = repository.folder.path("shallow")
    try run(["git", "clone", "-q", "--depth", "1", "file://\(repository.upstream.path)", shallow])
    let ending = try await Posthorn.run(["audit", "--repo", shallow])
    #expect(ending.status == 3 && ending.errors.contains("git fetch --unshallow"), "\(ending)")
    let unknown = try await Posthorn.run(["audit", "--repo", repository.url, "--since", "nothing"])
    #expect(unknown.status == 3 && unknown.errors.contains("find the commit nothing"), "\(unknown)")
  }
}
