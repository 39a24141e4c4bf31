import Etcd
import Schedule

extension EtcdClaims {
  func release(_ ids: [DeliveryID], _ end: ClaimEnd) async {
    for id in ids where held[id] != nil { returning[id] = end }
    await giveBack()
  }

  /// Removes the claims that are to be given back; what cannot be now is tried again with the next sign of life.
  func giveBack() async {
    guard !isReturning, alarm == nil else { return }
    isReturning = true
    defer { isReturning = false }
    do throws(ClusterError) {
      while let (id, end) = returning.first {
        let batch = returning.filter { $0.key.account == id.account && $0.value == end }.keys.prefix(Self.batchLimit)
        if try await !remove(Array(batch), end) {
          for id in batch { _ = try await remove([id], end, isLast: true) }
        }
      }
    } catch {
      note(failing: error)
    }
  }

  /// Removes claims of one account at once. Where it is because of their records, the account's marker is written in the same transaction, and
  /// nobody claims anything of the account until they have read upstream after it.
  ///
  /// - Returns: `false` where one of them is not ours any more.
  private func remove(_ ids: [DeliveryID], _ end: ClaimEnd, isLast: Bool = false) async throws(ClusterError) -> Bool {
    let claims = ids.compactMap { id in held[id].map { (id: id, claim: $0) } }
    let marker = ids.first.map { keys.marker($0.account) } ?? ""
    var steps: [Operation] = claims.map { .delete(keys.claim($0.id)) }
    if end == .recorded { steps += [.get(marker), .put(marker, [])] }
    let answer = try await settings.cluster.commit(
      Transaction(if: claims.map { .modified(keys.claim($0.id), at: $0.claim.modified) }, then: steps))
    guard answer.held || isLast else { return false }
    for (id, claim) in claims where returning[id] == end {
      returning[id] = nil
      if held[id] == claim { held[id] = nil }
    }
    for id in ids where held[id] == nil { returning[id] = nil }
    if answer.held, end == .recorded {
      moveOn(ids[0].account, from: answer.results[claims.count].keys.first?.modified ?? 0, to: answer.revision)
    }
    return true
  }

  /// What we have recorded ourselves we need not read: `seen` follows, if nobody came between.
  private func moveOn(_ account: AccountName, from old: Int64, to new: Int64) {
    guard let seen, seen[account] ?? 0 == old else { return }
    self.seen?[account] = new
  }

  /// Two operations for the marker, one for each claim.
  private static var batchLimit: Int { Transaction.operationLimit / 2 }
}
