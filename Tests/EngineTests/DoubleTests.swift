import Foundation
import Schedule
import Signatures
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("An attempt that two daemons have recorded")
struct DoubleTests {
  private let key = SigningKey()
  private static let file = "status/doubles/launch/acme.1.json"

  /// Another daemon records the first attempt of `launch` while this one is in its call.
  private func stage(_ change: @escaping @Sendable (inout HistoryRecord) -> Void = { _ in }) async throws -> Stage {
    let stage = try Stage([
      "posts/first.yaml": post(), "posts/launch.yaml": post(600), "accounts/ops.yaml": "platform: stage\n",
      "posthorn.yaml": "notify: [{on: [in_doubt], account: ops}]\n",
    ])
    stage.sealKey.withLock { [key] in $0 = key }
    try await stage.pass()
    var record = try #require(try stage.attempts("first").first)
    let id = DeliveryID(post: try #require(PostID("launch")), account: record.account)
    (record.post, record.path, record.scheduledAt) = (id.post, "schedule/posts/launch.yaml", .noon + .seconds(600))
    (record.key, record.host, record.incarnation) = (deliveryKey(id, scheduledAt: record.scheduledAt, firstAttempt: 1), "mars", "0a0b0c0d")
    (record.finishedAt, record.remote) = (.noon + .seconds(601), Remote(id: "7"))
    change(&record)
    record.seal = nil
    record.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: record.bytes()))
    let (file, text) = (record.file, String(decoding: record.bytes(), as: UTF8.self))
    stage.platform.connecting.withLock {
      $0 = { [repository = stage.repository] in
        // What fails here is seen by what is expected of it.
        _ = try? repository.clone.git("pull", "-q", "--rebase", "origin", "main")
        _ = try? repository.push([file: text])
      }
    }
    return stage
  }

  private func open(_ stage: Stage) throws -> [DoubleRecord] { try DoubleMemory(of: Folder(at: stage.host.path("state"))).all }

  @Test(
    "It is an alarm: counted in the pass, told once, kept on this host and in the repository with both records, until somebody has looked")
  func alarm() async throws {
    let stage = try await stage()
    let report = try await stage.pass(after: .seconds(600))
    #expect(report.doubles == 1 && report.recordFailure == nil && report.unwritable == 0, "\(report)")
    let double = try DoubleRecord(json: try JSON.parse(Array(try #require(try stage.repository.file(Self.file)).utf8)))
    #expect(double.kept == (try stage.attempts("launch").first) && double.kept.host == "mars" && double.dropped.host == "stage")
    #expect(double.dropped.seal != nil && double.dropped.remote?.id == "1")
    #expect(try open(stage) == [double])
    let status = try #require(try stage.status())
    #expect(
      status.publishedAt == double.kept.finishedAt && status.deliveries.first?.remote?.id == "7", "the status tells of what the history has"
    )
    #expect(stage.platform.calls.map(\.id) == ["first", "launch", "launch"])
    let told = try #require(stage.platform.calls.last?.caption)
    for fact in ["by mars (state directory 0a0b0c0d)", "by stage", "attempt 1", "posthorn resolve launch acme --seen"] {
      #expect(told.contains(fact), "\(told)")
    }
    // It stands: in the next pass, and in one with an empty disk.
    #expect(try await stage.pass(after: .seconds(60)).doubles == 1)
    #expect(try await stage.pass(by: "fresh", claims: .push).doubles == 1)
    #expect(stage.platform.calls.count == 3)

    #expect(try await stage.see("launch") == 1)
    #expect(try stage.repository.file(Self.file) == nil && open(stage) == [])
    #expect(try stage.subjects().first == "launch to acme was recorded twice: ada@mars has looked")
    #expect(try await stage.pass(after: .seconds(60)).doubles == 0)
    #expect(try await stage.see("launch") == 0)
  }

  @Test("Nobody who can push ends it on the host that saw it")
  func stands() async throws {
    let stage = try await stage()
    try await stage.pass(after: .seconds(600))
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push([Self.file: nil])
    #expect(try await stage.pass(after: .seconds(60)).doubles == 1)
    #expect(try await stage.see("launch") == 1)
    #expect(try await stage.pass(after: .seconds(60)).doubles == 0)
  }

  @Test("Whoever was to be told and was not, because the process was killed first, is told by the next one")
  func toldAgain() async throws {
    let stage = try await stage()
    let before = stage.host.path("before")
    stage.platform.preparation.withLock { [state = stage.host.path("state")] in
      $0 = { _ in
        // The notice is the first thing that is prepared after the record; what went on before it is on disk.
        try? FileManager.default.removeItem(atPath: before)
        try? FileManager.default.copyItem(atPath: state, toPath: before)
      }
    }
    try await stage.pass(after: .seconds(600))
    #expect(stage.platform.calls.count == 3)
    stage.platform.preparation.withLock { $0 = nil }
    try FileManager.default.removeItem(atPath: stage.host.path("state"))
    try FileManager.default.moveItem(atPath: before, toPath: stage.host.path("state"))
    #expect(try await stage.pass(after: .seconds(1)).doubles == 1)
    // What was copied may be of before its own outcome was on disk; then the time of that is another one.
    let told = stage.platform.calls.map { $0.caption ?? "" }
    #expect(told.count == 4 && told.suffix(2).allSatisfy { $0.contains("attempt 1 was") }, "\(told)")
    #expect(try await stage.pass(after: .seconds(1)).doubles == 1)
    #expect(stage.platform.calls.count == 4)
  }

  @Test("A folder in the place of its file keeps no other record from being written, and does not hide it on this host")
  func obstructed() async throws {
    let stage = try await stage()
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.commit([("100644", "\(Self.file)/x", "mine")])
    let report = try await stage.pass(after: .seconds(600))
    #expect(report.doubles == 1 && report.recordFailure == nil)
    #expect(try open(stage).count == 1 && stage.status()?.state == .published)
  }

  /// What is another in the second record, and whether it may have gone out twice.
  static let pairs: [(String, @Sendable (inout HistoryRecord) -> Void, Bool)] = [
    ("said again by a newer version", { ($0.version, $0.host) = ("2", "venus") }, false),
    ("another end of the same directory, which was copied", { $0.finishedAt = $0.finishedAt + .seconds(1) }, true),
    ("the same of another directory", { $0.incarnation = "0a0b0c0d" }, true),
    ("in doubt there", { ($0.incarnation, $0.outcome) = ("0a0b0c0d", .inDoubt) }, true),
    ("delivered there", { ($0.incarnation, $0.outcome) = ("0a0b0c0d", .delivered) }, true),
    ("refused there", { ($0.incarnation, $0.outcome) = ("0a0b0c0d", .failed) }, false),
    ("tried again there", { ($0.incarnation, $0.outcome) = ("0a0b0c0d", .retrying) }, false),
    ("missed there", { ($0.incarnation, $0.outcome) = ("0a0b0c0d", .missed) }, false),
    ("of another attempt", { ($0.incarnation, $0.attempt) = ("0a0b0c0d", 2) }, false),
  ]

  @Test("Only where both may have sent it is it a double; what one daemon says twice is none", arguments: pairs.indices)
  func isDouble(_ number: Int) async throws {
    let (name, change, isExpected) = Self.pairs[number]
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    let record = try #require(try stage.attempts().first)
    var other = record
    change(&other)
    for (kept, dropped) in [(record, other), (other, record)] {
      let double = DoubleRecord(kept: kept, dropped: dropped)
      #expect((double != nil) == isExpected, "\(name)")
      if let double { #expect(try DoubleRecord(json: try JSON.parse(double.json.bytes())) == double) }
    }
  }
}

extension Stage {
  /// A person says that they have looked.
  fileprivate func see(_ post: String) async throws -> Int {
    let engine = try engine()
    try await engine.open()
    let id = DeliveryID(post: try #require(PostID(post)), account: try #require(AccountName("acme")))
    let count = try await engine.acknowledgeDoubles(of: id, by: "ada@mars")
    try await engine.close()
    return count
  }
}
