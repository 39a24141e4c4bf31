import Foundation
import Schedule
import Testing

/// A TZif file of version 2 with one kind of time, no transitions, and `footer` as its rule.
private func file(footer: String, version: Character = "3") -> [UInt8] {
  let header: [UInt8] = Array("TZif\(version)".utf8) + [UInt8](repeating: 0, count: 15)
  let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
  let block: [UInt8] = [0, 0, 0, 0, 0, 0] + Array("LMT\0".utf8)
  return header + counts + block + header + counts + block + Array("\n\(footer)\n".utf8)
}

@Suite("Zone files")
struct ZoneFileTests {
  @Test(
    "Every form of rule for the years after the table is understood",
    arguments: [
      ("<+03>-3", "2026-07-01T00:00:00Z", "+03", 10_800), ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", "EST", -18_000),
      ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", "EDT", -14_400), ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01T00:00:00Z", "GMT", 0),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", "IST", 3600),
      ("<+0330>-3:30<+0430>,J79/24,J263/24", "2024-03-20T20:29:59Z", "+0330", 12_600),
      ("<+0330>-3:30<+0430>,J79/24,J263/24", "2024-03-20T20:30:00Z", "+0430", 16_200),
      ("AAA0BBB,J60/0,J61/0", "2024-03-01T12:00:00Z", "BBB", 3600), ("AAA0BBB,J60/0,J61/0", "2024-02-29T12:00:00Z", "AAA", 0),
      ("AAA0BBB,59/0,60/0", "2024-02-29T12:00:00Z", "BBB", 3600), ("AAA0BBB,59/0,60/0", "2023-03-01T12:00:00Z", "BBB", 3600),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", "-02", -7200),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", "-01", -3600),
      ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-26T23:59:59Z", "IST", 7200),
      ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00Z", "IDT", 10_800),
      ("XXX3EDT4,0/0,J365/23", "2026-01-01T02:59:59Z", "EDT", -14_400), ("XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", "EDT", -14_400),
      ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-12-01T00:00:00Z", "+11", 39_600),
      ("AAA5:30:15", "2026-01-01T00:00:00Z", "AAA", -19_815),
      ("AAA-0BBB-1,M1.1.1/-167,M6.1.1", "2025-12-29T01:00:00Z", "BBB", 3600),
    ])
  func footers(rule: String, at: String, abbreviation: String, offset: Int) throws {
    let zone = try Zone(name: "Test/Zone", tzif: file(footer: rule))
    #expect(try zone.abbreviation(at: instant(at)) == abbreviation)
    #expect(try zone.offset(at: instant(at)) == Offset(seconds: offset))
  }

  @Test(
    "A rule that is not of the form is an error",
    arguments: [
      "E5", "EST", "EST25", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
      "EST5EDT,J0,J5", "EST5EDT,J366,J5", "EST5EDT,366,5", "EST5EDT,M3.2.0/168,M11.1.0", "<+03-3", "EST5:60", "EST5 ",
      "EST5EDT,M3.2.0,M11.1.0,",
      "EST999999999999999999999",
    ])
  func badFooters(rule: String) {
    #expect(throws: ZoneError.footer(zone: "Test/Zone", text: rule)) { try Zone(name: "Test/Zone", tzif: file(footer: rule)) }
  }

  @Test("A file without a rule keeps its last offset")
  func withoutFooter() throws {
    #expect(try Zone(name: "Test/Zone", tzif: file(footer: "")).offset(at: .distantFuture) == Offset(seconds: 0))
  }

  @Test("A file cut at any place is an error")
  func cut() throws {
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: "\(SystemTime.folder)/America/New_York")))
    for length in 0..<whole.count {
      #expect(throws: ZoneError.self) { try Zone(name: "Test/Zone", tzif: Array(whole.prefix(length))) }
    }
  }

  @Test("A file with any byte changed is an error or a zone, and never a crash")
  func flipped() throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(SystemTime.folder)/America/New_York")))
    let times = [try clock("0000-01-01T00:00"), try clock("2026-03-08T02:30"), try clock("9999-12-31T23:59:59")]
    var refused = 0
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        bytes[index] ^= mask
        // Whether it is refused is counted; what it says of itself is not wrong as such.
        if let zone = try? Zone(name: "Test/Zone", tzif: bytes) {
          for time in times { _ = zone.occurrences(of: time) }
          for instant in [Instant.distantPast, .distantFuture] { _ = zone.wallClock(at: instant) }
        } else {
          refused += 1
        }
        bytes[index] ^= mask
      }
    }
    #expect(refused > 1000)
  }

  @Test("What is no zone file at all is an error", arguments: [[], [0x54], Array("#!/bin/sh".utf8), [UInt8](repeating: 0xFF, count: 4096)])
  func notAZone(bytes: [UInt8]) { #expect(throws: ZoneError.self) { try Zone(name: "Test/Zone", tzif: bytes) } }
}

@Suite("Names of zones")
struct ZonesTests {
  @Test("Names and links are matched exactly", arguments: ["America/New_York", "US/Eastern", "Etc/GMT+5", "UTC", "EST", "Asia/Calcutta"])
  func exact(name: String) {
    #expect(SystemTime.zones.contains(name))
    #expect(SystemTime.zones.zone(name)?.name == name)
  }

  @Test(
    "Anything else is no zone, and the one that was probably meant is named",
    arguments: [
      ("america/new_york", "America/New_York"), ("New York", "America/New_York"), ("America/New York", "America/New_York"),
      ("America/NewYork", "America/New_York"), ("Berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin"),
      ("europe-berlin", "Europe/Berlin"),
      ("PST", "America/Los_Angeles"), ("EDT", "America/New_York"), ("BST", "Europe/London"), ("CEST", "Europe/Berlin"),
      ("IST", "Asia/Kolkata"),
      ("Munich", "Europe/Berlin"), ("utc", "UTC"), ("Etc/GMT 5", nil), ("Sydny", "Australia/Sydney"), ("Middle/Earth", nil),
      ("", nil),
      ("../../etc/passwd", nil),
    ] as [(String, String?)])
  func nearest(name: String, expected: String?) {
    #expect(!SystemTime.zones.contains(name) && SystemTime.zones.zone(name) == nil)
    #expect(SystemTime.zones.nearest(to: name) == expected)
  }

  @Test("A zone is read once and then kept; one whose file fails is read again")
  func kept() {
    let reads = Counter()
    let zones = Zones(version: "1", names: ["Test/Good", "Test/Bad"]) { name in
      reads.add()
      return name == "Test/Good" ? file(footer: "AAA0") : [1, 2, 3]
    }
    #expect(zones.zone("Test/Good") === zones.zone("Test/Good") && reads.count == 1)
    #expect(zones.zone("Test/Bad") == nil && zones.zone("Test/Bad") == nil && reads.count == 3)
    #expect(zones.zone("Test/Other") == nil && reads.count == 3)
    #expect(zones.version == "1")
  }
}
