public import HTTP
import Schedule
import Synchronization

/// An etcd cluster, spoken to through the JSON gateway of its servers. Transactions, reads and leases; every read is linearizable.
///
/// The servers are asked in turn until one answers. What may not be done twice without harm is never sent to a second server after the first
/// may have read it. A connection that died is used again by libcurl without a word (P2), so a transaction may even then be applied twice:
/// conditions have to make the second time harmless.
public final class Cluster: Sendable {
  public struct Login: Equatable, Sendable {
    let user: String
    let password: String

    public init(user: String, password: String) { (self.user, self.password) = (user, password) }
  }

  public typealias Send = @Sendable (Request) async throws(HTTPError) -> Response

  let endpoints: [Endpoint]
  let login: Login?
  let deadline: Duration
  let send: Send
  let state: Mutex<State>

  struct State {
    /// Which endpoint answered last.
    var preferred = 0
    var token: String?
    var mark: ClusterMark?
  }

  /// - Parameters:
  ///   - endpoints: the base URLs of its servers, at least one.
  ///   - mark: how far it had come when it was last seen.
  ///   - deadline: of one request to one server.
  public init(
    _ endpoints: [Endpoint], login: Login? = nil, mark: ClusterMark? = nil, deadline: Duration = .seconds(5), send: @escaping Send
  ) {
    precondition(!endpoints.isEmpty, "a cluster has an endpoint")
    (self.endpoints, self.login, self.deadline, self.send) = (endpoints, login, deadline, send)
    state = Mutex(State(mark: mark))
  }

  /// How far the cluster has come, as far as it was heard.
  public var mark: ClusterMark? { state.withLock { $0.mark } }

  /// The failure of a cluster whose newest write to a key of ours was made by `old`, and is by `new` now; 0: the key is gone.
  public func wentBack(from old: Int64, to new: Int64) -> ClusterError {
    let cluster = mark?.cluster ?? "unknown"
    return ClusterError(.wentBack(from: ClusterMark(cluster: cluster, revision: old), to: ClusterMark(cluster: cluster, revision: new)), "")
  }

  /// Does what the transaction says, at once.
  ///
  /// - Throws: ``ClusterError/Reason/unknown`` where it may have been applied.
  public func commit(_ transaction: Transaction) async throws(ClusterError) -> TransactionAnswer {
    let isReading = transaction.isReading
    let floor = mark?.revision ?? 0
    let (json, origin) = try await call("v3/kv/txn", transaction.json, isReading ? .asking : .changing)
    let held = json["succeeded"]?.bool ?? false
    let operations = held ? transaction.then : transaction.otherwise
    let responses = json["responses"]?.array ?? []
    let results = zip(operations, responses).map { $0.result($1) }
    guard let revision = json["header"]?["revision"]?.number, responses.count == operations.count, !results.contains(nil) else {
      throw ClusterError(isReading ? .unreadable : .unknown, at: origin, "the answer to a transaction lacks a part")
    }
    try note(revision, atLeast: floor, origin)
    return TransactionAnswer(held: held, results: results.compactMap { $0 }, revision: revision)
  }

  /// Reads several things at one revision.
  public func read(_ operations: Operation...) async throws(ClusterError) -> TransactionAnswer {
    try await commit(Transaction(then: operations))
  }

  /// All keys that begin with `prefix`, read page by page: what changes meanwhile is in it or not.
  public func all(prefix: String, page: Int64 = 200) async throws(ClusterError) -> [KeyValue] {
    let end = Operation.end(of: prefix)
    var keys: [KeyValue] = []
    var first = prefix
    while true {
      let answer = try await read(.range(from: first, before: end, limit: page))
      guard case .found(let found, let hasMore)? = answer.results.first else { return keys }
      keys += found
      guard hasMore, let last = found.last else { return keys }
      first = last.key + "\0"
    }
  }

  /// A linearizable answer never shows less than one that came before the question.
  private func note(_ revision: Int64, atLeast floor: Int64, _ origin: Origin) throws(ClusterError) {
    let (old, isBehind) = state.withLock { state in
      let old = state.mark
      if let cluster = old?.cluster { state.mark = ClusterMark(cluster: cluster, revision: max(revision, old?.revision ?? 0)) }
      return (old, revision < floor)
    }
    guard isBehind, let old else { return }
    throw ClusterError(.wentBack(from: old, to: ClusterMark(cluster: old.cluster, revision: revision)), at: origin, "")
  }
}
