import Schedule
import Testing

@Suite("Who publishes from a repository under local claims")
struct DaemonRecordTests {
  private static let one = DaemonRecord.Party(host: "one", incarnation: "1", place: "here")
  private static let two = DaemonRecord.Party(host: "two", incarnation: "2", place: "there")
  private static let three = DaemonRecord.Party(host: "three", incarnation: "3", place: "")
  /// Processes on the directory of the first one, and on copies of it.
  private static func life(_ name: String, at place: String) -> DaemonRecord.Party {
    .init(host: "one", incarnation: "1", place: place, life: name)
  }
  private static let start = Instant(seconds: 1_800_000_000)

  /// The record of the first one, asked and answered so many seconds after the start.
  private static func record(
    by keeper: DaemonRecord.Party = one, asked: (DaemonRecord.Party, Int)? = nil, refused: (DaemonRecord.Party, Int)? = nil
  ) -> DaemonRecord {
    func word(_ said: (DaemonRecord.Party, Int)?) -> DaemonRecord.Word? { said.map { .init($0.0, at: start + .seconds($0.1)) } }
    return DaemonRecord(
      keeper: keeper, since: start, answersWithin: .seconds(180), asked: word(asked), refused: word(refused), version: "1")
  }

  @Test(
    "What a daemon does about the record of who publishes",
    arguments: [
      ("its own", record(), one, 0, false, .publish),
      ("its own, and somebody asks", record(asked: (two, 0)), one, 500, false, .answer),
      ("another one's", record(), two, 0, false, .ask),
      ("another one's, just asked", record(asked: (two, 100)), two, 279, false, .wait(until: start + .seconds(280))),
      ("another one's, asked in vain", record(asked: (two, 100)), two, 280, false, .take),
      ("another one's, asked by a third", record(asked: (two, 100)), three, 300, false, .wait(until: start + .seconds(460))),
      ("another one's, asked by a third that is gone, too", record(asked: (two, 100)), three, 460, false, .ask),
      ("another one's, asked by a third at a time that is still to come", record(asked: (three, 9_000)), two, 0, false, .ask),
      ("another one's, who has answered at a time that is still to come", record(refused: (two, 9_000)), two, 0, false, .ask),
      (
        "another one's, asked by a clock that is a little ahead", record(asked: (two, 299)), two, 0, false,
        .wait(until: start + .seconds(479))
      ),
      ("another one's, asked by a clock that is wrong", record(asked: (two, 301)), two, 0, false, .ask),
      ("another one's, who has answered", record(refused: (two, 100)), two, 200, false, .hold),
      ("another one's, who has answered before this daemon was started", record(refused: (two, 100)), two, 200, true, .ask),
      ("another one's, who has answered long ago", record(refused: (two, 100)), two, 3700, false, .ask),
      ("another one's, who has answered a third", record(refused: (two, 100)), three, 200, false, .ask),
      ("that of a directory that stood here", record(), .init(host: "one", incarnation: "4", place: "here"), 0, false, .take),
      ("that of an earlier process in its own place", record(by: life("a", at: "here")), life("b", at: "here"), 0, false, .publish),
      ("its own, where no place is known", record(by: life("a", at: "")), life("a", at: ""), 0, false, .publish),
      ("that of another process on a copy of its directory", record(by: life("a", at: "here")), life("b", at: "there"), 0, false, .ask),
      ("that of another process, where no place is known", record(by: life("a", at: "")), life("b", at: ""), 0, false, .ask),
      ("that of a copy, asked by itself in vain", record(asked: (life("b", at: "there"), 0)), life("c", at: "there"), 180, false, .take),
      (
        "that of a copy, asked by another copy", record(asked: (life("b", at: "there"), 0)), life("c", at: "away"), 180, false,
        .wait(until: start + .seconds(360))
      ),
      (
        "that of a copy, which has answered another copy", record(refused: (life("b", at: "there"), 0)), life("c", at: "away"), 9, false,
        .ask
      ),
      (
        "that of a directory whose place is not known", DaemonRecord(keeper: three, since: start, answersWithin: .zero, version: "1"),
        .init(host: "three", incarnation: "4", place: ""), 0, false, .ask
      ),
    ] as [(String, DaemonRecord, DaemonRecord.Party, Int, Bool, DaemonRecord.Step)])
  func step(_: String, record: DaemonRecord, party: DaemonRecord.Party, seconds: Int, isAnew: Bool, step: DaemonRecord.Step) {
    #expect(record.step(for: party, now: Self.start + .seconds(seconds), isAnew: isAnew) == step)
  }

  @Test("By a clock in doubt nobody is silent for long enough, and nobody is asked", arguments: [nil, 0, -100_000])
  func inDoubt(asked: Int?) {
    let record = Self.record(asked: asked.map { (Self.two, $0) })
    #expect(record.step(for: Self.two, now: nil, isAnew: true) == .hold)
    #expect(record.step(for: Self.one, now: nil, isAnew: true) == (asked == nil ? .publish : .answer))
  }

  @Test(
    "The record is read back as it was written",
    arguments: [
      record(), record(asked: (two, 1)), record(refused: (three, 2)), record(by: life("a", at: "here"), asked: (life("b", at: ""), 3)),
    ])
  func roundTrip(_ record: DaemonRecord) throws {
    #expect(try DaemonRecord(json: try JSON.parse(Array(record.json.text().utf8))) == record)
  }

  @Test("A record that says something else is refused", arguments: ["answers_within", "claims", "host", "since"])
  func spoiled(_ key: String) throws {
    var fields = try #require(Self.record().json.object)
    fields[key] = key == "answers_within" ? JSON(-1) : JSON(Int(7))
    #expect(throws: RecordError.self) { try DaemonRecord(json: .object(fields)) }
  }
}
