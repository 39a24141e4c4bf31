import Foundation
import Git
import Platforms
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

/// How a branch came to lack what was adopted from it.
private enum Rewriting: String, CaseIterable, CustomTestStringConvertible {
  case back = "moved back to an older commit"
  case unrelated = "replaced by an unrelated history"
  case again = "deleted and made again"

  var testDescription: String { rawValue }
}

@Suite("A person's word about a branch that was rewritten")
struct RewrittenTests {
  /// A schedule that was adopted; `keepme` is in its last commit alone.
  private func adopted(servedBy server: GitDaemon? = nil, _ more: [String: String] = [:]) async throws -> Stage {
    let stage = try Stage(servedBy: server, ["posts/first.yaml": post(7200)].merging(more) { $1 })
    try stage.repository.push(["posts/keepme.yaml": post(60)])
    try await stage.pass()
    return stage
  }

  /// - Returns: the commit that the branch is at now.
  @discardableResult
  private func rewrite(_ stage: Stage, _ way: Rewriting = .unrelated, _ files: [String: String] = ["posts/new.yaml": post(caption: "New.")])
    throws -> String
  {
    let (clone, upstream) = (stage.repository.clone, stage.repository.upstream)
    switch way {
    case .back: try clone.git("reset", "-q", "--hard", "HEAD~1")
    case .unrelated, .again:
      try clone.git("checkout", "-q", "--orphan", "other\(Int.random(in: 0...(.max)))")
      try clone.git("rm", "-q", "-r", "--cached", "schedule/posts")
      try clone.git("clean", "-q", "-f", "-d")
    }
    try clone.commit(Dictionary(uniqueKeysWithValues: files.map { ("schedule/\($0)", $1) }), message: "another history")
    if way == .again { try upstream.git("update-ref", "-d", "refs/heads/main") }
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    return try clone.git("rev-parse", "HEAD")
  }

  private func say(_ commit: String, to stage: Stage) async throws -> Engine.RewrittenWord {
    let engine = try stage.engine()
    try await engine.open()
    let answer = try await engine.acceptRewritten(commit, by: "ada@mars")
    try await engine.close()
    return answer
  }

  private func note(_ stage: Stage) throws -> RewrittenBranch? { try RewrittenBranch(of: try Folder(at: stage.host.path("state"))) }

