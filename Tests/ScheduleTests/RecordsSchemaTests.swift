import Schedule
import Support
import Testing

/// A JSON Schema validator that is not ours: Python's jsonschema, a package of Debian (`python3-jsonschema`) and of PyPI.
enum SchemaValidator {
  private static let python = Python(having: "jsonschema")
  static let isInstalled = python != nil

  /// Which of `documents` the schema accepts, after the schema itself has been checked against the metaschema of draft-07; `nil` where it
  /// is no schema.
  static func accepts(_ documents: [JSON], schema: JSON) throws -> [Bool]? {
    let script = """
      import json, sys
      from jsonschema import Draft7Validator
      schema, documents = json.load(sys.stdin)
      Draft7Validator.check_schema(schema)
      print(json.dumps([Draft7Validator(schema).is_valid(document) for document in documents]))
      """
    guard let output = python?.run(script, input: JSON.array([schema, .array(documents)]).compactText()) else { return nil }
    return try JSON.parse(output).array?.compactMap(\.bool)
  }
}

private let platforms = [
  PlatformSchema(
    name: "webhook", options: [.init("event", .text(maximumLength: 20), summary: "The event's type")],
    parameters: [
      .init("url", .url, isRequired: true, summary: "Where it is sent"), .init("dedupes", .flag, summary: "The receiver drops repeats"),
    ]),
  PlatformSchema(
    name: "film",
    options: [
      .init("privacy", .choice(["all", "self"]), isRequired: true, summary: "Who sees it"),
      .init("cover", .number(0...9), summary: "The cover"), .init("cover_at", .duration, summary: "When"),
    ], parameters: []),
]

@Suite("JSON Schemas of every format")
struct RecordsSchemaTests {
  @Test(
    "A record's schema has exactly the fields that the record has, all required but the seal, which records from before have not, and a person's word"
  )
  func fields() throws {
    for (schema, record) in [
      (JSONSchemas.history, try sealedHistory(saidBy: "ada@mars")), (.key, key.json), (.status, try RecordExamples.status().json),
      (.claim, try sealedClaim()), (.double, try double().json), (.burst, burst.json),
      (.export, try exported(RecordExamples.status()).json),
      (.accountStatus, try AccountRecordTests.full().json),
    ] {
      let schema = schema.schema(platforms: platforms)
      let keys = try #require(record.object?.keys.sorted())
      #expect(schema["properties"]?.object?.keys.sorted() == keys)
      let mayLack: Set = record["post"] == nil ? [] : [Seal.member, "said_by"]
      #expect(schema["required"]?.array?.compactMap(\.string) == keys.filter { !mayLack.contains($0) })
    }
  }

