import Foundation
import Schedule
import Support
import Testing

@Suite("Many posts due in the same second")
struct ManyAtOnceTests {
  @Test("Five hundred reach a webhook once each, not before their second, and the history upstream says so")
  func fiveHundred() async throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in"))])
    try await host.login("hook")
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    let text = post(due: 8, to: "hook")
    try host.repository.push(Dictionary(uniqueKeysWithValues: (1...500).map { ("posts/batch/p\($0).yaml", text) }))
    daemon.wake()
    try await daemon.until("500 records") { try host.repository.names(under: "history/").count == 500 }
    #expect(try await daemon.stop() == 0)

    let arrivals = receiver.arrivals
    #expect(arrivals.count == 500)
    #expect(Set(arrivals.map { $0.headers["webhook-id"] }).count == 500)
    #expect(Set(arrivals.map(\.connection)).count == 500)
    let history = try host.history().values
    #expect(Set(history.map(\.post.text)) == Set((1...500).map { "p\($0)" }))
    #expect(history.allSatisfy { $0.outcome == .published && $0.attempt == 1 && $0.finishedAt >= $0.scheduledAt })
    #expect(Set(history.map(\.key)) == Set(arrivals.compactMap { $0.headers["webhook-id"] }))
    #expect(Set(history.map(\.scheduledAt)).count == 1)
    // The receiver's own watch, not the daemon's word; two clocks are not read in the same instant.
    let (wall, ticks) = (Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), ContinuousClock.now)
    let due = try #require(history.first).scheduledAt
    #expect(arrivals.allSatisfy { wall - (ticks - $0.time) >= due - .milliseconds(5) })
    #expect(try host.repository.names(under: "status/posts/batch/").count == 500)
    #expect(try host.strayPaths() == [])
    #expect(try host.repository.upstream.fsck() == "")
  }
}
