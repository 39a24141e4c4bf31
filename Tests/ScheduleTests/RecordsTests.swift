import Foundation
import Schedule
import Testing

struct NotAnIdentifier: Error { let text: String }

private func post(_ text: String) throws -> PostID {
  guard let id = PostID(text) else { throw NotAnIdentifier(text: text) }
  return id
}

private func account(_ text: String) throws -> AccountName {
  guard let name = AccountName(text) else { throw NotAnIdentifier(text: text) }
  return name
}

/// Records with every field that a record can have, and with as few as it can have.
enum RecordExamples {
  static func fullHistory() throws -> HistoryRecord {
    HistoryRecord(
      post: try post("launch-teaser"), path: "schedule/posts/2026/11/launch-teaser.yaml", account: try account("acme"),
      platform: "webhook", attempt: 2, outcome: .retrying, scheduledAt: try instant("2026-11-27T14:00:00.000Z"),
      scheduledTime: try clock("2026-11-27T09:00"), offset: Offset(seconds: -18_000), timezone: "America/New_York", tzdata: "2025b",
      startedAt: try instant("2026-11-27T14:05:00.012Z"), finishedAt: try instant("2026-11-27T14:05:00.345Z"),
      nextAttemptAt: try instant("2026-11-27T14:20:00.345Z"), key: "01JDQ8", contentSHA256: String(repeating: "ab", count: 32),
      media: [
        .init(path: "media/teaser.mp4", sha256: String(repeating: "cd", count: 32)), .init(path: "https://a.example/b", sha256: nil),
      ],
      remote: Remote(id: "42", url: nil), error: DeliveryError(.transient, code: "http.503", message: "the receiver said \"later\""),
      source: .init(
        commit: String(repeating: "1", count: 40), blob: String(repeating: "2", count: 40), author: "Author <author@a.example>",
        committer: "Committer <committer@a.example>"), host: "mars", incarnation: "7f3a", version: "0.1.0")
  }

  static func missedHistory() throws -> HistoryRecord {
    var record = try fullHistory()
    record.outcome = .missed
    record.attempt = 1
    record.offset = nil
    record.startedAt = nil
    record.nextAttemptAt = nil
    record.media = []
    record.remote = nil
    record.error = nil
    return record
  }

  static func claim() throws -> ClaimRecord {
    let record = try fullHistory()
    return ClaimRecord(
      id: DeliveryID(post: record.post, account: record.account),
      intent: Intent(
        attempt: 2, key: "msg_0123456789abcdef0123456789abcdef", path: record.path, platform: record.platform,
        scheduledAt: record.scheduledAt,
        scheduledTime: record.scheduledTime, offset: record.offset, timezone: record.timezone, tzdata: record.tzdata,
        contentSHA256: record.contentSHA256, media: record.media, source: record.source, startedAt: try instant("2026-11-27T13:59:45Z")),
      validUntil: try instant("2026-11-27T14:04:45Z"), steps: [.init(name: "publish_id", value: "v_pub~1")], host: "mars",
      incarnation: "7f3a", life: "b2c4", version: "0.1.0")
  }

  static func status() throws -> StatusRecord {
    StatusRecord(
      post: try post("launch-teaser"), path: "schedule/posts/2026/11/launch-teaser.yaml", scheduledAt: try instant("2026-11-27T14:00:00Z"),
      publishedAt: try instant("2026-11-27T14:00:01Z"),
      deliveries: [
        .init(
          account: try account("acme"), platform: "outbox", state: .published, attempts: 1,
          remote: Remote(id: "1", url: "https://a.example/1")),
        .init(
          account: try account("acme-hook"), platform: "webhook", state: .retrying, reason: "waits", attempts: 1,
          nextAttemptAt: try instant("2026-11-27T14:05:00Z"), error: DeliveryError(.quota, code: "http.429", message: "slow down")),
      ])
  }

  static func heldStatus() throws -> StatusRecord {
    StatusRecord(post: try post("odd"), path: "schedule/posts/odd.yaml", scheduledAt: nil, deliveries: [])
  }

  static func golden(_ name: String) throws -> String {
    try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/records/\(name)"), encoding: .utf8)
  }
}

@Suite("Records in the repository")
struct RecordsTests {
  @Test("A history file has every field of the format, sorted, and reads back as it was written")
  func history() throws {
    #expect(try RecordExamples.fullHistory().json.text() == RecordExamples.golden("history-retrying.json"))
    #expect(try RecordExamples.missedHistory().json.text() == RecordExamples.golden("history-missed.json"))
    for record in [try RecordExamples.fullHistory(), try RecordExamples.missedHistory()] {
      #expect(try HistoryRecord(json: JSON.parse(record.json.bytes())) == record)
      #expect(record.bytes() == record.json.bytes())
    }
  }

