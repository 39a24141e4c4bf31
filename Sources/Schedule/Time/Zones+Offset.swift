/// What people write for a zone that is none but a distance from UTC, and names of tzdata that are no more than that.
extension Zones {
  /// What is said about a name that is no zone.
  public struct Advice: Equatable, Sendable {
    /// `; did you mean "Europe/Berlin"?`, or nothing.
    public var question: String
    public var hint: String
  }

  /// What to say to whoever wrote `name`, which is no zone. No suggestion has another offset than what was written.
  public func advice(on name: String) -> Advice {
    guard !contains(name) else {
      return Advice(
        question: ", as its file is missing or damaged",
        hint: "tzdata has this name: reinstall tzdata; Debian has old names in tzdata-legacy")
    }
    guard let offset = Offset(writtenAsZone: name) else {
      let question = nearest(to: name).map { "; did you mean \"\($0)\"?" } ?? ""
      return Advice(question: question, hint: "zones are IANA names such as Europe/Berlin, matched exactly")
    }
    guard offset.seconds != 0 else {
      return Advice(
        question: contains("UTC") ? "; did you mean \"UTC\"?" : "", hint: "zones are IANA names such as Europe/Berlin, matched exactly")
    }
    let city = city(alwaysAt: offset).map { ", such as \($0), which is at \(offset) all year" } ?? ""
    var hint = "an offset is no zone: name a place\(city)"
    if let name = Self.etcetera(at: offset), contains(name) { hint += "; \(name) is \(offset) too, as its sign is the other way round" }
    return Advice(question: "", hint: hint)
  }

  /// A city that is at this offset in summer and winter; `nil` where this tzdata has none.
  public func city(alwaysAt offset: Offset) -> String? {
    citiesWithoutSummerTime.first { name in
      guard let zone = zone(name) else { return false }
      return Self.halfYears.allSatisfy { zone.offset(at: $0) == offset }
    }
  }

  /// What there is to say about a zone that is a name for one offset all year, although it sounds like more; `nil` for all others.
  public func fixed(_ name: String) -> (message: String, hint: String)? {
    guard name.utf8.count <= 3 || name.hasPrefix("Etc/GMT"), let zone = zone(name) else { return nil }
    let offset = zone.offset(at: Self.halfYears[0])
    if let place = placesOfFixed[name] {
      return (
        "\(name) is UTC\(offset) all year, in summer too",
        "\(place) has the clocks of that place" + (name == "GMT" ? "; UTC says that none is meant" : "")
      )
    }
    guard name.hasPrefix("Etc/GMT"), offset.seconds != 0 else { return nil }
    let meant = Offset(seconds: -offset.seconds)
    func suggestion(_ offset: Offset) -> String { city(alwaysAt: offset).map { "for UTC\(offset), \($0)" } ?? "" }
    let cities = [suggestion(offset), suggestion(meant)].filter { !$0.isEmpty }
    return (
      "\(name) is UTC\(offset): the sign in this name is the other way round",
      "name a place" + (cities.isEmpty ? "" : ": \(cities.joined(separator: "; "))")
    )
  }

  private static func etcetera(at offset: Offset) -> String? {
    offset.seconds % 3600 == 0 ? "Etc/GMT\(offset.seconds < 0 ? "+" : "-")\(abs(offset.seconds / 3600))" : nil
  }

  /// January and July of the years that posts are planned for.
  private static let halfYears = (0..<32).map { Instant(seconds: 1_767_225_600 + $0 * 15_778_463) }
}

extension Offset {
  /// The offset that somebody meant who wrote `GMT+5`, `UTC-3`, `+05:30` or `UTC+0530` for a zone; `nil` for anything else. East of UTC is `+`,
  /// as everybody has it but the names below `Etc/`.
  public init?(writtenAsZone name: String) {
    var rest = name.uppercased().filter { $0 != " " }.replacing("\u{2212}", with: "-")[...]
    var hasPrefix = false
    for prefix in ["ETC/UTC", "ETC/UT", "UTC", "GMT", "UT", "Z"] where rest.hasPrefix(prefix) && !hasPrefix {
      rest = rest.dropFirst(prefix.count)
      hasPrefix = true
    }
    let isWest = rest.first == "-"
    let hasSign = isWest || rest.first == "+"
    guard hasSign || hasPrefix else { return nil }
    if hasSign { rest = rest.dropFirst() }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let first = parts.first else {
      return nil
    }
    let (hours, minutes): (Substring, Substring)
    switch (parts.count, first.count) {
    case (2, 1...2): (hours, minutes) = (first, parts[1])
    case (1, 1...2): (hours, minutes) = (first, "0")
    case (1, 3...4): (hours, minutes) = (first.dropLast(2), first.suffix(2))
    default: return nil
    }
    guard let hour = Int(hours), let minute = Int(minutes), hour <= 15, minute < 60 else { return nil }
    self.init(seconds: (isWest ? -1 : 1) * (hour * 3600 + minute * 60))
  }
}

/// Names of tzdata that say an offset, and the place whose clocks people have in mind.
private let placesOfFixed = [
  "EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu", "GMT": "Europe/London",
]

/// One for each offset that somebody lives at all year.
private let citiesWithoutSummerTime = [
  "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Marquesas", "Pacific/Gambier", "Pacific/Pitcairn", "America/Phoenix",
  "America/Costa_Rica", "America/Bogota", "America/Puerto_Rico", "America/Sao_Paulo", "America/Noronha", "Atlantic/Cape_Verde",
  "Africa/Abidjan", "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Asia/Karachi",
  "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Singapore", "Australia/Eucla", "Asia/Tokyo",
  "Australia/Darwin", "Australia/Brisbane", "Pacific/Guadalcanal", "Pacific/Tarawa", "Pacific/Tongatapu", "Pacific/Kiritimati",
]
