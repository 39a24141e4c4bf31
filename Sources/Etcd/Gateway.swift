import Schedule

/// The gateway's JSON, of etcd 3.4: 64-bit numbers are texts, keys and values are base64, and what is false, 0 or empty is left out.
///
/// - Source: `etcdserverpb/rpc.proto`; what odd answers look like was measured (C4).
extension Transaction {
  var json: JSON {
    ["compare": .array(conditions.map(\.json)), "success": .array(then.map(\.json)), "failure": .array(otherwise.map(\.json))]
  }
}

extension Condition {
  var json: JSON {
    let (target, result, field, value): (String, JSON, String, JSON) =
      switch expectation {
      case .created(let revision): ("CREATE", "EQUAL", "create_revision", .string("\(revision)"))
      case .modified(let revision): ("MOD", "EQUAL", "mod_revision", .string("\(revision)"))
      case .modifiedSince(let revision): ("MOD", "GREATER", "mod_revision", .string("\(revision - 1)"))
      case .version(let count): ("VERSION", "EQUAL", "version", .string("\(count)"))
      case .value(let bytes): ("VALUE", "EQUAL", "value", .string(Base64.encode(bytes)))
      }
    return .object(["key": .base64(key), "result": result, "target": .string(target), field: value])
  }
}

extension Operation {
  var json: JSON {
    switch self {
    case .get(let key): ["request_range": ["key": .base64(key)]]
    case .range(let first, let end, let limit):
      ["request_range": ["key": .base64(first), "range_end": .base64(end), "limit": .string("\(limit)")]]
    case .put(let key, let value, let lease):
      ["request_put": ["key": .base64(key), "value": .string(Base64.encode(value)), "lease": .string("\(lease?.number ?? 0)")]]
    case .delete(let key): ["request_delete_range": ["key": .base64(key)]]
    }
  }

  /// What this operation brought; `nil` where it is not in the answer.
  func result(_ json: JSON) -> OperationResult? {
    switch self {
    case .get, .range:
      guard let range = json["response_range"], let keys = KeyValue.list(range["kvs"]) else { return nil }
      return .found(keys, hasMore: range["more"]?.bool ?? false)
    case .put: return json["response_put"].map { _ in .put }
    case .delete: return json["response_delete_range"].map { .deleted($0["deleted"]?.number ?? 0) }
    }
  }
}

extension KeyValue {
  /// `nil` where one of them is not a key; an absent list is an empty one.
  fileprivate static func list(_ json: JSON?) -> [KeyValue]? {
    guard let json else { return [] }
    let keys = json.array?.map(KeyValue.init(json:)) ?? [nil]
    return keys.contains(nil) ? nil : keys.compactMap { $0 }
  }

  fileprivate init?(json: JSON) {
    guard let key = json["key"]?.string.flatMap(Base64.decode), let created = json["create_revision"]?.number,
      let modified = json["mod_revision"]?.number, let version = json["version"]?.number,
      let value = Base64.decode(json["value"]?.string ?? ""), let text = String(validating: key, as: UTF8.self)
    else { return nil }
    self.init(
      key: text, value: value, created: created, modified: modified, version: version, lease: json["lease"]?.number.map(LeaseID.init))
  }
}

extension JSON {
  static func base64(_ text: String) -> JSON { .string(Base64.encode(Array(text.utf8))) }

  /// A 64-bit number, which the gateway writes as a text.
  var number: Int64? { int ?? string.flatMap { Int64($0) } }
}
