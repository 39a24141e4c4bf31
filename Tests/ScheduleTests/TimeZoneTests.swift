import Schedule
import Testing

@Suite("Zones")
struct ZoneTests {
  @Test(
    "A time that exists once is one instant",
    arguments: [
      ("America/New_York", "2026-11-27T09:00", "2026-11-27T14:00:00.000Z"),
      ("Europe/Berlin", "2026-07-01T12:00", "2026-07-01T10:00:00.000Z"),
      ("Europe/Dublin", "2026-07-01T12:00", "2026-07-01T11:00:00.000Z"),
      ("Europe/Dublin", "2026-12-01T12:00", "2026-12-01T12:00:00.000Z"),
      ("Africa/Casablanca", "2026-03-01T12:00", "2026-03-01T12:00:00.000Z"),
      ("Africa/Casablanca", "2026-06-01T12:00", "2026-06-01T11:00:00.000Z"),
      ("Antarctica/Troll", "2026-07-01T12:00", "2026-07-01T10:00:00.000Z"),
      ("Antarctica/Troll", "2026-12-01T12:00", "2026-12-01T12:00:00.000Z"),
      ("Asia/Kathmandu", "2026-07-01T12:00:30", "2026-07-01T06:15:30.000Z"),
      ("Etc/GMT+5", "2026-07-01T12:00", "2026-07-01T17:00:00.000Z"),
      ("Etc/GMT-14", "2026-07-01T12:00", "2026-06-30T22:00:00.000Z"),
      ("UTC", "2099-12-31T23:59:59", "2099-12-31T23:59:59.000Z"),
      ("America/New_York", "2099-07-01T12:00", "2099-07-01T16:00:00.000Z"),
      ("Australia/Sydney", "2500-01-01T12:00", "2500-01-01T01:00:00.000Z"),
    ])
  func once(name: String, time: String, expected: String) throws {
    let zone = try zone(name)
    let found = try zone.instant(of: clock(time))
    #expect(found.description == expected)
    #expect(try zone.occurrences(of: clock(time)) == .once(found))
    #expect(zone.wallClock(at: found).description == time)
  }

  @Test(
    "A time that the clocks skip is a gap, and the two nearest times that exist are named",
    arguments: [
      ("America/New_York", "2026-03-08T02:30", "2026-03-08T01:59", "2026-03-08T03:00"),
      ("America/New_York", "2026-03-08T02:00", "2026-03-08T01:59", "2026-03-08T03:00"),
      ("America/New_York", "2026-03-08T02:59:59", "2026-03-08T01:59:59", "2026-03-08T03:00"),
      ("Europe/Berlin", "2090-03-26T02:15", "2090-03-26T01:59", "2090-03-26T03:00"),
      ("Europe/Dublin", "2026-03-29T01:30", "2026-03-29T00:59", "2026-03-29T02:00"),
      ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T01:59", "2026-10-04T02:30"),
      ("Pacific/Apia", "2011-12-30T09:00", "2011-12-29T23:59", "2011-12-31T00:00"),
      ("Antarctica/Troll", "2026-03-29T02:00", "2026-03-29T00:59", "2026-03-29T03:00"),
      ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T01:59", "2026-03-22T03:00"),
      ("Africa/Monrovia", "1972-01-07T00:30", "1972-01-06T23:59", "1972-01-07T00:44:30"),
    ])
  func gap(name: String, time: String, before: String, after: String) throws {
    let zone = try zone(name)
    #expect(try zone.occurrences(of: clock(time)) == .gap(before: clock(before), after: clock(after)))
    #expect(throws: try TimeError.gap(before: clock(before), after: clock(after))) { try zone.instant(of: clock(time)) }
    for neighbour in [before, after] {
      #expect(try zone.wallClock(at: zone.instant(of: clock(neighbour))) == clock(neighbour))
    }
  }

