import Etcd
import Logging

/// C5: an etcd that was put back has forgotten claims, and gives them to whoever asks. Its revision tells, until others have written so much that it
/// is past what was known. A key that this state directory alone writes tells for good: it cannot be older than it once was.
extension EtcdClaims {
  var witnessKey: String { keys.witness(identity.incarnation) }

  /// What has to hold wherever a right is given: etcd knows what we had written into it when it was asked, and nobody has found that it forgot.
  struct Lineage: Sendable {
    var witness: Int64?
    var conditions: [Condition]
    /// What the transaction reads otherwise, after everything else.
    var questions: [Operation]
  }

  var lineage: Lineage {
    Lineage(
      witness: witness,
      conditions: [.version(keys.stopped, is: 0)] + (witness.map { [.modified(witnessKey, atLeast: $0)] } ?? []),
      questions: [.get(keys.stopped), .get(witnessKey)])
  }

  /// - Throws: where that transaction failed because etcd went back.
  func check(_ lineage: Lineage, _ answer: TransactionAnswer) throws(ClusterError) {
    let found = answer.results.suffix(2).map(\.keys.first)
    guard found.count == 2, !answer.held else { return }
    let error: ClusterError
    if let word = found[0] {
      error = .stopped(by: String(decoding: word.value, as: UTF8.self))
    } else if let witness = lineage.witness, found[1]?.modified ?? 0 < witness {
      error = settings.cluster.wentBack(from: witness, to: found[1]?.modified ?? 0)
    } else {
      return
    }
    note(failing: error)
    throw error
  }

  /// Writes our own key once more, if it is as it was.
  func bearWitness() async throws(ClusterError) {
    let lineage = lineage
    let answer = try await settings.cluster.commit(
      Transaction(if: lineage.conditions, then: [.put(witnessKey, [])], otherwise: lineage.questions))
    if answer.held { note(witness: answer.revision) } else { try check(lineage, answer) }
  }

  func note(witness revision: Int64) { witness = max(revision, witness ?? 0) }

  /// Tells the others, who may have written nothing since what was forgotten.
  func tellOthers() async {
    let word = "etcd went back; \(identity.host) has seen it"
    // Whoever cannot be told finds it alone, or not.
    _ = try? await settings.cluster.commit(
      Transaction(if: [.version(keys.stopped, is: 0)], then: [.put(keys.stopped, Array(word.utf8))]))
  }
}
