import Foundation
import Schedule
import Testing

@Suite("Records of which somebody chose a field (N8)")
struct HostileFieldTests {
  /// What may stand where anything else was meant.
  static let values: [(name: String, json: String?)] = [
    ("absent", nil), ("null", "null"), ("true", "true"), ("an object", "{}"), ("a list", "[[]]"), ("an empty text", #""""#),
    ("10^400", "1" + String(repeating: "0", count: 400)), ("1e308", "1e308"), ("-1", "-1"), ("2^63", "9223372036854775808"),
    ("2^63-1", "9223372036854775807"), ("-2^63", "-9223372036854775808"), ("the last day", #""9999-12-31T23:59:59.999Z""#),
    ("the first day", #""0000-01-01T00:00:00.000Z""#), ("a leap second", #""2026-06-30T23:59:60.000Z""#),
    ("a long text", "\"" + String(repeating: "a", count: 100_000) + "\""), ("U+0000", #""\u0000""#), ("half a pair", #""\ud800""#),
    ("a full stop", #""a.b""#), ("a way up", #""../../x""#),
  ]

  /// Each record, what its reader is, and what is done with what was read.
  static let records: [(name: String, json: @Sendable () throws -> JSON, use: @Sendable (JSON) throws -> Void)] = [
    (
      "history", { try RecordExamples.fullHistory().json },
      { json in
        let record = try HistoryRecord(json: json)
        _ = (record.file, record.bytes(), record.objections(at: record.file), record.isAhead(of: now), record.attemptID)
        _ = (record.heard(at: now), record.pastOutcome, record.finishedAt.relative(to: now))
        var past = LearnedPast(now: now)
        past.take(record)
        past.take(record)
        var observed = Observed()
        observed.take(past)
        #expect(try Observed(bytes: observed.packed().bytes).count == observed.count)
        var ledger = AttemptLedger()
        _ = (ledger.take(record), ledger.take(record))
      }
    ),
    (
      "status", { try RecordExamples.status().json },
      { json in
        let status = try StatusRecord(json: json)
        _ = (status.bytes(), StatusRecord.file(ofPost: status.path), StatusRecord.earlierFile(ofPost: status.path), status.state)
        _ = AttemptLedger().objections(to: status)
        for standing in PostStanding.all(of: PlanSide([]), recorded: [status], now: now) {
          _ = (standing.stuck(at: now), standing.status.scheduledAt?.relative(to: now))
          for delivery in status.deliveries { _ = standing.nextStep(of: delivery, now: now) }
        }
      }
    ),
    (
      "account", { try AccountRecordTests.full().json },
      { json in
        let record = try AccountRecord(json: json)
        _ = (record.json.bytes(), record.syncedAt?.relative(to: now), record.token?.refreshExpiresAt?.relative(to: now))
      }
    ),
    (
      "claim", { try RecordExamples.claim().json },
      { json in
        let claim = try ClaimRecord(json: json)
        _ = (claim.json.bytes(), ClaimRecord.file(of: claim.id), claim.validUntil + .seconds(86_400))
      }
    ),
    (
      "daemon", { daemon.json },
      { json in
        let record = try DaemonRecord(json: json)
        for now in [now, .distantPast, .distantFuture, nil] {
          for party in [record.keeper, DaemonRecord.Party(host: "b", incarnation: "2", place: "p", life: nil)] {
            _ = (record.step(for: party, now: now, isAnew: true), record.step(for: party, now: now, isAnew: false))
          }
        }
      }
    ),
    (
      "claiming", { ClaimingRecord(since: now, host: "a", incarnation: "1", version: "0").json },
      { _ = try ClaimingRecord(json: $0).json.bytes() }
    ),
    (
      "key",
      {
        KeyRecord(
          id: String(repeating: "0a", count: 16), publicKey: [UInt8](repeating: 1, count: 32), since: now, host: "a", incarnation: "1"
        ).json
      },
      { _ = try KeyRecord(json: $0).bytes() }
    ),
    (
      "double",
      {
        var (kept, dropped) = (try RecordExamples.fullHistory(), try RecordExamples.fullHistory())
        (kept.outcome, dropped.outcome, dropped.incarnation) = (.published, .published, "another")
        return try #require(DoubleRecord(kept: kept, dropped: dropped)).json
      },
      {
        let double = try DoubleRecord(json: $0)
        _ = (double.sides, double.command, double.file)
      }
    ),
  ]

  private static let now = Instant(seconds: 1_795_780_800)
  private static let daemon = DaemonRecord(
    keeper: .init(host: "a", incarnation: "1", place: "p", life: "l"), since: now, answersWithin: .seconds(90),
    asked: .init(.init(host: "b", incarnation: "2", place: "q"), at: now),
    refused: .init(.init(host: "c", incarnation: "3", place: "r"), at: now),
    version: "0")

  @Test("Whatever stands in any field of a record, it is read or refused, and whoever uses it goes on", arguments: records.indices)
  func fields(_ number: Int) throws {
    let (name, example, use) = Self.records[number]
    let json = try example()
    try use(json)
    for path in Self.paths(in: json) {
      for value in Self.values {
        // By its text, as it comes out of a repository.
        var text = Self.replacing(path[...], in: json, with: value.json == nil ? nil : "\u{1}").compactText()
        if let value = value.json { text = text.replacing(#""\u0001""#, with: value) }
        do { try use(try JSON.parse(Array(text.utf8), limits: .init(size: 4 << 20))) } catch is JSONError {} catch is RecordError {} catch {
          Issue.record("\(name) \(path) \(value.name): \(error)")
        }
      }
    }
  }

  /// The way to each value, by keys and places.
  private static func paths(in json: JSON, at path: [String] = []) -> [[String]] {
    let inner: [[String]] =
      if let members = json.object { members.flatMap { paths(in: $1, at: path + [$0]) } } else {
        (json.array ?? []).enumerated().flatMap { paths(in: $1, at: path + ["\($0)"]) }
      }
    return (path.isEmpty ? [] : [path]) + inner
  }

  private static func replacing(_ path: ArraySlice<String>, in json: JSON, with mark: String?) -> JSON {
    guard let key = path.first else { return json }
    if var members = json.object {
      members[key] = path.count == 1 ? mark.map(JSON.string) : members[key].map { replacing(path.dropFirst(), in: $0, with: mark) }
      return .object(members)
    }
    guard var elements = json.array, let place = Int(key) else { return json }
    if path.count > 1 {
      elements[place] = replacing(path.dropFirst(), in: elements[place], with: mark)
    } else if let mark {
      elements[place] = .string(mark)
    } else {
      elements.remove(at: place)
    }
    return .array(elements)
  }
}
