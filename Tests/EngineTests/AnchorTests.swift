import Foundation
import Git
import Schedule
import Support
import Testing

@testable import Engine

@Suite("A branch that is rewritten while nobody looks")
struct AnchorTests {
  /// A schedule that was adopted, and a history without it that lacks `keepme` and has `fromrewrite`.
  private func rewrittenStage(servedBy server: GitDaemon? = nil) async throws -> Stage {
    let stage = try Stage(servedBy: server, ["posts/keepme.yaml": post(60)])
    try await stage.pass()
    try rewrite(stage)
    return stage
  }

  private func rewrite(_ stage: Stage, as name: String = "other") throws {
    let clone = stage.repository.clone
    try clone.git("checkout", "-q", "--orphan", name)
    try clone.git("rm", "-q", "-r", "--cached", "schedule/posts")
    try clone.git("clean", "-q", "-f", "-d")
    try clone.commit(["schedule/posts/fromrewrite.yaml": post()], message: "another history")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
  }

  /// It is refused, and what was scheduled before goes out on time.
  private func expectRefused(_ stage: Stage, zones: Zones = Stage.zones) async throws {
    let refusal = try await stage.pass(zones: zones)
    #expect(refusal.fetchFailure.map { "\($0)" }?.contains("was rewritten") == true, "\(refusal)")
    #expect(stage.platform.calls.isEmpty)
    try await stage.pass(after: .seconds(60), zones: zones)
    #expect(stage.platform.calls.map(\.id) == ["keepme"])
  }

  @Test("Row 77: Newer zone data at a restart makes no rewritten branch acceptable, and the last good schedule goes out")
  func zones() async throws {
    let stage = try await rewrittenStage()
    try await expectRefused(stage, zones: Stage.zones(version: "2026g", ["UTC": "UTC"]))
  }

  @Test("Row 77: A damaged schedule on disk makes no rewritten branch acceptable", arguments: ["desired", "desired.base"])
  func damaged(file: String) async throws {
    let stage = try await rewrittenStage()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: stage.host.path("state/\(file)")))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: stage.host.path("state/\(file)")))
    try await expectRefused(stage)
  }

  @Test("Row 77: A schedule on disk that somebody removed makes no rewritten branch acceptable, nor does a checkpoint after it")
  func removed() async throws {
    let stage = try await rewrittenStage()
    for file in ["desired", "desired.base"] { try FileManager.default.removeItem(atPath: stage.host.path("state/\(file)")) }
    let engine = try stage.engine()
    try await engine.open()
    try await engine.checkpoint()
    try await engine.close()
    try await expectRefused(stage)
  }

  @Test(
    "Row 77: A mirror that is lost with the schedule on disk makes no rewritten branch acceptable; it says that the old history is gone")
  func mirror() async throws {
    let server = try GitDaemon()
    let stage = try await rewrittenStage(servedBy: server)
    for file in ["desired", "desired.base", "mirror.git"] { try FileManager.default.removeItem(atPath: stage.host.path("state/\(file)")) }
    let refusal = try await stage.pass(zones: Stage.zones(version: "2026g", ["UTC": "UTC"]))
    #expect(refusal.fetchFailure.map { "\($0)" }?.contains("is not here any more") == true, "\(refusal)")
    #expect(stage.platform.calls.isEmpty)
  }
}
