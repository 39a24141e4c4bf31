import Synchronization

/// What has happened so far, in all worlds of a trial, or in one.
final class Tally: Sendable {
  private let happened = Mutex<[DisturbanceKind: Int]>([:])
  private let hasEnded = Mutex(false)

  func count(_ kind: DisturbanceKind) { happened.withLock { $0[kind, default: 0] += 1 } }
  var counts: [DisturbanceKind: Int] { happened.withLock { $0 } }
  var total: Int { counts.values.reduce(0, +) }

  /// Nothing more is going to happen.
  func end() { hasEnded.withLock { $0 = true } }

  /// How much of what is planned has happened, from 0 to 1.
  func share(of planned: Int) -> Double { hasEnded.withLock { $0 } ? 1 : Double(total) / Double(max(1, planned)) }
}
