import Schedule
import Support
import Testing

@Suite("What has come to its end is packed")
struct SettledTests {
  private func delivery(_ post: String, _ account: String = "acme") throws -> DeliveryID {
    DeliveryID(post: try #require(PostID(post)), account: try #require(AccountName(account)))
  }

  private func ended(_ state: DeliveryState, at seconds: Int64 = 100) -> Observation {
    var observation = Observation(
      scheduledAt: Instant(seconds: 1), firstAttempt: 1, attempts: 1,
      phase: .ended(Outcome(state: state, finishedAt: Instant(seconds: seconds), remote: Remote(id: "7", url: "https://x.example/7"))))
    observation.committedAt = Instant(seconds: seconds - 1)
    return observation
  }

  @Test(
    "Only what is final is packed, and everything is found as before",
    arguments: [
      (DeliveryState.published, true), (.delivered, true), (.failed, true), (.missed, true), (.cancelled, true),
      (.retrying(at: Instant(seconds: 9)), false), (.inDoubt, false),
    ])
  func packing(state: DeliveryState, isPacked: Bool) throws {
    var observed = Observed()
    let (id, other) = (try delivery("launch"), try delivery("launch", "other"))
    observed[id] = ended(state)
    observed[other] = Observation(scheduledAt: Instant(seconds: 5))
    let packed = observed.packed()
    #expect((packed.live[id] == nil) == isPacked)
    #expect(packed.live[other] != nil)
    #expect(packed[id] == observed[id] && packed[other] == observed[other])
    #expect(packed.count == 2)
    #expect(packed.accounts(of: id.post).map(\.text) == ["acme", "other"])
    #expect(packed.newestEnd == Instant(seconds: 100))
    #expect(try Observed(bytes: packed.bytes) == packed)
  }

  @Test(
    "What is over is known without unpacking it, and needs nothing",
    arguments: [
      (DeliveryState.published, true), (.delivered, true), (.failed, true), (.missed, true), (.cancelled, false), (.inDoubt, false),
    ])
  func over(state: DeliveryState, isOver: Bool) throws {
    var observed = Observed()
    let id = try delivery("launch")
    observed[id] = ended(state)
    observed = observed.packed()
    #expect(observed.isOver(id, at: Instant(seconds: 1)) == isOver)
    let timing = Timing(scheduledAt: Instant(seconds: 1), grace: .seconds(60))
    if isOver { #expect(timing.decision(after: observed[id], now: .distantPast) == .nothing) }
    #expect(!observed.isOver(id, at: Instant(seconds: 2)), "its time was changed")
    #expect(!observed.isOver(try delivery("launch", "other"), at: Instant(seconds: 1)))
    try observed.apply(.delivery(id, .armed(scheduledAt: Instant(seconds: 1))))
    #expect(!observed.isOver(id, at: Instant(seconds: 1)), "a person has armed it again")
  }

  @Test("What is packed can be armed again, and is packed anew in its new state")
  func again() throws {
    var observed = Observed()
    let id = try delivery("launch")
    observed[id] = ended(.failed)
    observed = observed.packed()
    try observed.apply(.delivery(id, .armed(scheduledAt: Instant(seconds: 500))))
    #expect(observed[id]?.phase == .idle && observed[id]?.attempts == 1)
    observed[id] = ended(.published, at: 600)
    let packed = observed.packed()
    #expect(packed[id]?.state == .published)
    #expect(packed.count == 1 && packed.live.isEmpty)
    #expect(try Observed(bytes: packed.bytes)[id]?.state == .published)
  }

  @Test("What happens while it is packed stays")
  func meanwhile() throws {
    var observed = Observed()
    let (first, second, third) = (try delivery("first"), try delivery("second"), try delivery("third"))
    observed[first] = ended(.published)
    observed[second] = ended(.failed)
    let snapshot = observed
    let packed = snapshot.packed()
    try observed.apply(.delivery(second, .armed(scheduledAt: Instant(seconds: 500))))
    observed[third] = ended(.published)
    observed.goOn(from: packed, of: snapshot)
    #expect(observed.live.keys.sorted() == [second, third])
    #expect(observed[first]?.state == .published)
    #expect(observed[second]?.phase == .idle)
    #expect(observed[third]?.state == .published)
  }

  @Test("Of two that pack at the same time the second to come back changes nothing")
  func twice() throws {
    var observed = Observed()
    let (first, second) = (try delivery("first"), try delivery("second"))
    observed[first] = ended(.published)
    let early = observed
    observed[second] = ended(.published)
    let late = observed
    observed.goOn(from: late.packed(), of: late)
    observed.goOn(from: early.packed(), of: early)
    #expect(observed[first]?.state == .published && observed[second]?.state == .published)
    #expect(observed.live.isEmpty)
  }

  @Test("What left an account in the last day is found, packed or not")
  func departures() throws {
    var observed = Observed()
    observed[try delivery("old")] = ended(.published, at: 100)
    observed[try delivery("new")] = ended(.published, at: 1000)
    observed = observed.packed()
    observed[try delivery("newest")] = ended(.published, at: 1001)
    var found: Set<String> = []
    observed.forEach(committedSince: Instant(seconds: 999)) { id, _ in found.insert(id.post.text) }
    #expect(found == ["new", "newest"])
  }

  @Test("A checkpoint of the version before is read")
  func versionBefore() throws {
    // Version 2: one delivery, published, and nothing else.
    var writer = ByteWriter()
    writer.write(2 as UInt8)
    writer.write(1)
    writer.write(try delivery("launch"))
    writer.write(Instant(seconds: 1))
    for number in [1, 1, 0] { writer.write(number) }
    for _ in 1...3 { writer.write(false) }
    writer.write(4 as UInt8)
    writer.write("published")
    writer.write(Instant(seconds: 100))
    for _ in 1...2 { writer.write(false) }
    for _ in 1...3 { writer.write(0) }
    writer.write(true)
    writer.write(0)
    for _ in 1...2 { writer.write(false) }
    writer.write(0)
    let observed = try Observed(bytes: writer.bytes)
    #expect(observed[try delivery("launch")]?.state == .published)
    #expect(observed.hasLearned && observed.newestEnd == Instant(seconds: 100))
  }
}
