/// That claims are made in this repository, and since when: the file `status/claims.json`, written with the first claim and never changed.
///
/// From then on nothing is begun without a claim: what was due later and has neither claim nor record was begun by nobody.
public struct ClaimingRecord: Equatable, Sendable {
  public var since: Instant
  public var host: String
  public var incarnation: String
  public var version: String

  public init(since: Instant, host: String, incarnation: String, version: String) {
    self.since = since
    self.host = host
    self.incarnation = incarnation
    self.version = version
  }

  /// Below the content folder.
  public static let file = "status/claims.json"

  public var json: JSON {
    [
      "schema": 1, "claims": "push", "since": JSON(since), "host": .string(host), "incarnation": .string(incarnation),
      "version": .string(version),
    ]
  }

  public init(json: JSON) throws(RecordError) {
    let reader = try RecordReader(json)
    try reader.checkSchema()
    let kind = try reader.text("claims")
    guard kind == "push" else { throw reader.error("claims", "is \"\(kind)\", and this version of posthorn knows \"push\"") }
    self.init(
      since: try reader.instant("since"), host: try reader.text("host"), incarnation: try reader.text("incarnation"),
      version: try reader.text("version"))
  }
}