  @Test("Every property says what it is", arguments: JSONSchemas.allCases)
  func described(name: JSONSchemas) throws {
    let schema = name.schema(platforms: platforms)
    #expect(
      schema["$schema"]?.string == "http://json-schema.org/draft-07/schema#" && schema["title"]?.string == "posthorn \(name.rawValue)")
    for (key, property) in try #require(schema["properties"]?.object) where property.object != nil {
      let inner = property["anyOf"]?[0] ?? property
      #expect(inner["description"]?.string?.isEmpty == false, "\(key)")
    }
  }

  @Test(
    "Schemas are valid draft-07; they accept what Posthorn writes and reads, and refuse what it refuses",
    .enabled(if: SchemaValidator.isInstalled, "python3-jsonschema is not installed"), arguments: JSONSchemas.allCases)
  func validated(name: JSONSchemas) throws {
    let (good, bad) = try documents(name)
    let schema = name.schema(platforms: platforms)
    let accepted = try #require(try SchemaValidator.accepts(good + bad, schema: schema), "not a schema of draft-07")
    for (document, accepted) in zip(good + bad, accepted).prefix(good.count) { #expect(accepted, "\(document.compactText())") }
    for (document, accepted) in zip(good + bad, accepted).dropFirst(good.count) { #expect(!accepted, "\(document.compactText())") }
    #expect(accepted.count == good.count + bad.count)
    #expect(try SchemaValidator.accepts([], schema: name.schema(platforms: [])) == [])
  }

  private let seal = Seal(key: String(repeating: "0a", count: 16), signature: [UInt8](repeating: 7, count: 64))

  private func sealedHistory(saidBy person: String? = nil) throws -> JSON {
    var record = try RecordExamples.fullHistory()
    (record.saidBy, record.seal) = (person, seal)
    return record.json
  }

  private func sealedClaim() throws -> JSON {
    var record = try RecordExamples.claim()
    record.seal = seal
    return record.json
  }

  private func double() throws -> DoubleRecord {
    var (kept, dropped) = (try RecordExamples.fullHistory(), try RecordExamples.fullHistory())
    (kept.outcome, dropped.outcome, dropped.incarnation) = (.published, .inDoubt, "another")
    return try #require(DoubleRecord(kept: kept, dropped: dropped))
  }

  private var burst: BurstWord {
    var word = BurstWord(commit: String(repeating: "1", count: 40), by: "ada@mars", at: .distantPast, host: "mars", version: "0.1.0")
    word.seal = seal
    return word
  }

  private var key: KeyRecord {
    var key = KeyRecord(
      id: seal.key, publicKey: [UInt8](repeating: 9, count: 32), since: .distantPast, host: "mars", incarnation: "1", signedBy: seal)
    key.seal = seal
    return key
  }

  /// As the platform writes it: see its own tests.
  private let message: JSON = [
    "type": "post.due", "timestamp": "2026-11-27T14:00:00.000Z",
    "data": [
      "post": "launch", "account": "partners", "key": "msg_1", "scheduled_at": "2026-11-27T14:00:00.000Z",
      "scheduled_time": "2026-11-27T09:00", "timezone": "America/New_York", "title": .null, "caption": "Doors open", "options": [:],
      "media": [
        ["url": "https://a.example/x.png", "alt": .null],
        ["path": "media/a.jpg", "alt": "A horn", "sha256": .null, "size": 0, "type": .null, "commit": .null],
      ],
    ],
  ]

  private func exported(_ status: StatusRecord) throws -> ExportedPost {
    let standings = PostStanding.all(of: PlanSide([]), recorded: [status], now: try instant("2026-11-24T08:00:00Z"))
    return ExportedPost(try #require(standings.first), planned: nil, post: nil)
  }

  private func documents(_ name: JSONSchemas) throws -> (good: [JSON], bad: [JSON]) {
    switch name {
    case .post: posts
    case .account: accounts
    case .settings: settings
    case .history:
      (
        [
          try RecordExamples.fullHistory().json, try RecordExamples.missedHistory().json, try sealedHistory(),
          try sealedHistory(saidBy: "ada@mars"),
        ],
        [
          try RecordExamples.status().json, changed(try RecordExamples.fullHistory().json, "outcome", "odd"),
          changed(try RecordExamples.fullHistory().json, "content_sha256", "abc"),
          changed(try RecordExamples.fullHistory().json, "schema", 2),
        ]
      )
    case .key:
      (
        [key.json, changed(key.json, "said_by", "Ada <ada@example.com>"), changed(key.json, "signed_by", .null)],
        [try sealedHistory(), changed(key.json, "id", "short"), changed(key.json, "signed_by", "somebody")]
      )
    case .double:
      (
        [try double().json],
        [
          try RecordExamples.fullHistory().json, changed(try double().json, "dropped", .null),
          changed(try double().json, "kept", changed(try RecordExamples.fullHistory().json, "attempt", 0)),
        ]
      )
    case .burst:
      (
        [burst.json],
        [changed(burst.json, "commit", "1111111"), changed(burst.json, "seal", .null), changed(burst.json, "said_at", "later")]
      )
    case .claim:
      (
        [
          try RecordExamples.claim().json, try sealedClaim(),
          changed(try RecordExamples.claim().json, "remote", ["id": "7", "url": .null]),
        ],
        [
          try RecordExamples.fullHistory().json, changed(try RecordExamples.claim().json, "valid_until", "later"),
          changed(try RecordExamples.claim().json, "steps", [["name": "publish_id"]]),
        ]
      )
    case .webhook:
      (
        [message, changed(message, "type", "post.due")],
        [changed(message, "type", "delivery.failed"), changed(message, "data", ["post": "launch"]), changed(message, "timestamp", "soon")]
      )
    case .accountStatus:
      (
        [try AccountRecordTests.full().json, try AccountRecordTests.least().json],
        [
          try RecordExamples.status().json, changed(try AccountRecordTests.full().json, "counts", ["followers": "many"]),
          changed(try AccountRecordTests.full().json, "token", ["scopes": []]),
          changed(try AccountRecordTests.full().json, "synced_at", "yesterday"),
        ]
      )
    case .status:
      (
        [try RecordExamples.status().json, try RecordExamples.heldStatus().json],
        [
          try RecordExamples.fullHistory().json, changed(try RecordExamples.status().json, "state", "odd"),
          changed(try RecordExamples.status().json, "deliveries", [[:]]),
        ]
      )
    case .export:
      (
        [
          try exported(RecordExamples.status()).json, try exported(RecordExamples.heldStatus()).json,
          changed(try exported(RecordExamples.status()).json, "media", [["path": "media/a.jpg", "alt": "A horn"]]),
        ],
        [
          try RecordExamples.status().json, changed(try exported(RecordExamples.status()).json, "caption", 7),
          changed(try exported(RecordExamples.status()).json, "deliveries", try #require(RecordExamples.status().json["deliveries"])),
        ]
      )
    }
  }

  private func changed(_ json: JSON, _ key: String, _ value: JSON) -> JSON {
    var members = json.object ?? [:]
    members[key] = value
    return .object(members)
  }

  private let posts: (good: [JSON], bad: [JSON]) = (
    [
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"]],
      [
        "scheduled_time": "2026-11-01T01:30:00-05:00", "timezone": "America/New_York", "accounts": ["acme", "acme-hook"],
        "title": "Doors open", "caption": "Doors open at nine.\n",
        "media": [["path": "media/teaser.mp4", "alt": "A horn"], ["url": "https://a.example/b"]],
        "options": ["film": ["privacy": "all", "cover": 3, "cover_at": "5s"], "webhook": ["event": "x"]],
        "overrides": ["acme-hook": ["caption": "EU", "options": ["event": "y"]]], "grace": "2h",
        "suspend": ["reason": "legal", "until": "2026-11-26T18:00"], "id": "launch-teaser",
      ],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"], "suspend": true],
    ],
    [
      [:], ["scheduled_time": "2026-11-27T09:00"], ["scheduled_time": "2026-11-27T09:00", "accounts": []],
      ["scheduled_time": "2026-11-27 09:00", "accounts": ["acme"]], ["scheduled_time": "2026-11-27T09:00", "acounts": ["acme"]],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"], "options": ["film": ["privacy": "nobody"]]],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"], "options": ["film": ["cover": 10]]],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"], "options": ["radio": [:]]],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"], "media": [["path": "a", "url": "https://a.example/b"]]],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["acme"], "grace": "2 hours"],
      ["scheduled_time": "2026-11-27T09:00", "accounts": ["Acme"]],
    ]
  )

  private let accounts: (good: [JSON], bad: [JSON]) = (
    [
      ["platform": "webhook", "url": "https://hooks.acme.example:8443/@in?a=b@c", "dedupes": true],
      [
        "platform": "film", "handle": "@acme", "timezone": "Europe/Berlin", "defaults": ["privacy": "self"], "suspend": ["reason": "x"],
        "limits": ["per_minute": 6, "per_day": 15, "concurrent": 1, "spacing": "60s"],
      ],
    ],
    [
      [:], ["platform": "radio"], ["platform": "webhook"], ["platform": "webhook", "url": "ftp://a.example"],
      ["platform": "webhook", "url": "https://user:secret@a.example"], ["platform": "film", "url": "https://a.example"],
      ["platform": "film", "defaults": ["event": "x"]], ["platform": "film", "limits": ["per_minute": 0]],
      ["platform": "film", "token": "x"],
    ]
  )

  private let settings: (good: [JSON], bad: [JSON]) = (
    [
      [:],
      [
        "grace": "1h", "retry": ["delays": ["5m", "15m", "30m"]], "timezone": "UTC", "record": ["branch": "posthorn", "interval": "2s"],
        "notify": [["on": ["failed", "in_doubt"], "account": "ops-hook"]], "policy": ["require_signed": false, "burst": 1000],
      ],
    ],
    [
      ["grace": 3600], ["retry": ["delays": "5m"]], ["notify": [["on": ["broken"], "account": "ops-hook"]]],
      ["notify": [["on": ["failed"]]]],
      ["policy": ["burst": "many"]], ["graze": "1h"],
    ]
  )
}