  @Test(
    "A time that occurs twice is the first, unless an offset names the second",
    arguments: [
      ("America/New_York", "2026-11-01T01:30", -4 * 3600, "2026-11-01T05:30:00.000Z", -5 * 3600, "2026-11-01T06:30:00.000Z"),
      ("Europe/Dublin", "2026-10-25T01:00", 3600, "2026-10-25T00:00:00.000Z", 0, "2026-10-25T01:00:00.000Z"),
      ("Europe/Berlin", "2088-10-31T02:59:59", 7200, "2088-10-31T00:59:59.000Z", 3600, "2088-10-31T01:59:59.000Z"),
      ("Australia/Lord_Howe", "2026-04-05T01:45", 39_600, "2026-04-04T14:45:00.000Z", 37_800, "2026-04-04T15:15:00.000Z"),
      ("Antarctica/Troll", "2026-10-25T01:30", 7200, "2026-10-24T23:30:00.000Z", 0, "2026-10-25T01:30:00.000Z"),
      ("Africa/Casablanca", "2026-02-15T02:30", 3600, "2026-02-15T01:30:00.000Z", 0, "2026-02-15T02:30:00.000Z"),
    ])
  func twice(name: String, time: String, firstOffset: Int, first: String, secondOffset: Int, second: String) throws {
    let (zone, time) = (try zone(name), try clock(time))
    let instants = (first: try instant(first), second: try instant(second))
    #expect(zone.occurrences(of: time) == .twice(first: instants.first, second: instants.second))
    #expect(try zone.instant(of: time) == instants.first)
    #expect(try zone.instant(of: time, offset: Offset(seconds: firstOffset)) == instants.first)
    #expect(try zone.instant(of: time, offset: Offset(seconds: secondOffset)) == instants.second)
    let has = [Offset(seconds: firstOffset), Offset(seconds: secondOffset)]
    #expect(throws: TimeError.offset(Offset(seconds: 12_345), has: has)) { try zone.instant(of: time, offset: Offset(seconds: 12_345)) }
  }

  @Test("An offset that the zone does not have at that time is an error, also where the time occurs once")
  func wrongOffset() throws {
    let (zone, time) = (try zone("America/New_York"), try clock("2026-07-01T09:00"))
    #expect(throws: TimeError.offset(Offset(seconds: -18_000), has: [Offset(seconds: -14_400)])) {
      try zone.instant(of: time, offset: Offset(seconds: -18_000))
    }
    #expect(try zone.instant(of: time, offset: Offset(seconds: -14_400)).description == "2026-07-01T13:00:00.000Z")
  }

  @Test("The error's sentence names the time, the zone and what is there instead")
  func messages() throws {
    let time = try clock("2026-03-08T02:30")
    let gap = TimeError.gap(before: try clock("2026-03-08T01:59"), after: try clock("2026-03-08T03:00"))
    #expect(gap.message(for: time, in: "America/New_York") == "2026-03-08T02:30 does not exist in America/New_York; 01:59 and 03:00 do")
    let day = TimeError.gap(before: try clock("2011-12-29T23:59"), after: try clock("2011-12-31T00:00"))
    #expect(
      day.message(for: try clock("2011-12-30T09:00"), in: "Pacific/Apia")
        == "2011-12-30T09:00 does not exist in Pacific/Apia; 2011-12-29T23:59 and 2011-12-31T00:00 do")
    let offset = TimeError.offset(Offset(seconds: 3600), has: [Offset(seconds: -14_400), Offset(seconds: -18_000)])
    #expect(
      offset.message(for: try clock("2026-11-01T01:30"), in: "America/New_York")
        == "America/New_York is not at +01:00 at 2026-11-01T01:30; it is at -04:00 and then at -05:00")
  }

  @Test(
    "Abbreviations are the zone's own",
    arguments: [
      ("America/New_York", "2026-01-01T00:00:00Z", "EST"), ("America/New_York", "2080-07-01T00:00:00Z", "EDT"),
      ("Asia/Kolkata", "2026-01-01T00:00:00Z", "IST"), ("America/Sao_Paulo", "2060-01-01T00:00:00Z", "-03"),
      ("Etc/GMT+5", "2026-01-01T00:00:00Z", "-05"), ("Antarctica/Troll", "2090-07-01T00:00:00Z", "+02"),
    ])
  func abbreviations(name: String, at: String, expected: String) throws {
    #expect(try zone(name).abbreviation(at: instant(at)) == expected)
  }
}
