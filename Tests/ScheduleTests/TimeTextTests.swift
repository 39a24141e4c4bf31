import Schedule
import Testing

@Suite("Times, instants and durations as text")
struct TimeTextTests {
  @Test(
    "A time is a date, a T and a time of day; seconds and an offset are optional",
    arguments: [
      ("2026-11-27T09:00", "2026-11-27T09:00", nil), ("2026-11-27T09:00:00", "2026-11-27T09:00", nil),
      ("2028-02-29T23:59:59", "2028-02-29T23:59:59", nil), ("2026-11-01T01:30-05:00", "2026-11-01T01:30", -18_000),
      ("2026-11-01T01:30:15+05:45", "2026-11-01T01:30:15", 20_700), ("2026-11-01T01:30Z", "2026-11-01T01:30", 0),
      ("1970-01-01T00:00-00:44:30", "1970-01-01T00:00", -2670), ("0000-01-01T00:00", "0000-01-01T00:00", nil),
    ] as [(String, String, Int?)])
  func reads(text: String, clock: String, offset: Int?) throws {
    let read = try WallClock.parse(text)
    #expect(read.clock.description == clock)
    #expect(read.offset?.seconds == offset)
  }

  @Test(
    "What is nearly a time says what is wrong and what was probably meant",
    arguments: [
      ("2026-11-27 09:00", "has a space where a T goes", "2026-11-27T09:00"),
      ("2026-11-27t09:00", "has \"t\" where a T goes", "2026-11-27T09:00"),
      ("2026-1-7T9:05", "is not in the form year-month-dayThour:minute with two digits each", "2026-01-07T09:05"),
      ("2026/11/27 9:00", "has a space where a T goes", "2026-11-27T09:00"),
      ("2026-11-27", "has no time of day", "2026-11-27T09:00, with the hour that you mean"),
      ("2026-11-27 9:30 PM", "uses AM or PM, and hours go from 00 to 23", "2026-11-27T21:30"),
      ("2026-11-27T12:00am", "uses AM or PM, and hours go from 00 to 23", "2026-11-27T00:00"),
      ("2026-11-27T09:00:00.5", "has a fraction of a second, and whole seconds are the finest", "2026-11-27T09:00"),
      (
        "2026-11-27T09:00 EST", "has something behind the time that is not an offset; a zone goes under \"timezone\"",
        "2026-11-27T09:00"
      ),
      ("2026-11-27 09:00 -05:00", "has a space where a T goes", "2026-11-27T09:00-05:00"),
      ("2026-11-27T25:00", "has hour 25; hours go from 00 to 23", nil),
      ("2026-11-27T09:60", "has minute 60; minutes go from 00 to 59", nil),
      ("2026-11-27T09:00:60", "has second 60; seconds go from 00 to 59", nil),
      ("2026-13-01T09:00", "has month 13; months go from 01 to 12", nil),
      ("2026-02-30T09:00", "has day 30; days of that month go from 01 to 28", nil),
      ("2027-02-29T09:00", "has day 29; days of that month go from 01 to 28", nil),
      ("2026-11-31T09:00", "has day 31; days of that month go from 01 to 30", nil),
      ("2026-02-30", "has no such day", nil), ("27.11.2026 09:00", "is not a date and a time", nil),
      ("tomorrow", "is not a date and a time", nil), ("", "is not a date and a time", nil), ("2026", "is not a date and a time", nil),
      ("2026-11-27T09", "has no time of day that can be read", nil), ("2026-11-27T٠٩:٠٠", "has no time of day that can be read", nil),
    ] as [(String, String, String?)])
  func nearMisses(text: String, reason: String, suggestion: String?) {
    #expect {
      try WallClock.parse(text)
    } throws: { error in
      let error = error as? WallClockError
      return error?.text == text && error?.reason == reason && error?.suggestion == suggestion
    }
  }

  @Test("The sentence of an error quotes the text, cut, and shows the form")
  func sentence() {
    #expect {
      try WallClock.parse("soon")
    } throws: {
      "\($0)" == "\"soon\" is not a date and a time; write a date and a time such as 2026-11-27T09:00"
    }
    #expect {
      try WallClock.parse(String(repeating: "x", count: 5000))
    } throws: {
      ($0 as? WallClockError)?.text.count == 64
    }
  }

  @Test("Every day of four centuries exists once, and no other")
  func calendar() throws {
    var days = 0
    var last: WallClock?
    for year in 1800..<2200 {
      for month in 1...12 {
        for day in 1...31 {
          guard let clock = WallClock(year: year, month: month, day: day, hour: 0, minute: 0) else { continue }
          #expect(clock.year == year && clock.month == month && clock.day == day && last.map { $0 < clock } ?? true)
          last = clock
          days += 1
        }
      }
    }
    #expect(days == 146_097)
  }

  @Test(
    "An instant is RFC 3339 in UTC with milliseconds",
    arguments: [
      ("2026-11-27T14:00:00.000Z", 1_795_788_000_000), ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
      ("2000-02-29T12:34:56.789Z", 951_827_696_789), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ] as [(String, Int64)])
  func instants(text: String, milliseconds: Int64) {
    #expect(Instant(text) == Instant(milliseconds: milliseconds))
    #expect(Instant(milliseconds: milliseconds).description == text)
  }

  @Test("A fraction of an instant may be missing or finer than it is kept")
  func fractions() {
    #expect(Instant("2026-11-27T14:00:00Z")?.description == "2026-11-27T14:00:00.000Z")
    #expect(Instant("2026-11-27T14:00:00.5Z")?.description == "2026-11-27T14:00:00.500Z")
    #expect(Instant("2026-11-27T14:00:00.123999999Z")?.description == "2026-11-27T14:00:00.123Z")
  }

  @Test("Instants beyond the years that can be written show the first or the last of them")
  func beyondYears() {
    #expect(Instant.distantPast.description.hasPrefix("0000-01-01T00:00:00."))
    #expect(Instant.distantFuture.description.hasPrefix("9999-12-31T23:59:59."))
  }

  @Test(
    "What is not an instant is refused",
    arguments: ["2026-11-27T14:00:00", "2026-11-27T14:00:00+00:00", "2026-02-30T14:00:00Z", "2026-11-27T14:00:00.Z", "2026-11-27", "", "x"])
  func notInstants(text: String) { #expect(Instant(text) == nil) }

  @Test(
    "A duration is a whole number and a unit",
    arguments: [
      ("90s", 90, "90s"), ("5m", 300, "5m"), ("1h", 3600, "1h"), ("2d", 172_800, "2d"), ("0s", 0, "0s"), ("60s", 60, "1m"), ("0d", 0, "0s"),
      ("36500d", 3_153_600_000, "36500d"),
    ])
  func durations(text: String, seconds: Int, written: String) throws {
    #expect(try Duration.parse(text) == .seconds(seconds))
    #expect(Duration.seconds(seconds).text == written)
  }

  @Test(
    "What is not a duration says why",
    arguments: [
      ("90", "has no unit"), ("5 m", "is not one whole number and one unit"), ("1h30m", "is not one whole number and one unit"),
      ("1.5h", "is not one whole number and one unit"), ("5w", "has an unknown unit"), ("-5m", "is not a duration"),
      ("", "is not a duration"),
      ("h", "is not a duration"), ("36501d", "is longer than a hundred years"), ("999999999999d", "is longer than a hundred years"),
      ("9999999999999s", "is not one whole number and one unit"),
    ])
  func notDurations(text: String, reason: String) {
    #expect(throws: DurationError.self) { try Duration.parse(text) }
    do { _ = try Duration.parse(text) } catch {
      #expect("\(error)" == "\"\(text)\" \(reason); write a number and a unit, such as 90s, 5m, 1h or 2d")
    }
  }

  @Test(
    "An offset is written with two digits each", arguments: [(-18_000, "-05:00"), (0, "+00:00"), (20_700, "+05:45"), (-2670, "-00:44:30")])
  func offsets(seconds: Int, text: String) { #expect(Offset(seconds: seconds).description == text) }
}
