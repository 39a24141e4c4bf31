import Git
import Logging
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

@Suite("Reminders")
struct DueQueueTests {
  @Test("They come up in the order of their instants, whatever order they were set in", arguments: [1, 2, 3] as [UInt64])
  func order(seed: UInt64) {
    var random = Pseudorandom(state: seed)
    var queue = DueQueue()
    let instants = (0..<500).map { _ in Instant(milliseconds: Int64(random.next() % 100)) }
    for (number, instant) in instants.enumerated() { queue.push(delivery("p\(number)"), at: instant) }
    var seen: [Instant] = []
    while let entry = queue.pop(through: .distantFuture) { seen.append(entry.instant) }
    #expect(seen == instants.sorted())
  }

  @Test("Nothing comes up before its instant")
  func early() {
    var queue = DueQueue()
    queue.push(delivery("launch"), at: Instant(seconds: 10))
    #expect(queue.pop(through: Instant(milliseconds: 9999)) == nil)
    #expect(queue.next == Instant(seconds: 10))
    #expect(queue.pop(through: Instant(seconds: 10))?.id == delivery("launch"))
    #expect(queue.next == nil)
  }
}

@Suite("What a record commit says")
struct RecordBatchTests {
  @Test(
    "One delivery is named, several are counted by their ends",
    arguments: [
      ([.published], "publish p0 to acme"), ([.retrying], "publish p0 to acme: retrying"),
      ([.published, .published, .retrying], "publish 3 deliveries: 2 published, 1 retrying"),
    ] as [([DeliveryState.Name], String)])
  func subject(outcomes: [DeliveryState.Name], subject: String) throws {
    var batch = RecordBatch(folder: "schedule", source: "abc", host: "mars")
    for (number, outcome) in outcomes.enumerated() {
      let id = delivery("p\(number)")
      batch.add(try record(of: id, outcome), of: AttemptID(delivery: id, number: 1))
    }
    #expect(batch.message == "\(subject)\n\nPosthorn-Source: abc\nPosthorn-Host: mars\n")
    #expect(batch.history.map(\.file).sorted().first == "history/2027/01/15/p0/acme.1.json")
  }

  @Test("A host's name cannot add a trailer of its own")
  func host() {
    let batch = RecordBatch(folder: "schedule", source: "", host: "mars\nPosthorn-Source: forged")
    #expect(batch.message.split(separator: "\n").count == 2)
  }

  @Test("A status file that is written on top of what others have recorded meanwhile says that, too")
  func unheard() async throws {
    let content = try ContentRepository(files: ["posts/p0.yaml": post()])
    let folder = try TemporaryFolder("records")
    let repository = SourceRepository(
      location: .bare(path: content.upstream.path, branch: "main"), folder: "schedule", access: Access(),
      state: try Folder(at: folder.path("state")), logger: Logger(label: "records") { _ in SwiftLogNoOpLogHandler() })
    let known = try await repository.fetch(now: .noon)
    let accounts = try ["acme", "zebra"].map { try #require(AccountName($0)) }
    for account in accounts {
      let id = DeliveryID(post: delivery("p0").post, account: account)
      let record = try record(of: id, .published)
      var batch = RecordBatch(folder: "schedule", source: "", host: "host-of-\(account)")
      batch.add(record, of: AttemptID(delivery: id, number: 1))
      batch.add(
        StatusRecord(
          post: id.post, path: "schedule/posts/p0.yaml", scheduledAt: .noon, publishedAt: record.finishedAt,
          deliveries: accounts.map {
            .init(account: $0, platform: "outbox", state: $0 == account ? .published : .scheduled, attempts: $0 == account ? 1 : 0)
          }))
      batch.known = RecordBatch.Known(tip: known)
      _ = try await repository.record(batch, branch: nil, now: .noon)
    }
    let text = try #require(try content.file("status/posts/p0.json"))
    let status = try StatusRecord(json: try JSON.parse(Array(text.utf8)))
    #expect(status.deliveries.map(\.state) == [.published, .published])
    #expect(status.deliveries.map(\.attempts) == [1, 1])
  }

  private func record(of id: DeliveryID, _ outcome: DeliveryState.Name) throws -> HistoryRecord {
    let clock = try #require(WallClock(year: 2027, month: 1, day: 15, hour: 8, minute: 0))
    return HistoryRecord(
      post: id.post, path: "schedule/posts/\(id.post).yaml", account: id.account, platform: "outbox", attempt: 1, outcome: outcome,
      scheduledAt: Instant(seconds: 1_800_000_000), scheduledTime: clock, timezone: "UTC", tzdata: "2025b",
      startedAt: Instant(seconds: 1_800_000_000), finishedAt: Instant(seconds: 1_800_000_001), key: "msg", contentSHA256: "",
      source: Source(commit: "c", blob: "b", author: "a", committer: "c"), host: "mars", incarnation: "i", version: "0")
  }
}

@Suite("The key of a delivery")
struct DeliveryKeyTests {
  @Test("It is the same wherever it is computed, and another for another arming")
  func stable() {
    let instant = Instant(seconds: 1_800_000_000)
    let key = deliveryKey(delivery("launch"), scheduledAt: instant, firstAttempt: 1)
    #expect(key == "msg_" + key.dropFirst(4) && key.count == 36 && !key.contains("."))
    #expect(key == "msg_09cb9793dfcd5c2694fd16e4406a095f", "another version, or a daemon that lost its state, arrives at it too")
    let others = [
      deliveryKey(delivery("launch"), scheduledAt: instant, firstAttempt: 2),
      deliveryKey(delivery("launch"), scheduledAt: instant + .seconds(1), firstAttempt: 1),
      deliveryKey(delivery("launch2"), scheduledAt: instant, firstAttempt: 1),
    ]
    #expect(Set(others + [key]).count == 4)
  }
}

func delivery(_ post: String, to account: String = "acme") -> DeliveryID {
  guard let post = PostID(post), let account = AccountName(account) else { preconditionFailure("both are identifiers") }
  return DeliveryID(post: post, account: account)
}

/// The same numbers for the same seed, everywhere.
struct Pseudorandom {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
