/// Who is about to publish a delivery, and what somebody else would need to find out how that ended: a file under `status/claims/`, there from
/// before the attempt until the commit that records its outcome removes it.
public struct ClaimRecord: Equatable, Sendable {
  public var id: DeliveryID
  /// Its `startedAt` is when the claim was made.
  public var intent: Intent
  /// After this the holder begins nothing under it; others wait for as long as a call may take besides, and for the difference of their clocks.
  public var validUntil: Instant
  /// What the preparation noted: a `publish_id`. Never a secret.
  public var steps: [Observation.Remembered]
  /// What the platform had accepted when the holder handed the delivery over.
  public var remote: Remote?
  public var host: String
  /// The id of the holder's state directory.
  public var incarnation: String
  /// Which process on that directory: another one has a copy of it, or came after. `nil` in what older versions wrote.
  public var life: String?
  public var version: String
  /// The holder's. `nil` in what older versions wrote, and in what somebody else did: such a claim forbids, and says nothing else.
  public var seal: Seal?

  public init(
    id: DeliveryID, intent: Intent, validUntil: Instant, steps: [Observation.Remembered] = [], remote: Remote? = nil, host: String,
    incarnation: String, life: String? = nil, version: String
  ) {
    self.id = id
    self.intent = intent
    self.validUntil = validUntil
    self.steps = steps
    self.remote = remote
    self.host = host
    self.incarnation = incarnation
    self.life = life
    self.version = version
  }
}

extension ClaimRecord {
  /// The folder of all claims, and the claim's file in it, below the content folder: `status/claims/launch-teaser/acme.json`.
  public static let folder = "status/claims"
  public static func file(of id: DeliveryID) -> String { "\(folder)/\(id.post)/\(id.account).json" }

  /// Which delivery a file below the content folder is the claim of; `nil` where it is none.
  public static func delivery(ofFile file: some StringProtocol) -> DeliveryID? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "status", parts[1] == "claims", parts[3].hasSuffix(".json"), let post = PostID(parts[2]),
      let account = AccountName(parts[3].dropLast(".json".count))
    else { return nil }
    return DeliveryID(post: post, account: account)
  }

  public var json: JSON {
    guard let seal, var members = facts.object else { return facts }
    members[Seal.member] = seal.json
    return .object(members)
  }

  /// All that the seal is over.
  private var facts: JSON {
    [
      "schema": 1, "post": .string(id.post.text), "path": .string(intent.path), "account": .string(id.account.text),
      "platform": .string(intent.platform), "attempt": JSON(intent.attempt), "scheduled_at": JSON(intent.scheduledAt),
      "scheduled_time": .string(intent.scheduledTime.description + (intent.offset?.description ?? "")),
      "timezone": .string(intent.timezone),
      "tzdata": .string(intent.tzdata), "claimed_at": JSON(intent.startedAt), "valid_until": JSON(validUntil), "key": .string(intent.key),
      "content_sha256": .string(intent.contentSHA256), "media": .array(intent.media.map(\.json)), "source": intent.source.json,
      "steps": .array(steps.map { ["name": .string($0.name), "value": .string($0.value)] }), "remote": remote?.json ?? .null,
      "host": .string(host), "incarnation": .string(incarnation), "life": JSON(life), "version": .string(version),
    ]
  }

  /// - Throws: ``RecordError`` for what no daemon of ours writes, too: what stands in a claim reaches messages, names of files and headers.
  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    let time = try reader.scheduledTime()
    let key = try reader.text("key")
    guard DeliveryKey.isWellFormed(key) else { throw reader.error("key", "is not msg_ and 32 hexadecimal digits") }
    self.init(
      id: DeliveryID(post: try reader.post("post"), account: try reader.account("account")),
      intent: Intent(
        attempt: try reader.attempt(), key: key, path: try reader.text("path", upTo: 4096),
        platform: try reader.text("platform", upTo: 64), scheduledAt: try reader.instant("scheduled_at"), scheduledTime: time.clock,
        offset: time.offset, timezone: try reader.text("timezone", upTo: 255), tzdata: try reader.text("tzdata", upTo: 64),
        contentSHA256: try reader.text("content_sha256", upTo: 64), media: try reader.media(), source: try reader.source(),
        startedAt: try reader.instant("claimed_at")),
      validUntil: try reader.instant("valid_until"),
      steps: try reader.list("steps") { item throws(RecordError) in
        Observation.Remembered(name: try item.text("name", upTo: 64), value: try item.text("value", upTo: 4096))
      },
      remote: try reader.remote("remote"), host: try reader.text("host", upTo: 255),
      incarnation: try reader.text("incarnation", upTo: 64),
      life: try reader.optional("life", "a text of up to 64 bytes") { json throws(RecordError) in
        json.string.flatMap { $0.utf8.count <= 64 ? $0 : nil }
      },
      version: try reader.text("version", upTo: 255))
    seal = Seal(of: json)
  }
}

extension RecordReader {
  fileprivate func text(_ key: String, upTo bytes: Int) throws(RecordError) -> String {
    let text = try text(key)
    guard text.utf8.count <= bytes else { throw error(key, "is longer than \(bytes) bytes") }
    return text
  }
}
