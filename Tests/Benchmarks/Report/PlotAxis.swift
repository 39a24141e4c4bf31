import Glibc

/// One axis of a plot: where a value stands between its ends, and the lines that help to read it.
struct PlotAxis {
  private let kind: Kind
  /// What stands at the ends; powers of ten on a logarithmic axis.
  private let low: Double
  private let high: Double
  /// Pixels at the ends.
  private let start: Double
  private let end: Double

  enum Kind { case logarithmic, linear }

  /// - Parameter values: at least one; more than 0 each on a logarithmic axis.
  init(_ values: [Double], _ kind: Kind, from start: Double, to end: Double) {
    self.kind = kind
    (self.start, self.end) = (start, end)
    let greatest = values.max() ?? 1
    switch kind {
    case .logarithmic:
      low = log10(values.min() ?? 1).rounded(.down)
      high = max(log10(greatest).rounded(.up), low + 1)
    case .linear:
      low = 0
      let power = pow(10, log10(max(greatest, 1)).rounded(.down))
      high = ([1, 2, 2.5, 5, 10].first { $0 * power >= greatest } ?? 10) * power
    }
  }

  func place(_ value: Double) -> Double {
    start + ((kind == .logarithmic ? log10(value) : value) - low) / (high - low) * (end - start)
  }

  /// Where a number stands.
  var ticks: [Double] {
    kind == .logarithmic ? (Int(low)...Int(high)).map { pow(10, Double($0)) } : (0...5).map { high / 5 * Double($0) }
  }

  /// Thin lines: two to nine times each power of ten.
  var between: [Double] {
    kind == .logarithmic ? ticks.dropLast().flatMap { power in (2...9).map { power * Double($0) } } : []
  }
}
