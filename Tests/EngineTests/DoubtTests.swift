import Engine
import Platforms
import Schedule
import Support
import Testing

@Suite("After the commit point")
struct DoubtTests {
  @Test("No answer: the platform is asked, and what it knows is the outcome", arguments: [true, false])
  func settled(wentOut: Bool) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.unknown(.lost), settle: [wentOut ? .published(Remote(id: "7")) : .failed(.busy)])
    try await stage.pass()
    #expect(try stage.outcomes() == [wentOut ? "published" : "retrying"])
    #expect(stage.platform.calls.count == 1 && stage.platform.asked == 1)
  }

  @Test("No answer, and nobody who knows: in doubt, and never sent again, whatever is pushed")
  func doubt() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.unknown(.lost))
    #expect(try await stage.pass().outcomes == [.inDoubt: 1])
    try stage.repository.push(["posts/launch.yaml": post(60, caption: "Again.")])
    try await stage.pass(after: .seconds(60))
    try stage.repository.push(["posts/launch.yaml": nil])
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == ["in_doubt"])
  }

  @Test(
    "Row 16: \"duplicate content\" after a doubt is looked up: published where it is found, in doubt where it is not",
    arguments: [true, false])
  func duplicate(isFound: Bool) async throws {
    let duplicate = DeliveryError(.unknown, code: "duplicate", message: "it has this content already")
    let stage = try Stage(["posts/launch.yaml": post()])
    // The first look came before the post could be seen.
    stage.platform.answer(
      .unknown(.lost), .unknown(duplicate),
      settle: [.failed(.busy), isFound ? .published(Remote(id: "7")) : .unknown(duplicate)])
    try await stage.pass()
    #expect(try await stage.pass(after: .seconds(300)).outcomes == [isFound ? .published : .inDoubt: 1])
    try await stage.pass(after: .seconds(3000))
    #expect(try stage.outcomes() == ["retrying", isFound ? "published" : "in_doubt"])
    #expect(stage.platform.calls.count == 2 && stage.platform.asked == 2)
  }

  @Test("Accepted and still being worked on: asked about until it is out")
  func submitted() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    let remote = Remote(id: "7")
    stage.platform.answer(.submitted(remote), confirm: [.submitted(remote), .submitted(remote), .published(Remote(id: "8"))])
    try await stage.pass()
    #expect(try stage.attempts().first?.remote?.id == "8")
    #expect(stage.platform.calls.count == 1 && stage.platform.asked == 3)
    #expect(stage.time.now == .noon + .seconds(1 + 2 + 4))
  }

  @Test("What the platform works on keeps no other post of its account waiting, where that takes one at a time")
  func another() async throws {
    // The clock stands still, so whoever asks about the first one waits for as long as the daemon lives.
    let stage = try Stage([
      "accounts/acme.yaml": "platform: stage\nlimits: {concurrent: 1, spacing: 0s}\n", "posts/first.yaml": post(),
      "posts/second.yaml": post(),
    ])
    stage.platform.answer(.submitted(Remote(id: "7")))
    let engine = try stage.engine()
    let life = Task { try await engine.run(wakes: AsyncStream { _ in }) }
    try await eventually("the second call") { stage.platform.calls.count == 2 }
    #expect(stage.platform.mostAtOnce == 1 && stage.platform.asked == 0)
    await engine.requestStop()
    _ = try await life.value
    #expect(Set(try stage.repository.files(under: "history/").keys.map { $0.split(separator: "/")[4] }).count == 1)
  }

  @Test("A pass waits a minute for it, says submitted in the status, and the next pass asks on")
  func submittedLong() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    stage.platform.answer(.submitted(Remote(id: "7")))
    try await stage.pass()
    #expect(try stage.status()?.deliveries.map(\.state) == [.submitted])
    #expect(try stage.outcomes() == [])
    stage.platform.answer(confirm: [.failed(DeliveryError(.policy, code: "moderation", message: "refused"))])
    try await stage.pass()
    #expect(try stage.outcomes() == ["failed"])
    #expect(stage.platform.calls.count == 1)
  }
}
