import Schedule
import Testing

@Suite("What has happened, replayed")
struct DeliveryEventsTests {
  let id = Samples.delivery
  let noon = Instant(seconds: 1_800_000_000)

  @Test("An attempt runs from its intent over its commit point to its outcome, and waits to be recorded")
  func attempt() throws {
    var observed = Observed()
    try observed.apply([.intended(Samples.intent()), .committed(at: noon), .ended(Outcome(state: .published, finishedAt: noon))], to: id)
    #expect(observed[id]?.state == .published)
    #expect(observed[id]?.attempts == 1)
    #expect(observed.unrecorded.keys.map(\.number) == [1])
    try observed.apply([.recorded(attempt: 1)], to: id)
    #expect(observed.unrecorded.isEmpty)
    #expect(observed[id]?.state == .published)
  }

  @Test("What another daemon recorded counts as what was done here, and is not recorded again")
  func told() throws {
    var observed = Observed()
    let published = Outcome(state: .published, finishedAt: noon)
    let retrying = Outcome(state: .retrying(at: noon), finishedAt: noon)
    try observed.apply([.told(Samples.intent(attempt: 2), retrying, firstAttempt: 1)], to: id)
    #expect(observed[id]?.state == .retrying(at: noon))
    #expect(observed[id]?.failures == 2)
    try observed.apply([.told(Samples.intent(attempt: 1), published, firstAttempt: 1)], to: id)
    #expect(observed[id]?.state == .retrying(at: noon), "what is older than what is known changes nothing")
    try observed.apply([.told(Samples.intent(attempt: 3), published, firstAttempt: 3)], to: id)
    #expect(observed[id]?.state == .published)
    #expect(observed[id]?.firstAttempt == 3)
    #expect(observed.unrecorded.isEmpty)
    #expect(throws: EventOutOfOrder.self) {
      try observed.apply([.intended(Samples.intent(attempt: 4)), .told(Samples.intent(attempt: 4), published, firstAttempt: 1)], to: id)
    }
  }

  @Test("An intent that is given up leaves everything as it was, its number included")
  func abandoned() throws {
    var observed = Observed()
    try observed.apply([.intended(Samples.intent()), .abandoned], to: id)
    #expect(observed[id]?.state == .scheduled)
    #expect(observed[id]?.nextAttempt == 1)
    let retrying = Outcome(state: .retrying(at: noon), finishedAt: noon, error: DeliveryError(.transient, code: "x", message: "x"))
    try observed.apply([.intended(Samples.intent()), .ended(retrying), .intended(Samples.intent(attempt: 2)), .abandoned], to: id)
    #expect(observed[id]?.state == .retrying(at: noon))
    #expect(observed[id]?.nextAttempt == 2)
    #expect(observed[id]?.failures == 1)
    // A commit point under which no call was made.
    try observed.apply([.intended(Samples.intent(attempt: 2)), .committed(at: noon), .abandoned], to: id)
    #expect(observed[id]?.state == .retrying(at: noon))
    #expect(observed[id]?.nextAttempt == 2)
    #expect(observed[id]?.committedAt == nil)
  }

  @Test(
    "Waiting for a quota is no failure; everything else that goes wrong is", arguments: [(DeliveryError.Class.quota, 0), (.transient, 1)])
  func failures(kind: DeliveryError.Class, expected: Int) throws {
    var observed = Observed()
    let outcome = Outcome(state: .retrying(at: noon), finishedAt: noon, error: DeliveryError(kind, code: "x", message: "x"))
    try observed.apply([.intended(Samples.intent()), .committed(at: noon), .ended(outcome)], to: id)
    #expect(observed[id]?.failures == expected)
  }

  @Test("A claim that is taken back leaves no trace of its account")
  func takenBack() throws {
    var observed = Observed()
    try observed.apply([.intended(Samples.intent())], to: id)
    #expect(observed.accounts(of: id.post) == [id.account])
    observed[id] = nil
    #expect(observed.accounts(of: id.post).isEmpty)
    try observed.apply([.intended(Samples.intent())], to: id)
    #expect(observed.accounts(of: id.post) == [id.account])
  }

  @Test("The newest end is the latest of our own: what others tell of theirs says nothing about the clock")
  func newest() throws {
    var observed = Observed()
    try observed.apply([.intended(Samples.intent()), .ended(Outcome(state: .retrying(at: noon), finishedAt: noon))], to: id)
    #expect(observed.newestEnd == noon)
    let later = Outcome(state: .published, finishedAt: noon + .seconds(60))
    try observed.apply([.told(Samples.intent(attempt: 2), later, firstAttempt: 1)], to: id)
    #expect(observed[id]?.state == .published)
    #expect(observed.newestEnd == noon)
    #expect(try Observed(bytes: observed.bytes).newestEnd == noon)
  }

  @Test("Two intents are the same where each fact of them is")
  func same() {
    let intent = Samples.intent(attempt: 1)
    #expect(intent == Samples.intent(attempt: 1))
    #expect(intent != Samples.intent(attempt: 2))
    #expect(intent.repeated(as: 2, at: intent.startedAt) == Samples.intent(attempt: 2))
    #expect(intent != intent.repeated(as: 1, at: noon))
  }

  @Test("Armed again it starts over, but its attempts count on")
  func armed() throws {
    var observed = Observed()
    let failed = Outcome(state: .failed, finishedAt: noon, error: DeliveryError(.content, code: "x", message: "x"))
    try observed.apply(
      [.intended(Samples.intent()), .committed(at: noon), .ended(failed), .armed(scheduledAt: noon + .seconds(60))], to: id)
    #expect(observed[id]?.state == .scheduled)
    #expect(observed[id]?.scheduledAt == noon + .seconds(60))
    #expect(observed[id]?.failures == 0)
    #expect(observed[id]?.firstAttempt == 2)
    #expect(observed[id]?.nextAttempt == 2)
  }

  @Test(
    "What cannot follow is refused, not guessed",
    arguments: [
      [.committed(at: Instant(seconds: 0))], [.abandoned], [.intended(Samples.intent()), .intended(Samples.intent())],
      [.intended(Samples.intent()), .committed(at: Instant(seconds: 0)), .submitted(Remote(), at: Instant(seconds: 0)), .abandoned],
      [.intended(Samples.intent()), .committed(at: Instant(seconds: 0)), .armed(scheduledAt: Instant(seconds: 0))],
      [.intended(Samples.intent()), .submitted(Remote(), at: Instant(seconds: 0))],
    ] as [[DeliveryEvent]])
  func refused(events: [DeliveryEvent]) {
    var observed = Observed()
    #expect(throws: EventOutOfOrder.self) { try observed.apply(events, to: id) }
    var before = Observed()
    try? before.apply(events.dropLast(), to: id)  // what comes before the last does follow
    #expect(observed == before, "what is refused changes nothing")
  }
}

