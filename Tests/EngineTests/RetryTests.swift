import Engine
import Platforms
import Schedule
import Testing

@Suite("Trying again")
struct RetryTests {
  @Test("After 5, 15 and 30 minutes, not earlier; the fourth failure is final")
  func delays() async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, "grace: 2h")])
    stage.platform.answer(.failed(.busy), .failed(.busy), .failed(.busy), .failed(.busy))
    try await stage.pass()
    for (wait, count) in [(300, 2), (900, 3), (1800, 4)] {
      // A pass takes along what is due in two seconds.
      try await stage.pass(after: .seconds(wait - 3))
      #expect(stage.platform.calls.count == count - 1)
      try await stage.pass(after: .seconds(3))
      #expect(stage.platform.calls.count == count)
    }
    try await stage.pass(after: .seconds(1800))
    #expect(stage.platform.calls.count == 4)
    #expect(try stage.outcomes() == ["retrying", "retrying", "retrying", "failed"])
    #expect(Set(stage.platform.calls.map(\.key)).count == 1)
    #expect(stage.platform.calls.map(\.attempt) == [1, 2, 3, 4])
  }

  @Test("A longer wait that the platform asks for wins")
  func retryAfter() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    var busy = DeliveryError.busy
    busy.retryAfter = .seconds(600)
    stage.platform.answer(.failed(busy))
    try await stage.pass()
    #expect(try stage.attempts().first?.nextAttemptAt == .noon + .seconds(600))
  }

  @Test("A quota uses up no try")
  func quota() async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, "grace: 2h"), "posthorn.yaml": "retry: {delays: [5m]}\n"])
    let quota = DeliveryError(.quota, code: "http.429", message: "slow down", retryAfter: .seconds(120))
    stage.platform.answer(.failed(quota), .failed(quota), .failed(.busy))
    try await stage.pass()
    try await stage.pass(after: .seconds(120))
    try await stage.pass(after: .seconds(120))
    try await stage.pass(after: .seconds(300))
    #expect(try stage.outcomes() == ["retrying", "retrying", "retrying", "published"])
  }

  @Test("A retry that would come after the grace is missed instead")
  func missed() async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, "grace: 2m")])
    stage.platform.answer(.failed(.busy))
    try await stage.pass()
    try await stage.pass(after: .seconds(300))
    #expect(try stage.outcomes() == ["retrying", "missed"])
    #expect(stage.platform.calls.count == 1)
  }

  @Test("A failure of content or policy is final at once", arguments: [DeliveryError.Class.content, .policy])
  func final(class: DeliveryError.Class) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(DeliveryError(`class`, code: "no", message: "no")))
    let report = try await stage.pass()
    #expect(report.outcomes == [.failed: 1])
    try await stage.pass(after: .seconds(1800))
    #expect(stage.platform.calls.count == 1)
  }
}
