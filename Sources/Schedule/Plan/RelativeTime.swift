extension Instant {
  /// How far away it is, in the two largest units: `in 3 d 4 h`, `in 20 s`, `now`, `2 h 5 m ago`.
  public func relative(to now: Instant) -> String {
    let distance = self - now
    guard distance.milliseconds.magnitude >= 1000 else { return "now" }
    return distance > .zero ? "in \(distance.rounded)" : "\((.zero - distance).rounded) ago"
  }
}

extension Duration {
  /// A distance that is not negative, in its two largest units: `3 d 4 h`, `20 s`.
  public var rounded: String {
    let seconds = milliseconds / 1000
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
}
