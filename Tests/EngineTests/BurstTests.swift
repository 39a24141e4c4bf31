import Engine
import Schedule
import Support
import Testing

@Suite("More than policy.burst lets go at once, whatever the way")
struct BurstTests {
  private func stage(_ posts: [String: String] = [:]) async throws -> Stage {
    let stage = try Stage(["posthorn.yaml": "policy: {burst: 2}\n", "posts/launch.yaml": post()].merging(posts) { $1 })
    try await stage.pass()
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    return stage
  }

  private func five(_ more: String...) -> [String: String] {
    Dictionary(uniqueKeysWithValues: (1...5).map { ("posts/p\($0).yaml", post(60) + more.map { $0 + "\n" }.joined()) })
  }

  @Test(
    "Row 63: what came in while the clock was in doubt is held once it is right, be it wrong by hours or days, behind or ahead",
    arguments: [-86_400, -7200, 7200, 86_400])
  func wrongClock(off: Int) async throws {
    let stage = try await stage()
    stage.time.set(by: .seconds(off))
    try stage.repository.push(five())
    try await stage.pass()
    stage.time.set(by: .seconds(-off))
    let report = try await stage.pass(after: .seconds(61))
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    #expect(report.held == 5 && report.heldForPerson == 5)
  }

  @Test("Row 63: what one push lets go that was suspended is held, until a person lets it go")
  func suspended() async throws {
    let stage = try await stage(five("suspend: true"))
    #expect(try await stage.pass(after: .seconds(61)).held == 5)
    try stage.repository.push(five())
    #expect(try await stage.pass().held == 5)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    let commit = try stage.repository.clone.git("rev-parse", "HEAD")
    #expect(try await stage.acknowledge(burst: commit) == 5)
    try await stage.pass()
    #expect(stage.platform.calls.count == 6)
  }
}
