import Foundation
import Schedule
import Testing

/// A reader of iCalendar that is not ours: Python's icalendar, a package of Debian (`python3-icalendar`).
enum CalendarReader {
  static let isInstalled = (try? run("import icalendar", on: "")) != nil

  struct Event: Decodable, Equatable {
    var uid: String
    /// By the zone component of the file alone, whatever the reader knows of zones itself.
    var start: Int64
    var summary: String
    var description: String
    var categories: [String]
    var status: String
  }

  struct Failed: Error {}

  static func events(in text: String) throws -> [Event] {
    try JSONDecoder().decode(
      [Event].self,
      from: run(
        """
        import json, sys
        from icalendar import Calendar
        calendar = Calendar.from_ical(sys.stdin.buffer.read())
        zones = {str(zone["TZID"]): zone.to_tz() for zone in calendar.walk("VTIMEZONE")}
        events = []
        for event in calendar.walk("VEVENT"):
            assert not event.errors, event.errors
            start, zone = event["DTSTART"].dt, event["DTSTART"].params.get("TZID")
            if zone: start = zones[zone].localize(start.replace(tzinfo=None), is_dst=True)
            events.append({"uid": event["UID"], "start": int(start.timestamp()), "summary": event["SUMMARY"],
                "description": event["DESCRIPTION"], "categories": event["CATEGORIES"].to_ical().decode().split(","),
                "status": event["STATUS"]})
        print(json.dumps(events))
        """, on: text))
  }

  private static func run(_ script: String, on input: String) throws -> Data {
    let python = Process()
    let (standardInput, output) = (Pipe(), Pipe())
    // Debian's own python: that is where Debian's packages are.
    python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    python.arguments = ["-c", script]
    python.standardInput = standardInput
    python.standardOutput = output
    try python.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    python.waitUntilExit()
    guard python.terminationStatus == 0 else { throw Failed() }
    return data
  }
}

@Suite("The schedule as an iCalendar file")
struct ICalendarTests {
  private let now: Instant
  init() throws { now = try instant("2026-11-24T08:00:00Z") }

  private func entry(
    _ id: String = "launch", at time: String, in zone: String, title: String? = nil, caption: String? = nil,
    state: DeliveryState.Name = .scheduled
  ) throws -> CalendarEntry {
    let post = try #require(PostID(id))
    let account = try #require(AccountName("acme"))
    let wall = try WallClock.parse(time)
    let due = try #require(SystemTime.zones.zone(zone)).instant(of: wall.clock, offset: wall.offset)
    let delivery = PlannedDelivery(id: DeliveryID(post: post, account: account), scheduledAt: due, timezone: zone, grace: .seconds(3600))
    let planned = PlannedPost(
      id: post, path: "schedule/posts/\(id).yaml", digest: "1", scheduledTime: time, deliveries: [delivery], accounts: [account])
    let record = StatusRecord(
      post: post, path: planned.path, scheduledAt: due,
      deliveries: [.init(account: account, platform: "outbox", state: state, attempts: state == .scheduled ? 0 : 1)])
    let side = PlanSide([planned])
    return try #require(
      CalendarEntry.all(of: PostStanding.all(of: side, recorded: state == .scheduled ? [] : [record], now: now), in: side) { _ in
        var post = Post(id: post, scheduledTime: wall.clock, accounts: [account])
        (post.title, post.caption) = (title, caption)
        return post
      }.first)
  }

  private func text(_ entries: [CalendarEntry]) -> String {
    ICalendar(entries, of: "git.example.com/news", asOf: now, zones: SystemTime.zones).text
  }

  @Test("An event has the post's id and repository as its identity, its time in its zone, and its state as category")
  func event() throws {
    let text = text([try entry(at: "2026-11-27T09:00", in: "America/New_York", title: "Doors open", caption: "At nine.", state: .published)]
    )
    #expect(
      text.replacing("\r\n", with: "\n") == """
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Posthorn//Posthorn//EN
        CALSCALE:GREGORIAN
        NAME:git.example.com/news
        X-WR-CALNAME:git.example.com/news
        BEGIN:VTIMEZONE
        TZID:America/New_York
        BEGIN:STANDARD
        DTSTART:20261101T020000
        TZOFFSETFROM:-0400
        TZOFFSETTO:-0500
        TZNAME:EST
        RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:20270314T020000
        TZOFFSETFROM:-0500
        TZOFFSETTO:-0400
        TZNAME:EDT
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
        END:DAYLIGHT
        END:VTIMEZONE
        BEGIN:VEVENT
        UID:launch@git.example.com/news
        DTSTAMP:20261124T080000Z
        DTSTART;TZID=America/New_York:20261127T090000
        SUMMARY:Doors open
        DESCRIPTION:At nine.\\n\\nacme: published\\nschedule/posts/launch.yaml
        CATEGORIES:published
        STATUS:CONFIRMED
        TRANSP:TRANSPARENT
        END:VEVENT
        END:VCALENDAR

        """)
  }

  @Test("No line is longer than 75 bytes, no text ends its line, and what a program would act on is escaped")
  func lines() throws {
    let caption = String(repeating: "é漢🎺", count: 60) + "\r\nBEGIN:VEVENT\u{2028};,\\\u{1B}[31m"
    let text = text([try entry(at: "2026-11-27T09:00", in: "UTC", caption: caption)])
    for line in text.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 75 && !line.contains("\n")) }
    #expect(text.components(separatedBy: "\r\nBEGIN:VEVENT").count == 2)
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\r" || $0 == "\n" })
  }

  @Test(
    "Another library reads every event back, and reckons the instant that we do from the zone in the file",
    .enabled(if: CalendarReader.isInstalled, "python3-icalendar is not installed"))
  func peer() throws {
    var entries: [CalendarEntry] = []
    let zones = [
      "America/New_York", "Europe/Dublin", "Europe/Paris", "Asia/Kolkata", "Africa/Casablanca", "Australia/Lord_Howe", "America/Nuuk",
      "Asia/Gaza", "Asia/Jerusalem", "America/Sao_Paulo", "Pacific/Apia", "Asia/Tokyo", "UTC", "America/Santiago", "Africa/Cairo",
    ]
    for zone in zones {
      for year in [1995, 2011, 2024, 2026, 2031, 2037] {
        for day in ["01-15", "03-29", "04-05", "07-15", "10-26", "11-02", "12-28"] {
          entries.append(try entry("p\(entries.count)", at: "\(year)-\(day)T12:34", in: zone, caption: "Zeile; mit, \\ \(zone)\nzwei"))
        }
      }
    }
    entries.append(try entry("first", at: "2026-11-01T01:30-04:00", in: "America/New_York", state: .inDoubt))
    entries.append(try entry("second", at: "2026-11-01T01:30-05:00", in: "America/New_York", state: .held))
    let events = try CalendarReader.events(in: text(entries))
    #expect(events.map(\.uid) == entries.map { "\($0.name)@git.example.com/news" })
    for (event, entry) in zip(events, entries) {
      #expect(event.start == entry.scheduledAt.seconds, "\(entry.timezone ?? "") \(entry.scheduledAt)")
      #expect(event.summary == entry.summary && event.categories == [entry.state.rawValue])
      #expect(event.description.hasPrefix(entry.caption ?? "acme: "))
    }
  }
}
