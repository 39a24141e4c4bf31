/// Up to where the entries of a journal have been applied without a gap: what a checkpoint may say that it covers.
///
/// Appends resume in no particular order, so the greatest number that was applied is not the answer.
public struct Watermark: Equatable, Sendable {
  /// Every entry up to this one was applied.
  public private(set) var covered: UInt64
  /// What was applied ahead of a gap: where it begins, and where it ends.
  private var ahead: [UInt64: UInt64] = [:]

  public init(covered: UInt64) { self.covered = covered }

  /// Notes that the effect of these entries is in the state.
  public mutating func applied(_ entries: Range<UInt64>) {
    guard !entries.isEmpty else { return }
    ahead[entries.lowerBound] = entries.upperBound
    while let end = ahead.removeValue(forKey: covered + 1) { covered = end - 1 }
  }
}
