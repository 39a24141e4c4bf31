/// What etcd does at once, or not at all: where every condition holds `then` is done, else `otherwise`.
///
/// A misspelt field would be ignored by the gateway and compare something else (C4), so there is no other way to write one.
public struct Transaction: Equatable, Sendable {
  public var conditions: [Condition]
  public var then: [Operation]
  public var otherwise: [Operation]

  public init(if conditions: [Condition] = [], then: [Operation], otherwise: [Operation] = []) {
    (self.conditions, self.then, self.otherwise) = (conditions, then, otherwise)
  }

  /// How many operations etcd takes at once, unless its operator says otherwise (`--max-txn-ops`).
  public static let operationLimit = 128
}

/// Something that is true of one key.
public struct Condition: Equatable, Sendable {
  public let key: String
  let expectation: Expectation

  enum Expectation: Equatable, Sendable {
    case created(Int64)
    case modified(Int64)
    case modifiedSince(Int64)
    case version(Int64)
    case value([UInt8])
  }

  /// It was created by that revision and not deleted since; 0: it is not there.
  public static func created(_ key: String, at revision: Int64) -> Condition { Condition(key: key, expectation: .created(revision)) }
  /// That revision was the last that wrote it; 0: it is not there.
  public static func modified(_ key: String, at revision: Int64) -> Condition { Condition(key: key, expectation: .modified(revision)) }
  /// That revision or a later one was the last that wrote it.
  public static func modified(_ key: String, atLeast revision: Int64) -> Condition {
    Condition(key: key, expectation: .modifiedSince(revision))
  }
  /// It was written so many times since it was created; 0: it is not there.
  public static func version(_ key: String, is count: Int64) -> Condition { Condition(key: key, expectation: .version(count)) }
  /// It is there with exactly this value.
  public static func value(_ key: String, is value: [UInt8]) -> Condition { Condition(key: key, expectation: .value(value)) }
}

/// One thing that a transaction does.
public enum Operation: Equatable, Sendable {
  case get(String)
  /// The keys from the first name to before the second, in order, at most `limit` of them; 0 is all.
  case range(from: String, before: String, limit: Int64 = 0)
  case put(String, [UInt8], lease: LeaseID? = nil)
  case delete(String)

  /// The keys that begin with `prefix`.
  public static func list(prefix: String) -> Operation { .range(from: prefix, before: end(of: prefix)) }

  /// The first name after all that begin with `prefix`.
  static func end(of prefix: String) -> String {
    var bytes = Array(prefix.utf8)
    guard let last = bytes.popLast(), last < 0x7F else { preconditionFailure("a prefix ends with an ASCII character") }
    return String(decoding: bytes + [last + 1], as: UTF8.self)
  }

  var isReading: Bool {
    switch self {
    case .get, .range: true
    case .put, .delete: false
    }
  }
}

extension Transaction {
  /// It changes nothing, whichever way it goes.
  var isReading: Bool { then.allSatisfy(\.isReading) && otherwise.allSatisfy(\.isReading) }
}

/// What one operation brought.
public enum OperationResult: Equatable, Sendable {
  case found([KeyValue], hasMore: Bool)
  case put
  case deleted(Int64)

  /// What a ``Operation/get(_:)`` or ``Operation/range(from:before:limit:)`` found; empty for others.
  public var keys: [KeyValue] {
    guard case .found(let keys, _) = self else { return [] }
    return keys
  }
}

/// What came of a transaction.
public struct TransactionAnswer: Equatable, Sendable {
  /// Whether the conditions held.
  public let held: Bool
  /// Of the operations that were done, in their order.
  public let results: [OperationResult]
  /// The revision of the cluster after it.
  public let revision: Int64
}

/// A key as it is.
public struct KeyValue: Equatable, Sendable {
  public let key: String
  public let value: [UInt8]
  public let created: Int64
  public let modified: Int64
  public let version: Int64
  public let lease: LeaseID?
}

/// The name of a lease, chosen by whoever asks for it.
public struct LeaseID: Hashable, Sendable {
  public let number: Int64

  public init(_ number: Int64) { self.number = number }

  /// One that nobody else chooses.
  public static func random() -> LeaseID { LeaseID(Int64.random(in: 1...Int64.max)) }
}
