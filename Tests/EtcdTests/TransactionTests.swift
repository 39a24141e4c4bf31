import Support
import Testing

@testable import Etcd

@Suite("Transactions of etcd", .enabled(if: EtcdServer.isInstalled, "needs Debian's etcd-server and etcd-client"))
struct TransactionTests {
  /// The gateway ignores a field that it does not know, and then compares something else: each kind has to be seen to hold and to fail (C4).
  @Test("Each condition holds where it is true, and fails where it is not")
  func conditions() async throws {
    let stage = try await Stage()
    let cluster = stage.cluster
    _ = try await cluster.commit(Transaction(then: [.put("other", [])]))
    let created = try await cluster.commit(Transaction(then: [.put("k", "1".bytes)])).revision
    let modified = try await cluster.commit(Transaction(then: [.put("k", "2".bytes)])).revision
    let cases: [(Condition, Bool)] = [
      (.created("k", at: created), true), (.created("k", at: modified), false), (.created("k", at: 0), false),
      (.created("absent", at: 0), true), (.created("absent", at: created), false),
      (.modified("k", at: modified), true), (.modified("k", at: created), false), (.modified("k", at: 0), false),
      (.modified("absent", at: 0), true), (.modified("absent", at: modified), false),
      (.modified("k", atLeast: modified), true), (.modified("k", atLeast: created), true), (.modified("k", atLeast: modified + 1), false),
      (.modified("absent", atLeast: 1), false),
      (.version("k", is: 2), true), (.version("k", is: 1), false), (.version("k", is: 0), false),
      (.version("absent", is: 0), true), (.version("absent", is: 2), false),
      (.value("k", is: "2".bytes), true), (.value("k", is: "1".bytes), false), (.value("k", is: []), false),
      (.value("other", is: []), true), (.value("absent", is: []), false),
    ]
    for (condition, expected) in cases {
      let answer = try await cluster.commit(Transaction(if: [condition], then: [], otherwise: []))
      #expect(answer.held == expected, "\(condition)")
    }
    #expect(!(try await cluster.commit(Transaction(if: cases.map(\.0), then: []))).held, "one that fails is enough")
    #expect(try await cluster.commit(Transaction(if: cases.filter(\.1).map(\.0), then: [])).held)
  }

  @Test("Does one side or the other, whole, and says what it found, empty values and absent keys included")
  func sides() async throws {
    let stage = try await Stage()
    let cluster = stage.cluster
    let lease = LeaseID.random()
    _ = try await cluster.grant(lease, seconds: 60)
    let put = try await cluster.commit(
      Transaction(if: [.version("a/1", is: 0)], then: [.put("a/1", [0, 255], lease: lease), .put("a/2", []), .get("none")]))
    #expect(put.held)
    #expect(put.results == [.put, .put, .found([], hasMore: false)])
    let again = try await cluster.commit(
      Transaction(
        if: [.version("a/1", is: 0)], then: [.delete("a/1")],
        otherwise: [.get("a/1"), .list(prefix: "a/"), .delete("none"), .delete("a/2")]))
    #expect(!again.held)
    let first = KeyValue(key: "a/1", value: [0, 255], created: put.revision, modified: put.revision, version: 1, lease: lease)
    let second = KeyValue(key: "a/2", value: [], created: put.revision, modified: put.revision, version: 1, lease: nil)
    #expect(again.results == [.found([first], hasMore: false), .found([first, second], hasMore: false), .deleted(0), .deleted(1)])
  }

  @Test("Reads all keys of a prefix page by page, and none beside it")
  func pages() async throws {
    let stage = try await Stage()
    for batch in 0..<3 {
      _ = try await stage.cluster.commit(Transaction(then: (0..<Transaction.operationLimit).map { .put("p/\(batch * 1000 + $0)", []) }))
    }
    _ = try await stage.cluster.commit(Transaction(then: [.put("p", []), .put("p0", []), .put("q/1", [])]))
    let keys = try await stage.cluster.all(prefix: "p/", page: 100)
    #expect(Set(keys.map(\.key)).count == 3 * Transaction.operationLimit)
    #expect(keys.count == 3 * Transaction.operationLimit)
    #expect(keys.allSatisfy { $0.key.hasPrefix("p/") })
  }

  @Test("What etcd refuses is told with its own words, and nothing was done")
  func refusals() async throws {
    let stage = try await Stage()
    let tooMany = Transaction(then: (0...Transaction.operationLimit).map { .put("\($0)", []) })
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.commit(tooMany) } == .refused(code: 3))
    let doubled = Transaction(then: [.put("a", []), .put("a", [])])
    #expect(await failure { () async throws(ClusterError) in try await stage.cluster.commit(doubled) } == .refused(code: 3))
    #expect(try await stage.cluster.all(prefix: "a").isEmpty)
  }
}
