import Schedule
import Testing

@Suite("What is said about a zone that is an offset")
struct ZoneAdviceTests {
  private let zones = SystemTime.zones

  @Test(
    "An offset is understood as everybody writes it, east being +; the names below Etc/ are zones",
    arguments: [
      ("GMT+5", 18_000), ("UTC+5", 18_000), ("utc+05:30", 19_800), ("UTC +0530", 19_800), ("+05:30", 19_800), ("+5", 18_000),
      ("-3", -10_800),
      ("UTC\u{2212}3", -10_800), ("GMT-0930", -34_200), ("UTC5", 18_000), ("Etc/UTC+5", 18_000), ("GMT+1", 3600), ("Z", 0), ("UTC+0", 0),
      ("UTC+14:00", 50_400), ("05:30", nil), ("GMT+25", nil), ("GMT+5:75", nil), ("Berlin", nil), ("EST", nil), ("", nil), ("+", nil),
      ("UTC", nil), ("GMT+5+3", nil), ("+5a", nil), ("UTC+", nil),
    ] as [(String, Int?)])
  func written(name: String, seconds: Int?) {
    // The names of UTC itself are zones, and never asked for.
    guard !["UTC", "Z"].contains(name) else { return }
    #expect(Offset(writtenAsZone: name)?.seconds == seconds)
  }

  @Test(
    "Whoever writes an offset is told a place that is always at it, and what Etc/ would have called it",
    arguments: [
      ("GMT+5", "Asia/Karachi", "Etc/GMT-5 is +05:00 too"), ("UTC-5", "America/Bogota", "Etc/GMT+5 is -05:00 too"),
      ("+05:30", "Asia/Kolkata", nil), ("UTC+1", "Africa/Lagos", "Etc/GMT-1"), ("GMT-3", "America/Sao_Paulo", "Etc/GMT+3"),
      ("UTC+5:45", "Asia/Kathmandu", nil), ("-03:30", nil, nil),
    ] as [(String, String?, String?)])
  func advice(name: String, city: String?, etcetera: String?) {
    let advice = zones.advice(on: name)
    #expect(advice.question.isEmpty, "a suggestion of another offset: \(advice.question)")
    #expect(advice.hint.hasPrefix("an offset is no zone: name a place"))
    if let city { #expect(advice.hint.contains("such as \(city), which is at")) }
    if let etcetera {
      #expect(
        advice.hint.contains(etcetera) && advice.hint.contains("the sign is the other way round")
          || advice.hint.contains("its sign is the other way round"))
    }
    #expect(advice.hint.contains("Etc/") == (etcetera != nil))
  }

  @Test("No suggestion for an offset has another one in any month of the years to come")
  func suggestions() throws {
    for quarter in -56...56 {
      let offset = Offset(seconds: quarter * 900)
      for name in ["UTC\(offset)", "GMT\(offset)", "\(offset)"] where offset.seconds != 0 {
        #expect(zones.nearest(to: name) == nil && zones.advice(on: name).question.isEmpty)
      }
      guard let city = zones.city(alwaysAt: offset) else { continue }
      let zone = try zone(city)
      for month in 0..<150 { #expect(zone.offset(at: Instant(seconds: 1_767_225_600 + Int64(month) * 2_629_743)) == offset, "\(city)") }
    }
  }

  @Test(
    "A zone that is one offset all year, and is called as though it were a place's, is told with that place",
    arguments: [
      ("EST", "UTC-05:00 all year", "America/New_York"), ("MST", "UTC-07:00", "America/Denver"), ("HST", "UTC-10:00", "Pacific/Honolulu"),
      ("GMT", "UTC+00:00", "Europe/London"), ("Etc/GMT+5", "UTC-05:00: the sign in this name is the other way round", "Asia/Karachi"),
      ("Etc/GMT-5", "UTC+05:00", "America/Bogota"), ("UTC", nil, nil), ("Etc/UTC", nil, nil), ("Etc/GMT", nil, nil),
      ("Etc/GMT+0", nil, nil),
      ("America/New_York", nil, nil), ("EET", nil, nil), ("EST5EDT", nil, nil), ("Asia/Kolkata", nil, nil), ("Eire", nil, nil),
    ] as [(String, String?, String?)])
  func fixed(name: String, message: String?, hint: String?) throws {
    guard zones.zone(name) != nil else { return }
    let found = zones.fixed(name)
    #expect((found == nil) == (message == nil), "\(String(describing: found))")
    if let message, let hint {
      #expect(found?.message.contains(message) == true && found?.hint.contains(hint) == true, "\(String(describing: found))")
    }
  }

  @Test("The warning stands at the zone of a post, and leaves it valid")
  func warning() {
    let reading = Sample.read("scheduled_time: 2027-07-27T09:00\ntimezone: EST\naccounts: [acme]\ncaption: Hello\n")
    #expect(reading.post != nil && reading.diagnostics.map(\.rule) == [.zoneFixed])
    #expect(reading.diagnostics.first?.line == 2)
  }

  @Test("A name that tzdata has, and whose file is missing, is told as that, with the package that has old names")
  func missing() {
    let advice = Zones(version: "1", names: ["US/Pacific"]) { _ in nil }.advice(on: "US/Pacific")
    #expect(advice.question.contains("its file is missing") && advice.hint.contains("tzdata-legacy"))
  }
}