  @Test("A person's word is a record that says who: it has something tried again, or says how it ended, and nothing else")
  func word() throws {
    var word = try RecordExamples.fullHistory()
    word.saidBy = "ada@mars"
    for outcome in [DeliveryState.Name.retrying, .published, .failed] {
      word.outcome = outcome
      #expect(try HistoryRecord(json: JSON.parse(word.bytes())) == word && word.bytes() == word.json.bytes())
    }
    for outcome in [DeliveryState.Name.missed, .cancelled, .inDoubt, .delivered] {
      word.outcome = outcome
      #expect(throws: RecordError.self) { try HistoryRecord(json: word.json) }
    }
  }

  @Test("A person's word on a burst reads back as it was written, and names a whole commit")
  func burst() throws {
    let record = try RecordExamples.fullHistory()
    let word = BurstWord(commit: record.source.commit, by: "ada@mars", at: record.finishedAt, host: "mars", version: "0.1.0")
    #expect(try BurstWord(json: JSON.parse(word.bytes())) == word)
    for commit in ["", "1111111", String(repeating: "g", count: 40), String(repeating: "A", count: 40)] {
      var other = word
      other.commit = commit
      #expect(throws: RecordError.self) { try BurstWord(json: other.json) }
    }
  }

  @Test("A claim has every field of the format, sorted, and reads back as it was written")
  func claim() throws {
    let claim = try RecordExamples.claim()
    #expect(try claim.json.text() == RecordExamples.golden("claim.json"))
    #expect(try ClaimRecord(json: JSON.parse(claim.json.bytes())) == claim)
    var submitted = claim
    submitted.remote = Remote(id: "7")
    #expect(try ClaimRecord(json: JSON.parse(submitted.json.bytes())) == submitted)
    var old = try #require(claim.json.object)
    old["life"] = nil
    #expect(try ClaimRecord(json: .object(old)).life == nil, "as an older version wrote it")
    let since = ClaimingRecord(since: claim.validUntil, host: "mars", incarnation: "7f3a", version: "0.1.0")
    #expect(try ClaimingRecord(json: JSON.parse(since.json.bytes())) == since)
    #expect(throws: RecordError.self) { try ClaimingRecord(json: ["schema": 1, "claims": "other", "since": JSON(since.since)]) }
  }

  @Test(
    "A claim says nothing that no daemon would write",
    arguments: [
      ("key", "a.b"), ("key", "msg_" + String(repeating: "Z", count: 32)), ("key", ""), ("attempt", nil), ("host", "long"),
      ("life", "long"),
      ("incarnation", "long"), ("path", "long"), ("platform", "long"), ("valid_until", "never"),
    ] as [(String, String?)])
  func unlikely(field: String, value: String?) throws {
    var members = try #require(try RecordExamples.claim().json.object)
    members[field] = value.map { .string($0 == "long" ? String(repeating: "x", count: 5000) : $0) } ?? .int(Int64.max)
    #expect(throws: RecordError.self) { try ClaimRecord(json: .object(members)) }
  }

  @Test("A claim's file says whose claim it is, a history file whose attempt; nothing else passes for one")
  func files() throws {
    let claim = try RecordExamples.claim()
    #expect(ClaimRecord.file(of: claim.id) == "status/claims/launch-teaser/acme.json")
    #expect(ClaimRecord.delivery(ofFile: ClaimRecord.file(of: claim.id)) == claim.id)
    let record = try RecordExamples.fullHistory()
    #expect(HistoryRecord.attempt(ofFile: record.file) == AttemptID(delivery: claim.id, number: 2))
    for other in ["status/claims.json", "status/claims/acme.json", "status/claims/A/acme.json", "status/posts/2026/acme.json", ""] {
      #expect(ClaimRecord.delivery(ofFile: other) == nil, "\(other)")
    }
    for other in ["history/2026/11/27/launch-teaser/acme.json", "history/2026/11/27/launch-teaser/acme.x.json", "status/a/b/c/d/e.1.json"] {
      #expect(HistoryRecord.attempt(ofFile: other) == nil, "\(other)")
    }
  }

  @Test("A status file has every field of the format, sorted, and reads back as it was written")
  func status() throws {
    #expect(try RecordExamples.status().json.text() == RecordExamples.golden("status-retrying.json"))
    #expect(try RecordExamples.heldStatus().json.text() == RecordExamples.golden("status-held.json"))
    for record in [try RecordExamples.status(), try RecordExamples.heldStatus()] {
      #expect(try StatusRecord(json: JSON.parse(record.json.bytes())) == record)
      #expect(record.bytes() == record.json.bytes())
    }
  }

