/// Why a record in `history/` or `status/` cannot be read.
public struct RecordError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The field, such as `error.class` or `deliveries[2].state`; empty for the whole record.
  public let field: String
  public let reason: String

  public init(field: String, reason: String) {
    self.field = field
    self.reason = reason
  }

  public var description: String { field.isEmpty ? "the record \(reason)" : "the record's \"\(field)\" \(reason)" }
}

/// Takes the fields of a record out of its JSON. Fields that it is not asked for are left alone, so a later version may add some.
struct RecordReader {
  private let members: [String: JSON]
  private let place: String

  init(_ json: JSON, at place: String = "") throws(RecordError) {
    guard let members = json.object else { throw RecordError(field: place, reason: "is not an object") }
    self.members = members
    self.place = place
  }

  /// - Throws: ``RecordError`` unless the record has the version of the format that this program knows.
  func checkSchema() throws(RecordError) {
    let version = try number("schema")
    guard version == 1 else {
      throw error("schema", "is \(version), and this version of posthorn reads 1; install a newer posthorn")
    }
  }

  /// The value of a field, or `nil` where it is absent or `null`.
  func optional<Value>(
    _ key: String, _ expected: String, _ read: (JSON) throws(RecordError) -> Value?
  ) throws(RecordError) -> Value? {
    guard let json = members[key], json != .null else { return nil }
    guard let value = try read(json) else { throw error(key, "is not \(expected)") }
    return value
  }

  func required<Value>(
    _ key: String, _ expected: String, _ read: (JSON) throws(RecordError) -> Value?
  ) throws(RecordError) -> Value {
    guard let value = try optional(key, expected, read) else { throw error(key, "is missing") }
    return value
  }

  func text(_ key: String) throws(RecordError) -> String { try required(key, "a text", \.string) }
  func optionalText(_ key: String) throws(RecordError) -> String? { try optional(key, "a text", \.string) }

  func number(_ key: String) throws(RecordError) -> Int {
    try required(key, "a whole number") { json throws(RecordError) in json.int.flatMap { Int(exactly: $0) } }
  }

  func instant(_ key: String) throws(RecordError) -> Instant {
    try required(key, "a time such as 2026-11-27T14:00:00.000Z") { json throws(RecordError) in json.string.flatMap { Instant($0) } }
  }

  func optionalInstant(_ key: String) throws(RecordError) -> Instant? {
    try optional(key, "a time such as 2026-11-27T14:00:00.000Z") { json throws(RecordError) in json.string.flatMap { Instant($0) } }
  }

  func post(_ key: String) throws(RecordError) -> PostID {
    try required(key, "the id of a post") { json throws(RecordError) in json.string.flatMap { PostID($0) } }
  }

  func account(_ key: String) throws(RecordError) -> AccountName {
    try required(key, "the name of an account") { json throws(RecordError) in json.string.flatMap { AccountName($0) } }
  }

  func state(_ key: String) throws(RecordError) -> DeliveryState.Name {
    try required(key, "a state of a delivery") { json throws(RecordError) in json.string.flatMap { DeliveryState.Name(rawValue: $0) } }
  }

  func remote(_ key: String) throws(RecordError) -> Remote? {
    try optional(key, "an object") { json throws(RecordError) in
      let reader = try RecordReader(json, at: path(key))
      return Remote(id: try reader.optionalText("id"), url: try reader.optionalText("url"))
    }
  }

  func failure(_ key: String) throws(RecordError) -> DeliveryError? {
    try optional(key, "an object") { json throws(RecordError) in
      let reader = try RecordReader(json, at: path(key))
      let kind = try reader.required("class", "a class of error") { json throws(RecordError) in
        json.string.flatMap { DeliveryError.Class(rawValue: $0) }
      }
      return DeliveryError(kind, code: try reader.text("code"), message: try reader.text("message"))
    }
  }

  /// The elements of an array, each an object.
  func list<Value>(_ key: String, _ read: (RecordReader) throws(RecordError) -> Value) throws(RecordError) -> [Value] {
    let elements = try required(key, "an array", \.array)
    var values: [Value] = []
    for (index, element) in elements.enumerated() { values.append(try read(RecordReader(element, at: "\(path(key))[\(index)]"))) }
    return values
  }

  func nested(_ key: String) throws(RecordError) -> RecordReader {
    try required(key, "an object") { json throws(RecordError) in try RecordReader(json, at: path(key)) }
  }

  /// An attempt's number.
  func attempt() throws(RecordError) -> Int {
    let attempt = try number("attempt")
    guard (1...HistoryRecord.mostAttempts).contains(attempt) else {
      throw error("attempt", "is \(attempt), and attempts count from 1 to \(HistoryRecord.mostAttempts)")
    }
    return attempt
  }

  /// The wall-clock time as written, with the offset where one was.
  func scheduledTime() throws(RecordError) -> (clock: WallClock, offset: Offset?) {
    let time = try required("scheduled_time", "a time such as 2026-11-27T09:00") { json throws(RecordError) in
      // Why it is not a time does not matter to whoever reads a record that a program wrote.
      json.string.flatMap { try? WallClock.parse($0) }
    }
    return (time.clock, time.offset)
  }

  func media() throws(RecordError) -> [MediaDigest] {
    try list("media") { item throws(RecordError) in MediaDigest(path: try item.text("path"), sha256: try item.optionalText("sha256")) }
  }

  func source() throws(RecordError) -> Source {
    let source = try nested("source")
    return Source(
      commit: try source.text("commit"), blob: try source.text("blob"), author: try source.text("author"),
      committer: try source.text("committer"))
  }

  private func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
  func error(_ key: String, _ reason: String) -> RecordError { RecordError(field: path(key), reason: reason) }
}
