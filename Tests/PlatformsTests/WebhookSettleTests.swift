import HTTP
import Platforms
import Schedule
import Support
import Testing

@Suite("A webhook whose receiver drops repeats")
struct WebhookSettleTests {
  @Test("Row 15: is sent again only after the first call has certainly ended")
  func waits() async throws {
    let stage = try await Stage(.dedupingWebhook)
    _ = try await stage.prepare()
    #expect(await settle(stage).isPublished)
    #expect(stage.host.clock.now == .noon + .seconds(35))
    await stage.end()
  }

  @Test(
    "Is sent again with the same bytes and id, at most three times, and stays in doubt without an acceptance",
    arguments: [
      Receiver.Answer.hangUp, .reply(429), .reply(503), .reply(500), .reply(401), .reply(409),
    ])
  func repeats(answer: Receiver.Answer) async throws {
    let stage = try await Stage(.dedupingWebhook)
    let receiver = try Receiver { _ in answer }
    let publication = try sample("webhook", url: receiver.url(), dedupes: true)
    try stage.host.login(receiver.url())
    let prepared = try await stage.prepare(publication)
    let result = await stage.platform.settle(publication, steps: stage.remembered.steps, committedAt: .noon)
    #expect(result.isUnknown)
    #expect(receiver.arrivals.map(\.body) == [prepared.body, prepared.body, prepared.body])
    #expect(Set(receiver.arrivals.map { $0.headers["webhook-id"] }) == [publication.key])
    receiver.stop()
    await stage.end()
  }

  @Test(
    "Row 82: nothing is sent under a key that somebody forged, and a doubt about it stays one",
    arguments: ["a.b", "", "msg_1\r\nx: y", "é"])
  func forgedKey(key: String) async throws {
    let stage = try await Stage(.dedupingWebhook)
    var publication = stage.publication
    publication.key = key
    let steps = stage.platform.foresee(publication)
    #expect(await stage.platform.settle(publication, steps: steps, committedAt: .noon).isUnknown)
    let result = await stage.platform.commit(publication, Prepared(body: []))
    if case .failed = result {} else { Issue.record("\(result)") }
    #expect(stage.receiver.connections == 0)
    await stage.end()
  }

  @Test("Row 14: is not sent again when half the time for which an id protects has passed")
  func tooLate() async throws {
    let stage = try await Stage(.dedupingWebhook)
    _ = try await stage.prepare()
    stage.host.clock.advance(to: .noon + .seconds(43_200))
    #expect(await settle(stage).isUnknown)
    #expect(stage.receiver.connections == 0)
    await stage.end()
  }

  @Test("Is not sent again with other bytes than the first time")
  func changed() async throws {
    let stage = try await Stage(.dedupingWebhook)
    _ = try await stage.prepare()
    var publication = stage.publication
    publication.caption = "Something else."
    let result = await stage.platform.settle(publication, steps: stage.remembered.steps, committedAt: .noon)
    #expect(result.isUnknown)
    #expect(stage.receiver.connections == 0)
    await stage.end()
  }

  private func settle(_ stage: Stage) async -> CommitResult {
    await stage.platform.settle(stage.publication, steps: stage.remembered.steps, committedAt: .noon)
  }
}
