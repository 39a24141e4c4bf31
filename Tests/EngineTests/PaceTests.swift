import Engine
import Platforms
import Schedule
import Testing

@Suite("How fast deliveries leave")
struct PaceTests {
  private func posts(_ count: Int, at seconds: Int) -> [String: String] {
    Dictionary(uniqueKeysWithValues: (1...count).map { ("posts/p\($0).yaml", post(seconds + $0)) })
  }

  @Test("Late ones go out oldest first, the account's spacing apart")
  func spacing() async throws {
    // One at a time, because the clock of this test leaps while the one before is still on its way.
    let account = "platform: stage\nlimits: {spacing: 10s, concurrent: 1}\n"
    let stage = try Stage(leaps: true, posts(4, at: -1000).merging(["accounts/acme.yaml": account]) { $1 })
    try await stage.pass()
    #expect(stage.platform.calls.map(\.id) == ["p1", "p2", "p3", "p4"])
    #expect(stage.time.now >= .noon + .seconds(30))
  }

  @Test("concurrent: 1 lets one out at a time; without it they leave together", arguments: [1, 0])
  func concurrency(limit: Int) async throws {
    let account = "platform: stage\n" + (limit > 0 ? "limits: {concurrent: \(limit)}\n" : "")
    let stage = try Stage(posts(6, at: -10).merging(["accounts/acme.yaml": account]) { $1 })
    #expect(try await stage.pass().outcomes == [.published: 6])
    #expect(limit > 0 ? stage.platform.mostAtOnce == 1 : stage.platform.mostAtOnce > 1)
  }

  @Test("per_day is counted over passes, and what is over it stays for later")
  func perDay() async throws {
    let account = "platform: stage\nlimits: {per_day: 2}\n"
    let stage = try Stage(posts(3, at: -10).merging(["accounts/acme.yaml": account, "posthorn.yaml": "grace: 2d\n"]) { $1 })
    #expect(try await stage.pass().outcomes == [.published: 2])
    #expect(try await stage.pass(after: .seconds(3600)).outcomes == [:])
    #expect(try await stage.pass(after: .seconds(82_800)).outcomes == [.published: 1])
  }

  @Test("More than policy.burst through one fetch is held, all of it")
  func burst() async throws {
    let stage = try Stage(posts(3, at: -10).merging(["posthorn.yaml": "policy: {burst: 2}\n"]) { $1 })
    let report = try await stage.pass()
    #expect(report.held == 3 && stage.platform.calls.isEmpty)
    #expect(try stage.status("p1")?.deliveries.map(\.state) == [.held])
  }
}
