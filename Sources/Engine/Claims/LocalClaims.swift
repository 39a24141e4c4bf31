import Schedule
import StateDirectory

/// One daemon a state directory: whoever holds its lock may publish, and asks before each commit point whether it still does.
struct LocalClaims: Claims {
  let terms = ClaimTerms()
  /// Nobody else is there to have any.
  let news = AsyncStream<Void> { $0.finish() }
  let lock: HeldLock

  func join() async throws { try lock.check() }
  func leave() async {}
  func isOurs(_ account: AccountName) -> Bool { true }

  func claim(_ wanted: [Claim]) async throws -> [DeliveryID: ClaimAnswer] {
    try lock.check()
    return Dictionary(wanted.map { ($0.id, .held) }) { first, _ in first }
  }

  func permit(_ id: DeliveryID) async throws -> CommitPermit? {
    try lock.check()
    return .unlimited
  }

  func release(_ ids: [DeliveryID], _ end: ClaimEnd) async {}

  /// What this directory left in flight is in its journal.
  func takeOver(except isBusy: @Sendable (DeliveryID) -> Bool) async throws -> [AbandonedClaim] { [] }
}
