/// Numbers as people read them: three digits that count, and a unit near the number's size.
enum Amount {
  static func text(_ value: Double, _ unit: Figure.Unit) -> String {
    let (scale, sign) = scale(of: value, unit)
    return digits(value * scale) + " " + sign
  }

  /// The median, and the range where there were several runs.
  static func text(_ series: Series, _ unit: Figure.Unit) -> String {
    let (scale, sign) = scale(of: series.median, unit)
    let median = digits(series.median * scale) + " " + sign
    return series.count < 2 ? median : "\(median) (\(digits(series.least * scale))..\(digits(series.greatest * scale)))"
  }

  static func digits(_ value: Double) -> String {
    let places = value.magnitude >= 99.95 ? 0 : value.magnitude >= 9.995 ? 1 : 2
    let power = [1.0, 10, 100][places]
    let whole = Int((value * power).rounded())
    guard places > 0 else { return grouped(whole) }
    let fraction = String(whole.magnitude % UInt(power))
    return (whole < 0 ? "-" : "") + "\(whole.magnitude / UInt(power))." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// `12345` as `12,345`.
  static func grouped(_ number: Int) -> String {
    var (text, rest) = ("", String(number.magnitude))
    while rest.count > 3 {
      text = "," + rest.suffix(3) + text
      rest.removeLast(3)
    }
    return (number < 0 ? "-" : "") + rest + text
  }

  private static func scale(of value: Double, _ unit: Figure.Unit) -> (Double, String) {
    switch unit {
    case .seconds: value.magnitude >= 1 ? (1, "s") : value.magnitude >= 0.001 ? (1e3, "ms") : (1e6, "µs")
    case .bytes: (1 / 1_048_576, "MiB")
    case .perSecond: (1, "/s")
    case .count: (1, "")
    }
  }
}
