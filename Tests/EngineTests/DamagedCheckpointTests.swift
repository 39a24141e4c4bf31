import Foundation
import Schedule
import StateDirectory
import Support
import Testing

@Suite("A damaged checkpoint")
struct DamagedCheckpointTests {
  @Test("Row 26: behind a journal that was cut short, the past comes from upstream; what has no record there is only asked about")
  func afterCompaction() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    #expect(try stage.outcomes() == ["published"])
    try await compact(stage)
    try Data("not a checkpoint".utf8).write(to: URL(fileURLWithPath: stage.host.path("state/observed")))
    // Due before the new incarnation, and without a record: another process may have sent it.
    try stage.repository.push(["posts/second.yaml": post(1)])
    try await stage.pass(after: .seconds(5))
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.outcomes("second") == ["in_doubt"])
    try stage.repository.push(["posts/third.yaml": post(20)])
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.map(\.id) == ["launch", "third"])
  }

  /// Leaves the checkpoint and a journal that no longer begins with its first entry, as after a long life.
  private func compact(_ stage: Stage) async throws {
    let state = try Folder(at: stage.host.path("state"))
    let before = try #require(try Checkpoint.read("observed", in: state))
    var limits = Journal.Limits()
    (limits.segment, limits.reserve, limits.floor, limits.ballast) = (100, 4096, 0, 0)
    let journal = try Journal.open(in: state, after: before.covered, limits: limits) { _ in }
    let event = Event.loginSeen(try #require(AccountName("acme")))
    var last = before.covered
    for _ in 1...5 { last = try await journal.append([event.bytes], as: .outcome).lowerBound }
    try Checkpoint(covered: last, content: before.content).replace("observed", in: state)
    try journal.removeSegments(coveredThrough: last)
    await journal.close()
    let oldest = try #require(try Journal.oldestEntry(in: state))
    #expect(oldest > 1)
  }
}
