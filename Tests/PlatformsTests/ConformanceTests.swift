import HTTP
import Platforms
import Schedule
import Support
import Testing

/// What the engine relies on, whichever platform it talks to. A new platform adds a ``Destination``.
@Suite("Every platform")
struct ConformanceTests {
  static let destinations: [Destination] = [.outbox, .webhook, .dedupingWebhook]

  @Test("Publishes once, however often it is prepared", arguments: destinations)
  func once(destination: Destination) async throws {
    let stage = try await Stage(destination)
    var prepared = try await stage.prepare()
    for _ in 1...3 {
      let again = try await stage.prepare()
      #expect(again.body == prepared.body)
      prepared = again
    }
    #expect(stage.published == 0)
    #expect(await stage.platform.commit(stage.publication, prepared).isPublished)
    #expect(stage.published == 1)
    await stage.end()
  }

  @Test("Sends nothing once the time for its call is over", arguments: destinations)
  func late(destination: Destination) async throws {
    let stage = try await Stage(destination)
    let prepared = try await stage.prepare()
    #expect(await stage.platform.commit(stage.publication, prepared, within: .never) == nil)
    #expect(stage.published == 0)
    await stage.end()
  }

  @Test("Settles a lost answer without a second publication", arguments: destinations)
  func settles(destination: Destination) async throws {
    let stage = try await Stage(destination, losing: 1)
    let prepared = try await stage.prepare()
    let committedAt = stage.host.clock.now
    let lost = await stage.platform.commit(stage.publication, prepared)
    #expect(lost.isUnknown || destination == .outbox)
    let settled = await stage.platform.settle(stage.publication, steps: stage.remembered.steps, committedAt: committedAt)
    #expect(settled.isPublished == destination.canSettle)
    #expect(settled.isUnknown != destination.canSettle)
    #expect(stage.published == 1)
    await stage.end()
  }

  @Test("Settles a commit that a crash cut off before the call, where it has a name or a key", arguments: destinations)
  func crashed(destination: Destination) async throws {
    let stage = try await Stage(destination)
    _ = try await stage.prepare()
    let settled = await stage.platform.settle(
      stage.publication, steps: stage.remembered.steps, committedAt: stage.host.clock.now)
    #expect(settled.isPublished == destination.canSettle)
    #expect(stage.published == (destination.canSettle ? 1 : 0))
    await stage.end()
  }

  @Test("Settles by no repeat once it is not to go out any more", arguments: destinations)
  func settlesLate(destination: Destination) async throws {
    let stage = try await Stage(destination)
    _ = try await stage.prepare()
    let settled = await stage.platform.settle(
      stage.publication, steps: stage.remembered.steps, committedAt: stage.host.clock.now, within: .never)
    #expect(stage.published == 0)
    #expect(destination == .outbox ? settled == nil : settled?.isUnknown == true, "an outbox knows what is in it")
    await stage.end()
  }

  @Test("Foresees what its preparation has remembered, so that a claim can say it before anything is done", arguments: destinations)
  func foresees(destination: Destination) async throws {
    let stage = try await Stage(destination)
    let foreseen = stage.platform.foresee(stage.publication)
    _ = try await stage.prepare()
    #expect(foreseen == stage.remembered.steps)
    #expect(foreseen.isEmpty == (destination != .dedupingWebhook))
    await stage.end()
  }

  @Test("Sends the same bytes at the second attempt of one arming", arguments: destinations)
  func sameBytes(destination: Destination) async throws {
    let stage = try await Stage(destination)
    let first = try await stage.prepare()
    var second = stage.publication
    second.attempt = 2
    stage.host.clock.advance(to: .noon + .seconds(300))
    #expect(try await stage.prepare(second).body == first.body)
    await stage.end()
  }

  @Test("Has a schema under its own name, in the list of the shipped ones")
  func schemas() throws {
    #expect(Shipped.schemas.map(\.name) == ["outbox", "webhook", "tiktok"])
    let host = try Host()
    for schema in Shipped.schemas { #expect(host.platform(schema.name).map { type(of: $0).schema } == schema) }
  }
}

/// A platform as its account sets it up.
enum Destination: CaseIterable, Sendable {
  case outbox, webhook, dedupingWebhook

  var canSettle: Bool { self != .webhook }
  var name: String { self == .outbox ? "outbox" : "webhook" }
}

/// One destination, and the count of what it really took.
struct Stage {
  let destination: Destination
  let host: Host
  let receiver: Receiver
  let publication: Publication
  let platform: any Platform
  let remembered = Remembered()

  /// - Parameter losing: how many answers are lost, from the first.
  init(_ destination: Destination, losing: Int = 0) async throws {
    self.destination = destination
    host = try Host()
    receiver = try Receiver { $0.number <= losing ? .hangUp : .reply(200) }
    publication = try sample(destination.name, url: receiver.url("/hook"), dedupes: destination == .dedupingWebhook)
    platform = try #require(host.platform(destination.name))
    try host.login(receiver.url())
  }

  func prepare(_ other: Publication? = nil) async throws -> Prepared {
    try await platform.prepare(other ?? publication) { [remembered] step in remembered.append(step) }
  }

  /// A receiver that drops repeats counts ids; any other counts arrivals.
  var published: Int {
    switch destination {
    case .outbox: host.outboxFiles.count
    case .webhook: receiver.arrivals.count
    case .dedupingWebhook: Set(receiver.arrivals.map { $0.headers["webhook-id"] ?? "none" }).count
    }
  }

  func end() async {
    receiver.stop()
    await host.client.shutdown()
  }
}
