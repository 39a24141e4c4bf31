import Glibc

/// One axis of a plot: whole powers of ten, and where a value stands between its ends.
struct LogAxis {
  /// Powers of ten at the ends.
  private let low: Double
  private let high: Double
  /// Pixels at the ends.
  private let start: Double
  private let end: Double

  /// - Parameter values: more than 0 each, at least one.
  init(_ values: [Double], from start: Double, to end: Double) {
    low = log10(values.min() ?? 1).rounded(.down)
    high = max(log10(values.max() ?? 1).rounded(.up), low + 1)
    (self.start, self.end) = (start, end)
  }

  func place(_ value: Double) -> Double { start + (log10(value) - low) / (high - low) * (end - start) }

  /// The powers of ten.
  var decades: [Double] { (Int(low)...Int(high)).map { pow(10, Double($0)) } }

  /// Two to nine times each power, for thin lines.
  var between: [Double] { decades.dropLast().flatMap { decade in (2...9).map { decade * Double($0) } } }
}
