import Testing

@testable import Schedule

@Suite("What history files tell of the past")
struct LearnedPastTests {
  private func record(_ attempt: Int, key: String, _ outcome: DeliveryState.Name, failure: DeliveryError.Class? = nil) throws
    -> HistoryRecord
  {
    HistoryRecord(
      post: try #require(PostID("launch")), path: "schedule/posts/launch.yaml", account: try #require(AccountName("acme")),
      platform: "outbox", attempt: attempt, outcome: outcome, scheduledAt: Instant(seconds: Int64(key.utf8.count)),
      scheduledTime: try WallClock.parse("2026-11-27T09:00").clock, offset: nil, timezone: "UTC", tzdata: "2026a", startedAt: nil,
      finishedAt: Instant(seconds: Int64(1000 + attempt)), nextAttemptAt: nil, key: key, contentSHA256: "", media: [], remote: nil,
      error: failure.map { DeliveryError($0, code: "http.500", message: "no") },
      source: Source(commit: "", blob: "", author: "", committer: ""),
      host: "mars", incarnation: "i", version: "1")
  }

  /// Two attempts of one arming that fail, then two of another: a quota answer, and one that is out.
  private func records() throws -> [HistoryRecord] {
    [
      try record(1, key: "first", .retrying, failure: .transient), try record(2, key: "first", .failed, failure: .transient),
      try record(3, key: "second", .retrying, failure: .quota), try record(4, key: "second", .retrying, failure: .transient),
      try record(5, key: "second", .published),
    ]
  }

  @Test(
    "The last attempt counts, with what failed in its arming, in whatever order they are read",
    arguments: [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 1, 2]])
  func order(order: [Int]) throws {
    let records = try records()
    var past = LearnedPast(now: Instant(seconds: 1003))
    for place in order { past.take(records[place]) }
    var observed = Observed()
    observed.take(past)
    let id = DeliveryID(post: records[0].post, account: records[0].account)
    let observation = try #require(observed[id])
    #expect(observation.attempts == 5 && observation.firstAttempt == 3 && observation.failures == 1)
    #expect(observation.state == .published && observation.lastIntent == nil)
    #expect(past.attempts == 5 && past.newestVouchedEnd == .distantPast)
  }

  @Test("What waits for another try is known with what it needs for that")
  func waiting() throws {
    var past = LearnedPast(now: Instant(seconds: 1_000_000))
    for record in try records().prefix(4) { past.take(record) }
    var observed = Observed()
    observed.take(past)
    let observation = try #require(observed.live.values.first)
    #expect(observation.state.name == .retrying && observation.lastIntent?.attempt == 4 && observation.failures == 1)
    #expect(past.recent.isEmpty, "they are older than a day")
  }

  @Test(
    "A person's word begins another arming, whose grace counts from it through all of its attempts, in whatever order they are read",
    arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]], [2, 3])
  func word(order: [Int], count: Int) throws {
    var word = try record(2, key: "word", .retrying)
    (word.saidBy, word.nextAttemptAt) = ("ada@mars", word.finishedAt)
    let records = [try record(1, key: "first", .failed), word, try record(3, key: "third", .retrying, failure: .transient)]
    var past = LearnedPast(now: Instant(seconds: 1003))
    for place in order where place < count { past.take(records[place]) }
    var observed = Observed()
    observed.take(past)
    let observation = try #require(observed.live.values.first)
    #expect(observation.attempts == count && observation.firstAttempt == 3 && observation.armedByPersonAt == word.finishedAt)
    #expect(observation.state.name == (count == 2 ? .scheduled : .retrying) && observation.failures == count - 2)
    #expect(past.recent.map(\.attempt).sorted() == (count == 2 ? [1] : [1, 3]), "a word is no departure")
    #expect(past.deliveriesWithWord == [DeliveryID(post: word.post, account: word.account)])
  }

  @Test("Of a record from the future the times are ignored, and what it says of its delivery counts")
  func ahead() throws {
    var late = try record(1, key: "first", .published)
    late.finishedAt = Instant(seconds: 4_000_000_000)
    var waiting = try record(1, key: "second", .retrying, failure: .transient)
    waiting.account = try #require(AccountName("other"))
    (waiting.finishedAt, waiting.nextAttemptAt) = (Instant(seconds: 1301), Instant(seconds: 4_000_000_000))
    var past = LearnedPast(now: Instant(seconds: 1000))
    for record in [late, waiting] { past.take(record) }
    var observed = Observed()
    observed.take(past)
    #expect(observed[DeliveryID(post: late.post, account: late.account)]?.state == .published)
    #expect(observed[DeliveryID(post: late.post, account: waiting.account)]?.state == .retrying(at: Instant(seconds: 1000)))
    #expect(past.ahead == 2 && past.recent.isEmpty && past.newestVouchedEnd == .distantPast && observed.newestEnd == .distantPast)
  }

  @Test(
    "A record says something about our clock where it is ahead, by a day at most, and vouched for",
    arguments: [
      (1300, true, false), (1301, false, false), (1301, true, true), (87_400, true, true), (87_401, true, false),
    ])
  func clock(finished: Int64, isVouchedFor: Bool, says: Bool) throws {
    var record = try record(1, key: "first", .published)
    record.finishedAt = Instant(seconds: finished)
    var past = LearnedPast(now: Instant(seconds: 1000))
    past.take(record, isVouchedFor: isVouchedFor)
    #expect(past.newestVouchedEnd == (says ? record.finishedAt : .distantPast))
  }

  @Test("Five minutes are the difference that clocks may have", arguments: [(1300, false), (1301, true)])
  func difference(finished: Int64, isAhead: Bool) throws {
    var record = try record(1, key: "first", .published)
    record.finishedAt = Instant(seconds: finished)
    #expect(record.isAhead(of: Instant(seconds: 1000)) == isAhead)
  }

  @Test("What has come to an end is packed at once, and stays where a checkpoint is made meanwhile")
  func packed() throws {
    var past = LearnedPast(now: Instant(seconds: 1_000_000))
    past.take(try record(1, key: "only", .published))
    let id = try #require(try records().first.map { DeliveryID(post: $0.post, account: $0.account) })
    let other = DeliveryID(post: id.post, account: try #require(AccountName("other")))
    var observed = Observed()
    observed[other] = Observation(
      scheduledAt: Instant(seconds: 1), attempts: 1, phase: .ended(Outcome(state: .published, finishedAt: Instant(seconds: 2))))
    let snapshot = observed
    let checkpoint = snapshot.packed()
    observed.take(past)
    observed.goOn(from: checkpoint, of: snapshot)
    #expect(Array(observed.live.keys) == [other])
    #expect(observed[id]?.state == .published)
    #expect(observed.newestEnd == Instant(seconds: 2), "what others wrote says nothing about the clock")
    #expect(try Observed(bytes: observed.packed().bytes) == observed.packed())
  }

  @Test("What is known here wins over what others wrote of the same attempts")
  func known() throws {
    let id = try #require(try records().first.map { DeliveryID(post: $0.post, account: $0.account) })
    var observed = Observed()
    observed[id] = Observation(scheduledAt: Instant(seconds: 1), attempts: 5)
    var past = LearnedPast(now: Instant(seconds: 1_000_000))
    for record in try records() { past.take(record) }
    observed.take(past)
    #expect(observed[id]?.phase == .idle && observed.count == 1)
  }
}
