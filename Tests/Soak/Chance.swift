import Schedule
import Support

/// Everything that is left to chance, from one seed: the same question gets the same answer, whoever asks it when.
struct Chance: Sendable {
  let seed: UInt64

  /// When a daemon is killed: so long after it was started, or after it has taken in what was pushed, however long that took.
  enum Moment: Sendable {
    case afterStart(Duration)
    case afterAdoption(Duration)
  }

  /// The moment of the nth kill. Some daemons hardly get to start, and some get far enough to publish and record.
  func moment(_ number: Int) -> Moment {
    let drawn = unit("life \(number)")
    switch unit("kind \(number)") {
    case ..<0.4: return .afterStart(.milliseconds(Int(drawn * 200)))
    case ..<0.7: return .afterStart(.milliseconds(Int(drawn * 1500)))
    default: return .afterAdoption(.milliseconds(Int(drawn * 1500)))
    }
  }

  /// What the receiver does with a request. To accounts that dedupe, a repeat is always answered: each one waits for the call before it.
  func handling(of id: DeliveryID, number: Int) -> Ledger.Handling {
    if id.account.text.hasPrefix("dedupes"), number > 1 { return .accept }
    switch unit("\(id) \(number)") {
    case ..<0.02: return .lose
    case ..<0.04: return .acceptSilently
    case ..<0.06: return .refuse(503)
    default: return .accept
    }
  }

  /// A number from 0 up to 1.
  func unit(_ question: String) -> Double {
    var hash = seed ^ 0xCBF2_9CE4_8422_2325
    for byte in question.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }  // FNV-1a
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9  // and the end of SplitMix64, for the high bits
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((hash ^ (hash >> 31)) >> 11) / Double(1 << 53)
  }
}
