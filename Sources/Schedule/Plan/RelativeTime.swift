extension Instant {
  /// How far away it is, in the two largest units: `in 8 years 3 months`, `in 3 d 4 h`, `in 20 s`, `now`, `2 h 5 m ago`.
  public func relative(to now: Instant) -> String {
    let distance = self - now
    guard distance.milliseconds.magnitude >= 1000 else { return "now" }
    return distance > .zero ? "in \(distance.rounded)" : "\((.zero - distance).rounded) ago"
  }
}

extension Duration {
  /// A distance that is not negative, in its two largest units: `3 d 4 h`, `20 s`. What is longer than about three months is told in years
  /// and months of average length.
  public var rounded: String {
    let seconds = milliseconds / 1000
    guard seconds < 100 * 86_400 else { return Self.inMonths(seconds) }
    let units: [(name: String, length: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
    guard let first = units.firstIndex(where: { seconds >= $0.length }) else { return "0 s" }
    let parts = units[first...].prefix(2)
    var rest = seconds
    var shown: [String] = []
    for unit in parts {
      if rest >= unit.length { shown.append("\(rest / unit.length) \(unit.name)") }
      rest %= unit.length
    }
    return shown.joined(separator: " ")
  }

  private static func inMonths(_ seconds: Int64) -> String {
    // 365.2425 days are a year of the Gregorian calendar.
    let months = (seconds * 12 + 15_778_476) / 31_556_952
    let parts = [(months / 12, "year"), (months % 12, "month")].filter { $0.0 > 0 }
    return parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
  }
}