  @Test("A status file takes in what others recorded: later attempts, and those that they were first to record")
  func others() throws {
    var record = try RecordExamples.fullHistory()
    var status = try RecordExamples.status()
    status.deliveries = [.init(account: record.account, platform: "outbox", state: .scheduled)]
    status.publishedAt = nil
    (record.attempt, record.outcome, record.nextAttemptAt) = (1, .retrying, try instant("2026-11-27T14:05:00Z"))
    let retrying = status.taking([record])
    #expect(retrying.deliveries.map(\.state) == [.retrying])
    #expect(retrying.deliveries.map(\.nextAttemptAt) == [record.nextAttemptAt])
    #expect(status.yielding(to: [record]) == status, "it is news, and not in the way")
    (record.outcome, record.nextAttemptAt) = (.inDoubt, nil)
    #expect(retrying.taking([record]) == retrying, "it is known")
    #expect(retrying.yielding(to: [record]).deliveries.map(\.state) == [.inDoubt])
    (record.attempt, record.outcome) = (2, .published)
    let published = retrying.taking([record])
    #expect(published.deliveries.map(\.state) == [.published])
    #expect(published.publishedAt == record.finishedAt)
    record.outcome = .inDoubt
    #expect(published.yielding(to: [record]) == published, "what is out stays out")
    record.account = try account("zebra")
    #expect(published.taking([record]).deliveries.map(\.account.text) == ["acme", "zebra"])
  }

  @Test("A field that is absent, of the wrong type or out of range is named")
  func damaged() throws {
    let fields = try #require(RecordExamples.fullHistory().json.object)
    let optional: Set = ["started_at", "next_attempt_at", "remote", "error"]
    for key in fields.keys where !optional.contains(key) {
      var damaged = fields
      damaged[key] = nil
      #expect(throws: RecordError(field: key, reason: "is missing")) { try HistoryRecord(json: .object(damaged)) }
      damaged[key] = .bool(true)
      #expect(throws: RecordError.self, "\(key)") { try HistoryRecord(json: .object(damaged)) }
    }
    func reason(_ key: String, _ value: JSON) -> String? {
      var damaged = fields
      damaged[key] = value
      do { _ = try HistoryRecord(json: .object(damaged)) } catch { return "\(error)" }
      return nil
    }
    #expect(reason("attempt", 0) == "the record's \"attempt\" is 0, and attempts count from 1 to 1000000")
    #expect(reason("schema", 2) == "the record's \"schema\" is 2, and this version of posthorn reads 1; install a newer posthorn")
    #expect(reason("error", ["class": "odd"]) == "the record's \"error.class\" is not a class of error")
    #expect(reason("media", [["path": "x"], [:]]) == "the record's \"media[1].path\" is missing")
    #expect(reason("later", "a field of a later version") == nil)
  }

  @Test("A history file lies under the UTC date of the instant that it was scheduled for")
  func historyPath() throws {
    var record = try RecordExamples.fullHistory()
    record.attempt = 1
    record.scheduledAt = try instant("2026-11-28T00:00:00Z")
    #expect(record.file == "history/2026/11/28/launch-teaser/acme.1.json")
    record.scheduledAt = try instant("2026-11-27T23:59:59.999Z")
    #expect(record.file == "history/2026/11/27/launch-teaser/acme.1.json")
  }

  @Test(
    "A status file mirrors the file of its post",
    arguments: [
      ("posts/2026/11/launch-teaser.yaml", "status/posts/2026/11/launch-teaser.json"), ("posts/a.yaml", "status/posts/a.json"),
      ("accounts/acme.yaml", nil), ("posts/notes.txt", nil),
    ])
  func statusPath(path: String, expected: String?) { #expect(StatusRecord.file(ofPost: path) == expected) }

  @Test(
    "The state of a post is derived from its deliveries; mixed ends are partial",
    arguments: [
      ([], PostState.held), ([.scheduled], .scheduled), ([.published], .published), ([.published, .published], .published),
      ([.published, .failed], .partial), ([.published, .delivered], .partial), ([.missed, .cancelled], .partial),
      ([.failed, .failed], .failed), ([.cancelled, .cancelled], .cancelled), ([.published, .scheduled], .scheduled),
      ([.published, .retrying], .retrying), ([.retrying, .scheduled], .retrying), ([.retrying, .submitted], .submitted),
      ([.submitted, .publishing], .publishing), ([.publishing, .held], .held), ([.held, .inDoubt, .failed], .inDoubt),
      ([.failed, .published, .inDoubt], .inDoubt), ([.missed, .held], .held),
    ] as [([DeliveryState.Name], PostState)])
  func postState(deliveries: [DeliveryState.Name], expected: PostState) {
    #expect(PostState(deliveries) == expected)
    #expect(PostState(deliveries.reversed()) == expected)
  }

  @Test("A post whose deliveries are all in one state is in that state", arguments: DeliveryState.Name.allCases)
  func oneState(name: DeliveryState.Name) {
    #expect(PostState([name]).rawValue == name.rawValue)
    #expect(PostState([name, name]).rawValue == name.rawValue)
  }
}
