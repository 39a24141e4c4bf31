import Engine
import Platforms
import Schedule
import Support
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

  @Test("A pass that is asked to stop waits for calls in flight, and for nobody's pace")
  func stopped() async throws {
    let account = "platform: stage\nlimits: {spacing: 10s, concurrent: 1}\n"
    let stage = try Stage(posts(3, at: -1000).merging(["accounts/acme.yaml": account]) { $1 })
    let engine = try stage.engine()
    let pass = Task { try await engine.reconcile() }
    try await eventually("the first of them") { stage.platform.calls.count == 1 }
    await engine.requestStop()
    #expect(try await pass.value.outcomes == [.published: 1])
    #expect(try stage.outcomes("p1") == ["published"] && stage.outcomes("p2") == [])
  }

  @Test("concurrent: 1 lets one out at a time; without it they leave together", arguments: [1, 0])
  func concurrency(limit: Int) async throws {
    let account = "platform: stage\n" + (limit > 0 ? "limits: {concurrent: \(limit)}\n" : "")
    // A call takes no time here: of many some meet.
    let count = limit > 0 ? 6 : 50
    let stage = try Stage(
      posts(count, at: -count - 5).merging(["accounts/acme.yaml": account]) { $1 })
    #expect(try await stage.pass().outcomes == [.published: count])
    #expect(limit > 0 ? stage.platform.mostAtOnce == 1 : stage.platform.mostAtOnce > 1)
  }

  @Test("However many are due at one instant, no more calls run at once than may, and all go out", arguments: [1, 3])
  func places(limit: Int) async throws {
    let stage = try Stage(posts(24, at: -30))
    #expect(try await stage.engine(inFlight: limit).reconcile().outcomes == [.published: 24])
    #expect(stage.platform.mostAtOnce <= limit)
    #expect(stage.platform.calls.count == 24)
  }

  @Test("per_day is counted over passes, and what is over it stays for later")
  func perDay() async throws {
    let account = "platform: stage\nlimits: {per_day: 2}\n"
    let stage = try Stage(posts(3, at: -10).merging(["accounts/acme.yaml": account, "posthorn.yaml": "grace: 2d\n"]) { $1 })
    #expect(try await stage.pass().outcomes == [.published: 2])
    #expect(try await stage.pass(after: .seconds(3600)).outcomes == [:])
    #expect(try await stage.pass(after: .seconds(82_800)).outcomes == [.published: 1])
  }

  @Test("Row 67: down for three hours with 500 due, then back: what is within its grace goes out oldest first, spaced, the rest is missed")
  func outage() async throws {
    let files = Dictionary(
      uniqueKeysWithValues: (0..<500).map { ("posts/p\($0).yaml", post($0 * 21, "grace: 2h")) }
        + [("accounts/acme.yaml", "platform: stage\nlimits: {spacing: 10s, concurrent: 1}\n")])
    let stage = try Stage(leaps: true, furthest: .seconds(11), files)
    let back = Instant.noon + .seconds(3 * 3600)
    stage.platform.goDown(until: back)
    stage.time.advance(to: .noon + .seconds(3600))
    try await stage.pass()
    #expect(stage.platform.calls.count > 170)
    stage.time.advance(to: back)
    try await stage.pass()
    let late = stage.platform.calls.filter { $0.time >= back }
    let numbers = late.compactMap { Int($0.id.dropFirst()) }
    // What the pass before had begun when its hour without upstream was over goes on first.
    let begun = numbers.prefix { $0 > 180 }
    // Those that were due up to two hours before it came back, oldest first, each once.
    let others = numbers.dropFirst(begun.count)
    #expect(begun.count <= 1 && (165...180).contains(others.first ?? 0))
    #expect(Array(others) == ((others.first ?? 0)..<500).filter { !begun.contains($0) })
    let (first, last) = (try #require(late.first).time, try #require(late.last).time)
    #expect(last - first >= .seconds(10) * (late.count - 2))
    #expect(try stage.outcomes("p100").last == "missed")
    #expect(try stage.outcomes("p499").last == "published")
  }

  @Test(
    "Row 63: 5,000 posts for now in one push are held, all of them; let go late, they leave one after the other while their grace lasts")
  func thousands() async throws {
    let count = 5000
    let files = Dictionary(uniqueKeysWithValues: (1...count).map { ("posts/p\($0).yaml", post(0, "grace: 5m")) })
    let stage = try Stage(
      leaps: true, files.merging(["accounts/acme.yaml": "platform: stage\nlimits: {spacing: 10s, concurrent: 1}\n"]) { $1 })
    #expect(try await stage.pass().held == count)
    #expect(stage.platform.calls.isEmpty)
    let reason = try #require(try stage.status("p1")?.deliveries.first?.reason)
    let commit = try #require(reason.split(separator: " ").last.map(String.init))
    #expect(reason.contains("posthorn resume --burst"))
    stage.time.advance(to: .noon + .seconds(120))
    #expect(try await stage.acknowledge(burst: commit) == count)
    let outcomes = try await stage.pass().outcomes
    // Three minutes of grace are left, and ten seconds are between two.
    let calls = stage.platform.calls
    #expect((2...20).contains(calls.count) && outcomes == [.published: calls.count, .missed: count - calls.count])
    #expect(Set(calls.map(\.id)).count == calls.count)
  }

  @Test("More than policy.burst through one fetch is held, all of it")
  func burst() async throws {
    let stage = try Stage(posts(3, at: -10).merging(["posthorn.yaml": "policy: {burst: 2}\n"]) { $1 })
    let report = try await stage.pass()
    #expect(report.held == 3 && stage.platform.calls.isEmpty)
    #expect(try stage.status("p1")?.deliveries.map(\.state) == [.held])
  }

  @Test("A push that raises policy.burst is still held to what it was before: the next one may have more")
  func raised() async throws {
    let stage = try Stage(["posthorn.yaml": "policy: {burst: 2}\n"])
    try await stage.pass()
    try stage.repository.push(posts(3, at: -10).merging(["posthorn.yaml": "policy: {burst: 100}\n"]) { $1 })
    #expect(try await stage.pass().held == 3 && stage.platform.calls.isEmpty)
    try stage.repository.push(["posts/x.yaml": post(), "posts/y.yaml": post(), "posts/z.yaml": post()])
    #expect(try await stage.pass().held == 3 && stage.platform.calls.count == 3)
  }
}