extension Observed {
  mutating func apply(_ events: [DeliveryEvent], to id: DeliveryID) throws {
    for event in events { try apply(.delivery(id, event)) }
  }
}

enum Samples {
  static let delivery: DeliveryID = {
    guard let post = PostID("launch-teaser"), let account = AccountName("acme") else { preconditionFailure("both are identifiers") }
    return DeliveryID(post: post, account: account)
  }()

  static func intent(attempt: Int = 1) -> Intent {
    guard let clock = WallClock(year: 2027, month: 1, day: 15, hour: 9, minute: 0) else { preconditionFailure("the day exists") }
    return Intent(
      attempt: attempt, key: "msg_0123", path: "schedule/posts/launch-teaser.yaml", platform: "outbox",
      scheduledAt: Instant(seconds: 1_800_000_000), scheduledTime: clock, offset: Offset(seconds: -18_000), timezone: "America/New_York",
      tzdata: "2025b", contentSHA256: String(repeating: "a", count: 64),
      media: [MediaDigest(path: "media/a.jpg", sha256: nil), MediaDigest(path: "media/b.jpg", sha256: "b")],
      source: Source(commit: "c", blob: "b", author: "A <a@example.com>", committer: "C <c@example.com>"),
      startedAt: Instant(milliseconds: 1_800_000_000_123))
  }
}
