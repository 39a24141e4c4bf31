import Engine
import Foundation
import Platforms
import Schedule
import Support
import Testing

@Suite("When records cannot be written for long")
struct BacklogTests {
  private static let count = 3_000

  @Test("Row 49: a week without upstream and thousands of outcomes: all are kept, in bounded memory and space, and one commit records them")
  func week() async throws {
    let posts = (0..<Self.count).map { ("posts/d\($0 / 500)/p\($0).yaml", post(600)) }
    let settings = "grace: 8d\npolicy: {burst: 100000}\n"
    let account = "platform: stage\nlimits: {concurrent: 256, spacing: 0s}\n"
    let server = try GitDaemon()
    let relay = try Relay(to: server.port)
    defer { relay.stop() }
    let stage = try Stage(
      leaps: true, furthest: .seconds(60), servedBy: server, through: relay.port,
      Dictionary(uniqueKeysWithValues: posts + [("posthorn.yaml", settings), ("accounts/acme.yaml", account)]))
    let upstream = stage.repository.upstream
    try await stage.pass()
    relay.set(.down)
    let before = Memory.resident
    #expect(try await stage.pass(after: .seconds(600)).outcomes == [.published: Self.count])
    let down = try await stage.pass(after: .seconds(6 * 86_400))
    #expect(down.recordFailure != nil && down.fetchFailure != nil && down.outcomes.isEmpty)
    let state = Int(try run(["du", "-sk", stage.host.path]).prefix { $0 != "\t" })
    #expect(try #require(state) < 80 << 10, "\(state ?? 0) KiB")
    #expect(Memory.resident - before < 700 << 20, "\((Memory.resident - before) >> 20) MiB")
    relay.set(.open)
    let report = try await stage.pass(after: .seconds(86_400))
    #expect(report.recordFailure == nil && report.outcomes.isEmpty)
    let history = try upstream.git("ls-tree", "-r", "--name-only", "main", "--", "schedule/history").split(separator: "\n")
    #expect(history.count == Self.count)
    #expect(try upstream.git("rev-list", "--author=Posthorn", "--count", "main") == "1")
    #expect(stage.platform.calls.count == Self.count)
  }
}

/// What this process occupies.
enum Memory {
  static var resident: Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""  // No number is 0, and the test fails.
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
  }
}
