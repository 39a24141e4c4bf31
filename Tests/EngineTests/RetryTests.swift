import Engine
import Platforms
import Schedule
import Support
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

  @Test("What went out is not held, although its post is suspended afterwards")
  func suspendedAfterwards() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": post(1, "suspend: true")])
    #expect(try await stage.pass(after: .seconds(60)).held == 0)
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.status()?.state == .published)
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

  @Test(
    "Row 13: a quota waits as asked, a day at most, and a minute where nothing was said",
    arguments: [(7200, 7200), (172_800, 86_400), (nil, 60)])
  func quotaWait(asked: Int?, waits: Int) async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, "grace: 3d")])
    stage.platform.answer(.failed(DeliveryError(.quota, code: "http.429", message: "slow down", retryAfter: asked.map { .seconds($0) })))
    try await stage.pass()
    #expect(try stage.attempts().first?.nextAttemptAt == .noon + .seconds(waits))
    try await stage.pass(after: .seconds(waits))
    #expect(try stage.outcomes() == ["retrying", "published"])
  }

  @Test("A quota of which the platform says that it is over at once waits a minute: it has said nothing")
  func noQuota() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(DeliveryError(.quota, code: "http.429", message: "slow down", retryAfter: .zero)))
    try await stage.pass()
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.attempts().first?.nextAttemptAt == .noon + .seconds(60))
  }

  @Test("An edit between two attempts goes out, under the same key: the attempt before was definitely refused")
  func edited() async throws {
    let stage = try Stage(["posts/launch.yaml": post(caption: "Doors opne.")])
    stage.platform.answer(.failed(.busy))
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": post(caption: "Doors open.")])
    try await stage.pass(after: .seconds(300))
    #expect(stage.platform.calls.map(\.caption) == ["Doors opne.", "Doors open."])
    #expect(Set(stage.platform.calls.map(\.key)).count == 1)
    #expect(Set(try stage.attempts().map(\.contentSHA256)).count == 2)
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
