import Schedule
import StateDirectory
import Testing

@Suite("Events and checkpoints as bytes")
struct EventBytesTests {
  static let events: [Event] = [
    .delivery(sampleDelivery, .intended(sampleIntent)),
    .delivery(sampleDelivery, .remembered(name: "publish_id", value: "v_pub~1")),
    .delivery(sampleDelivery, .committed(at: Instant(milliseconds: -1))),
    .delivery(sampleDelivery, .submitted(Remote(id: "1", url: nil), at: Instant(milliseconds: .max))),
    .delivery(
      sampleDelivery, .ended(Outcome(state: .published, finishedAt: Instant(seconds: 5), remote: Remote(id: "1", url: "https://x")))),
    .delivery(
      sampleDelivery,
      .ended(
        Outcome(
          state: .retrying(at: Instant(seconds: 9)), finishedAt: Instant(seconds: 5),
          error: DeliveryError(.quota, code: "http.429", message: "wait — ☃", retryAfter: .seconds(7))))),
    .delivery(sampleDelivery, .abandoned), .delivery(sampleDelivery, .recorded(attempt: 3)),
    .delivery(sampleDelivery, .armed(scheduledAt: Instant(seconds: 1))),
    .delivery(sampleDelivery, .armed(scheduledAt: Instant(seconds: 1), byPersonAt: Instant(seconds: 2))),
    .delivery(
      sampleDelivery,
      .told(sampleIntent, Outcome(state: .retrying(at: Instant(seconds: 9)), finishedAt: Instant(seconds: 5)), firstAttempt: 2)),
    .holdRecorded(sampleDelivery.post, reason: "suspended"), .holdRecorded(sampleDelivery.post, reason: nil),
    .burstAcknowledged(commit: "abc"), .loginNeeded(sampleDelivery.account, credential: nil),
    .loginNeeded(sampleDelivery.account, credential: "1.2"), .loginSeen(sampleDelivery.account),
    .restored(at: Instant(seconds: 3)), .historyKnown(commit: "abc"), .holdTold(sampleDelivery, scheduledAt: Instant(seconds: 1)),
    .adopted(Anchors.Adopted(commit: "abc", requiresSigned: true, settings: nil, branch: "main")),
    .adopted(Anchors.Adopted(commit: "def", requiresSigned: false, settings: "abc", branch: "posthorn")),
    .recordBranch(Anchors.RecordBranch("records", known: "abc")), .rewriteAllowed(commit: "abc"),
    .statusLeft(sampleDelivery.post, at: "schedule/posts/x.yaml"), .statusGone(sampleDelivery.post, at: "schedule/posts/x.yaml"),
    .said(AttemptID(delivery: sampleDelivery, number: 2), by: "Ada Lovelace <ada@example.org>"),
  ]

  @Test("Every event comes back as it was", arguments: events)
  func roundTrip(event: Event) throws {
    #expect(try Event(bytes: event.bytes) == event)
  }

  @Test("An event that is cut anywhere, or goes on, is refused", arguments: events)
  func cut(event: Event) {
    for length in 0..<event.bytes.count {
      #expect(throws: MalformedBytes.self) { try Event(bytes: Array(event.bytes.prefix(length))) }
    }
    #expect(throws: MalformedBytes.self) { try Event(bytes: event.bytes + [0]) }
  }

  @Test("No byte that is changed makes a crash", arguments: events)
  func changed(event: Event) {
    for index in event.bytes.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var bytes = event.bytes
        bytes[index] = value
        _ = try? Event(bytes: bytes)  // Either answer is right; coming back is the point.
      }
    }
  }

  @Test("What has happened comes back from a checkpoint, and a cut one is refused")
  func observed() throws {
    var observed = Observed()
    for event in Self.events.prefix(2) + [Self.events[2], Self.events[3], Self.events[5]] { try observed.apply(event) }
    for event in Self.events.suffix(14) { try observed.apply(event) }
    let bytes = observed.bytes
    #expect(try Observed(bytes: bytes) == observed)
    for length in 0..<bytes.count { #expect(throws: MalformedBytes.self) { try Observed(bytes: Array(bytes.prefix(length))) } }
  }
}

private let sampleDelivery: DeliveryID = {
  guard let post = PostID("launch-teaser"), let account = AccountName("acme") else { preconditionFailure("both are identifiers") }
  return DeliveryID(post: post, account: account)
}()

private let sampleIntent: Intent = {
  guard let clock = WallClock(year: 2027, month: 1, day: 15, hour: 9, minute: 0) else { preconditionFailure("the day exists") }
  return Intent(
    attempt: 1, key: "msg_0123", path: "schedule/posts/launch-teaser.yaml", platform: "outbox",
    scheduledAt: Instant(seconds: 1_800_000_000),
    scheduledTime: clock, offset: Offset(seconds: -18_000), timezone: "America/New_York", tzdata: "2025b", contentSHA256: "aa",
    media: [MediaDigest(path: "media/a.jpg", sha256: nil), MediaDigest(path: "media/b.jpg", sha256: "b")],
    source: Source(commit: "c", blob: "b", author: "A <a@example.com>", committer: "C <c@example.com>"),
    startedAt: Instant(milliseconds: 1_800_000_000_123))
}()
