import Failpoints
import Foundation
import Schedule
import Support
import Testing

@Suite("--claims push on a host whose clock is wrong, with no server to ask")
struct WrongClockTests {
  /// One pass by a clock that is off.
  private func pass(_ host: Host, ahead seconds: Int) async throws -> Posthorn.Ending {
    try await Posthorn.run(
      ["reconcile"] + host.options, environment: ["HOME": host.home.path].merging(try Faults.clock(ahead: seconds)) { $1 })
  }

  @Test(
    "By a clock that is behind a living claim lasts too long: it stays as it is, and no other runner takes it over for that",
    arguments: [600, 3000])
  func behind(seconds: Int) async throws {
    let runners = try Runners(Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -seconds - 100)]))
    let dead = try await runners.fresh(nil)
    try await dead.kill(at: .claimWon)
    let claims = try runners.claims()
    let (slow, right) = (try await runners.fresh(nil), try await runners.fresh(nil))
    for _ in 1...2 {
      _ = try await pass(slow, ahead: -seconds)
      try await right.reconcile()
    }
    #expect(try runners.claims() == claims && dead.attempts("launch") == [])
    #expect(slow.outbox().isEmpty && right.outbox().isEmpty)
  }

  @Test("By a clock that is behind nothing is late or early but by that: it goes out once, by its own clock or by a right one")
  func behindAlone() async throws {
    let runners = try Runners(Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -30)]))
    let (slow, right) = (try await runners.fresh(nil), try await runners.fresh(nil))
    #expect(try await pass(slow, ahead: -600).status == 0 && slow.outbox().isEmpty)
    try await right.reconcile()
    _ = try await pass(slow, ahead: -600)
    #expect(slow.outbox().isEmpty && right.outbox().count == 1)
    #expect(try slow.attempts("launch") == ["1 published"])
  }

  @Test(
    "By a clock that is ahead nothing goes out before its own time, and a living claim that has run out by it is sent by nobody else: a doubt, aloud"
  )
  func ahead() async throws {
    let runners = try Runners(Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posts/later.yaml": post(due: 900)]))
    let dead = try await runners.fresh(nil)
    try await dead.kill(at: .claimWon)
    let (fast, right) = (try await runners.fresh(nil), try await runners.fresh(nil))
    let ending = try await pass(fast, ahead: 600)
    #expect(ending.status == 1 && ending.output.contains("1 in_doubt"), "\(ending)")
    #expect(fast.outbox().isEmpty)
    try await right.reconcile()
    #expect(right.outbox().isEmpty)
    #expect(try right.attempts("launch") == ["1 in_doubt"] && right.attempts("later") == [])
    #expect(try await right.posthorn("doctor").output.contains("posthorn resolve launch acme"))
  }
}