  @Test(
    "A person names the commit that a rewritten branch goes on from: what it lacks is cancelled, and a later rewrite is refused again",
    arguments: Rewriting.allCases)
  fileprivate func accepted(way: Rewriting) async throws {
    let stage = try await adopted()
    let old = try stage.repository.upstream.git("rev-parse", "main")
    if way == .again {
      try stage.repository.upstream.git("update-ref", "-d", "refs/heads/main")
      try await stage.pass()
      #expect(try note(stage) == nil)
    }
    let tip = try rewrite(stage, way)
    let refusal = try await stage.pass()
    #expect(refusal.fetchFailure.map { "\($0)" }?.contains("posthorn resume --rewritten \(tip.prefix(12))") == true, "\(refusal)")
    #expect(try note(stage) == RewrittenBranch(branch: "main", adopted: old, tip: tip))
    #expect(try await say(String(tip.prefix(7)), to: stage) == .goesOn(from: tip))
    #expect(try await stage.pass().fetchFailure == nil)
    #expect(try note(stage) == nil)
    #expect(stage.platform.calls.map(\.id) == ["new"])
    #expect(try stage.outcomes("keepme") == ["cancelled"])
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.map(\.id) == ["new"])
    #expect(try await say(tip, to: stage) == .notNeeded)
    try rewrite(stage)
    #expect(try await stage.pass().fetchFailure != nil)
  }

  @Test("A word about a rewritten branch is for the commit that it is at: the old one, one below it or a later one changes nothing")
  func another() async throws {
    let stage = try await adopted()
    let old = try stage.repository.upstream.git("rev-parse", "main")
    let below = try rewrite(stage)
    try stage.repository.clone.commit(["schedule/posts/second.yaml": post(caption: "Second.")], message: "on top")
    try stage.repository.clone.git("push", "-q", "origin", "HEAD:main")
    let tip = try stage.repository.upstream.git("rev-parse", "main")
    try await stage.pass()
    for commit in [old, below, String(repeating: "0", count: 40)] {
      #expect(try await say(commit, to: stage) == .isElsewhere(tip: tip))
    }
    #expect(try await stage.pass().fetchFailure != nil)
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("What is recorded while the branch is not followed lies on top of it: the commit that was named goes on all the same")
  func recordedMeanwhile() async throws {
    let stage = try await adopted()
    let tip = try rewrite(stage)
    try await stage.pass()
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.map(\.id) == ["keepme"])
    #expect(try stage.repository.upstream.git("rev-parse", "main") != tip)
    #expect(try await say(tip, to: stage) == .goesOn(from: tip))
    let report = try await stage.pass(after: .seconds(60))
    #expect(report.fetchFailure == nil, "\(report)")
    #expect(stage.platform.calls.map(\.id) == ["keepme", "new"])
  }

  @Test("A branch that moves between the word and the fetch goes on if it contains the commit that was named, and not otherwise")
  func movedMeanwhile() async throws {
    let stage = try await adopted()
    let tip = try rewrite(stage)
    #expect(try await say(tip, to: stage) == .goesOn(from: tip))
    let other = try rewrite(stage, .unrelated, ["posts/other.yaml": post(caption: "Other.")])
    #expect(try await stage.pass().fetchFailure != nil)
    #expect(stage.platform.calls.isEmpty)
    #expect(try await say(other, to: stage) == .goesOn(from: other))
    try stage.repository.push(["posts/second.yaml": post(caption: "Second.")])
    #expect(try await stage.pass().fetchFailure == nil)
    #expect(Set(stage.platform.calls.map(\.id)) == ["other", "second"])
  }

  @Test("A history that says the same under other commits takes the old one's place once, and it is the anchor from then on")
  func sameContent() async throws {
    let stage = try await adopted()
    try stage.repository.clone.git("commit", "-q", "--amend", "-m", "better words")
    try stage.repository.clone.git("push", "-q", "--force", "origin", "HEAD:main")
    let tip = try stage.repository.upstream.git("rev-parse", "main")
    #expect(try await say(tip, to: stage) == .goesOn(from: tip))
    try await stage.pass()
    let engine = try stage.engine()
    #expect(await engine.observed.anchors.adopted?.commit == tip)
    #expect(await engine.observed.anchors.rewritten == nil)
  }

  @Test("A history that goes on passes what a push has to: nothing goes out twice, under another name either, or all at once")
  func checks() async throws {
    let stage = try await adopted(["posts/launch.yaml": post(), "posts/old.yaml": post(caption: "Old words.")])
    #expect(Set(stage.platform.calls.map(\.id)) == ["launch", "old"])
    let tip = try rewrite(
      stage, .unrelated,
      [
        "posts/launch.yaml": post(), "posts/renamed.yaml": post(caption: "Old words."), "posts/a.yaml": post(caption: "A."),
        "posts/b.yaml": post(caption: "B."), "posthorn.yaml": "policy: {burst: 1}\n",
      ])
    _ = try await say(tip, to: stage)
    try await stage.pass()
    #expect(stage.platform.calls.count == 2)
    let reason = try #require(try stage.status("a")?.deliveries.first?.reason)
    #expect(reason.contains("posthorn resume --burst"), "\(reason)")
    _ = try await stage.acknowledge(burst: String(try #require(reason.split(separator: " ").last)))
    try await stage.pass(after: .seconds(60))
    try await stage.pass(after: .seconds(60))
    #expect(Set(stage.platform.calls.map(\.id)) == ["launch", "old", "a", "b"] && stage.platform.calls.count == 4)
    #expect(try stage.status("renamed")?.deliveries.first?.reason?.hasPrefix("renamed") == true)
  }

  @Test("A mirror that lost the old history with its schedule goes on from the commit that was named, too")
  func mirror() async throws {
    let server = try GitDaemon()
    let stage = try await adopted(servedBy: server)
    let tip = try rewrite(stage)
    for file in ["desired", "desired.base", "mirror.git"] { try FileManager.default.removeItem(atPath: stage.host.path("state/\(file)")) }
    #expect(try await stage.pass().fetchFailure != nil)
    #expect(try await say(tip, to: stage) == .goesOn(from: tip))
    #expect(try await stage.pass().fetchFailure == nil)
    #expect(stage.platform.calls.map(\.id) == ["new"])
  }

  @Test("A branch of records that is rewritten stops nothing and repeats nothing")
  func records() async throws {
    let stage = try await adopted(["posthorn.yaml": "record: {branch: log}\n", "posts/launch.yaml": post()])
    let clone = stage.repository.clone
    try clone.git("checkout", "-q", "--orphan", "empty")
    try clone.git("rm", "-q", "-r", "-f", ".")
    try clone.commit(["note.txt": "empty\n"], message: "empty")
    try clone.git("push", "-q", "--force", "origin", "HEAD:log")
    let report = try await stage.pass(after: .seconds(60))
    #expect(report.fetchFailure == nil && report.recordFailure == nil, "\(report)")
    #expect(stage.platform.calls.map(\.id) == ["launch", "keepme"])
    #expect(try stage.repository.names(under: "history/", on: "log").count == 1)
  }
}
