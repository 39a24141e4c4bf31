/// Whether something grows that must not, or faster than it may.
///
/// A life is cut into quarters, of which the first is warming up. What may not grow with the deliveries is judged by its greatest value in the
/// last quarter against that in the second; what has to grow, because a delivery is remembered for good, by what each delivery adds between the
/// medians of these quarters.
struct EnduranceVerdict {
  let failures: [String]
  /// What each delivery adds.
  let growth: [EnduranceSample.Watched: Double]

  private enum Rule {
    /// So much more in the last quarter at most.
    case steady(slack: Double)
    /// Never more than that, whatever is done in between.
    case below(Double)
    /// So much a delivery at most, beyond what a life needs anyway.
    case aDelivery(Double, slack: Double)
  }

  private static let mebibyte = 1_048_576.0

  private static func rule(_ watched: EnduranceSample.Watched) -> Rule {
    switch watched {
    case .descriptors: .steady(slack: 16)
    // Of 200 bytes that a delivery may have resident (M1), and as much again while the table of all of them is doubled.
    case .resident: .aDelivery(400, slack: 8 * mebibyte)
    // A checkpoint of all deliveries, and the next one beside it while it is written.
    case .state: .aDelivery(600, slack: 16 * mebibyte)
    case .journal: .below(64 * mebibyte)
    // What git gc --auto lets lie: 6,700 loose objects as it estimates them, 50 packs; and what comes until the next push starts it.
    case .looseObjects: .below(14_000)
    case .packs: .below(400)
    // A history file, a status file and the trees and commits around them, until gc has packed them well.
    case .repository: .aDelivery(6000, slack: 64 * mebibyte)
    }
  }

  init(_ samples: [EnduranceSample]) {
    var (failures, growth): ([String], [EnduranceSample.Watched: Double]) = ([], [:])
    let quarter = samples.count / 4
    guard quarter >= 2, let last = samples.last else {
      self.failures = ["there are \(samples.count) samples; eight are needed to judge"]
      self.growth = [:]
      return
    }
    let (early, late) = (samples[quarter..<(2 * quarter)], samples[(3 * quarter)...])
    let between = Double(last.deliveries) / 2
    for watched in EnduranceSample.Watched.allCases {
      let (before, after) = (Series(early.compactMap { $0.values[watched] }), Series(late.compactMap { $0.values[watched] }))
      let added = (after.median - before.median) / between
      growth[watched] = added
      let isFine =
        switch Self.rule(watched) {
        case .steady(let slack): after.greatest <= before.greatest + slack
        case .below(let limit): Series(samples.compactMap { $0.values[watched] }).greatest <= limit
        case .aDelivery(let limit, let slack): after.median - before.median <= limit * between + slack
        }
      if !isFine {
        failures.append(
          "\(watched.rawValue) grew from \(Amount.text(before.median, watched.unit)) to \(Amount.text(after.median, watched.unit)), "
            + "\(Amount.digits(added)) a delivery")
      }
    }
    self.failures = failures
    self.growth = growth
  }
}
