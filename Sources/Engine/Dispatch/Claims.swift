import Schedule

/// The right to publish a delivery, held by one daemon. A delivery is claimed before it is prepared.
protocol Claims: Sendable {
  /// Whether this daemon may act for the delivery.
  func claim(_ id: DeliveryID) async throws -> Bool

  /// Asked right before the commit point: whether the claim still holds, for as long as one call may take.
  func mayCommit(_ id: DeliveryID) async throws -> Bool
}

/// One daemon a state directory: whoever holds its lock may publish, and asks before each commit point whether it still does.
struct LocalClaims: Claims {
  let isLockHeld: @Sendable () -> Bool

  func claim(_ id: DeliveryID) async throws -> Bool { isLockHeld() }
  func mayCommit(_ id: DeliveryID) async throws -> Bool { isLockHeld() }
}
