import Etcd
import Schedule

extension EtcdClaims {
  func release(_ ids: [DeliveryID], _ end: ClaimEnd) async {
    for id in ids {
      inherited[id] = nil
      if held[id] != nil { returning[id] = end }
    }
    await giveBack()
  }

  /// Removes the claims that are to be given back; what cannot be now is tried again with the next sign of life.
  func giveBack() async {
    guard !isReturning, alarm == nil else { return }
    isReturning = true
    await turns.take(.returning)
    defer {
      isReturning = false
      turns.end(.returning)
    }
    do throws(ClusterError) {
      while let (id, end) = returning.first {
        let batch = returning.filter { $0.key.account == id.account && $0.value == end }.keys.prefix(Self.batchLimit)
        if try await !remove(Array(batch), end) {
          for id in batch { try await remove(id, end) }
        }
      }
    } catch {
      note(failing: error)
    }
  }

  /// Removes claims of one account at once.
  ///
  /// - Returns: `false` where that has to be done one by one: one of them is not what it was, or not known to be ours.
  private func remove(_ ids: [DeliveryID], _ end: ClaimEnd) async throws(ClusterError) -> Bool {
    for id in ids { await turns.take(.claim(id)) }
    defer { for id in ids { turns.end(.claim(id)) } }
    // One that was claimed anew while this waited for its turn stays.
    let claims = ids.filter { returning[$0] == end }.compactMap { id in held[id].map { (id: id, claim: $0) } }
    guard claims.count == ids.count else { return false }
    let answer = try await settings.cluster.commit(removal(of: claims, end))
    guard answer.held else { return false }
    for id in ids { (returning[id], held[id]) = (nil, nil) }
    moveOn(after: answer, ids, end)
    return true
  }

  /// Removes one, unless it is not ours any more.
  private func remove(_ id: DeliveryID, _ end: ClaimEnd) async throws(ClusterError) {
    await turns.take(.claim(id))
    defer { turns.end(.claim(id)) }
    guard returning[id] == end else { return }
    // The second round is for a write of ours whose answer never came.
    for _ in 1...2 {
      if held[id] == nil { try await lookUp(id) }
      guard let claim = held[id] else { break }
      let answer = try await settings.cluster.commit(removal(of: [(id, claim)], end))
      held[id] = nil
      guard !answer.held else {
        returning[id] = nil
        return moveOn(after: answer, [id], end)
      }
    }
    returning[id] = nil
  }

  /// Finds out whether a claim is ours that we do not hold, as far as we know.
  private func lookUp(_ id: DeliveryID) async throws(ClusterError) {
    let found = try await settings.cluster.read(.get(keys.claim(id))).results[0].keys.first
    guard let found, let there = EtcdClaimValue(found.value, of: id), isOurs(there) else { return }
    held[id] = Held(modified: found.modified, there)
  }

  /// Where claims go because of their records, the account's marker is written in the same transaction, and nobody claims anything of the account
  /// until they have read upstream after it.
  private func removal(of claims: [(id: DeliveryID, claim: Held)], _ end: ClaimEnd) -> Transaction {
    var steps: [Operation] = claims.map { .delete(keys.claim($0.id)) }
    if end == .recorded, let account = claims.first?.id.account { steps += [.get(keys.marker(account)), .put(keys.marker(account), [])] }
    return Transaction(if: claims.map { .modified(keys.claim($0.id), at: $0.claim.modified) }, then: steps)
  }

  /// What we have recorded ourselves we need not read: `seen` follows, if nobody came between.
  private func moveOn(after answer: TransactionAnswer, _ ids: [DeliveryID], _ end: ClaimEnd) {
    guard end == .recorded, let account = ids.first?.account else { return }
    let old = answer.results[ids.count].keys.first?.modified ?? 0
    guard let seen, seen[account] ?? 0 == old else { return }
    self.seen?[account] = answer.revision
  }

  /// Two operations for the marker, one for each claim.
  private static var batchLimit: Int { Transaction.operationLimit / 2 }
}
