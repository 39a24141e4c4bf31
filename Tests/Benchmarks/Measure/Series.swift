/// The values of one figure, a run each.
struct Series: Sendable {
  private let sorted: [Double]

  /// - Parameter values: at least one.
  init(_ values: [Double]) {
    precondition(!values.isEmpty, "a series has a value")
    sorted = values.sorted()
  }

  var count: Int { sorted.count }
  var least: Double { sorted[0] }
  var greatest: Double { sorted[sorted.count - 1] }
  var all: [Double] { sorted }

  var median: Double {
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// The smallest value that at least `share` of all do not exceed (the nearest rank).
  func percentile(_ share: Double) -> Double {
    let rank = (share * Double(sorted.count)).rounded(.up)
    return sorted[min(max(Int(rank), 1), sorted.count) - 1]
  }

  func map(_ change: (Double) -> Double) -> Series { Series(sorted.map(change)) }
}
