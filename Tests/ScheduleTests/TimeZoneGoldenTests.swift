import Foundation
import Schedule
import Testing

/// The table that `Golden/time/make_golden.py` printed: what Python's zoneinfo says about every zone.
///
/// The committed table is of one version of tzdata. Where the system has another one the script is run again on the system's files; where
/// python3 is missing too, the suite is skipped and says so.
struct GoldenZones: Sendable {
  struct Table: Sendable {
    var names: [String]
    var start: Int64
    var changes: [(at: Int64, offset: Int64)]
  }

  let version: String
  let tables: [Table]

  init(_ text: String) {
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    version = lines.first?.last.map(String.init) ?? "none"
    tables = stride(from: 1, to: lines.count - 2, by: 3).map { index in
      var at: Int64 = 0
      let words = lines[index + 2].dropFirst().map { Int64($0, radix: 36) ?? .max }
      let changes = stride(from: 0, to: words.count, by: 2).map { pair in
        at += words[pair]
        return (at: at, offset: words[pair + 1])
      }
      return Table(names: lines[index].dropFirst().map(String.init), start: Int64(lines[index + 1][1]) ?? .max, changes: changes)
    }
  }

  /// Of the system's version of tzdata; `nil` where there is no way to one.
  static let ofSystem: GoldenZones? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/time")
    guard let text = try? String(contentsOf: folder.appending(path: "zones.txt"), encoding: .utf8) else { return nil }
    let committed = GoldenZones(text)
    return committed.version == SystemTime.version ? committed : fresh(folder.appending(path: "make_golden.py").path)
  }()

  private static func fresh(_ script: String) -> GoldenZones? {
    let python = Process()
    let output = Pipe()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    python.arguments = [script]
    python.standardOutput = output
    guard (try? python.run()) != nil, let data = try? output.fileHandleForReading.readToEnd() else { return nil }
    python.waitUntilExit()
    return python.terminationStatus == 0 ? GoldenZones(String(decoding: data, as: UTF8.self)) : nil
  }
}

@Suite(
  "Every zone agrees with Python's zoneinfo, 1970 to 2100",
  .enabled(if: GoldenZones.ofSystem != nil, "the golden table is of another tzdata than the system's, and python3 cannot make a new one"))
struct ZoneGoldenTests {
  @Test("The table covers every IANA zone and link of the system")
  func complete() throws {
    let golden = try #require(GoldenZones.ofSystem)
    #expect(golden.version == SystemTime.version)
    #expect(golden.tables.flatMap(\.names).sorted() == SystemTime.zones.names)
    #expect(golden.tables.count > 250 && SystemTime.zones.names.count > 590)
  }

  @Test("Offsets change when they should and only then")
  func offsets() throws {
    for table in try #require(GoldenZones.ofSystem).tables {
      for name in table.names {
        let zone = try zone(name)
        var wrong: [String] = []
        for stretch in stretches(of: table) {
          // Both ends, and every month between them: a change that the table does not have would show.
          for seconds in [stretch.start, stretch.end - 1] + Array(stride(from: stretch.start, to: stretch.end, by: 30 * 86_400)) {
            let instant = Instant(seconds: seconds)
            let found = zone.offset(at: instant)
            if found.seconds != Int(stretch.offset) { wrong.append("\(instant): \(found), not \(Offset(seconds: Int(stretch.offset)))") }
          }
        }
        #expect(wrong.isEmpty, "\(name): \(wrong.prefix(3))")
      }
    }
  }

  @Test("Wall clocks that are skipped are gaps, those shown twice are twice, those at the edges are once")
  func occurrences() throws {
    for table in try #require(GoldenZones.ofSystem).tables {
      let zone = try zone(table.names[0])
      var before = table.start
      for (at, after) in table.changes {
        let edges = (first: at + min(before, after), end: at + max(before, after))
        let step: Int64 = edges.first % 60 == 0 ? 60 : 1
        let middle = edges.first + (edges.end - edges.first) / 120 * 60
        if before < after {
          let gap = Occurrences.gap(before: wall(edges.first - step), after: wall(edges.end))
          for skipped in [edges.first, middle] where skipped % 60 == 0 {
            #expect(zone.occurrences(of: wall(skipped)) == gap, "\(zone) at \(wall(skipped))")
          }
        } else {
          for twice in [edges.first, middle, edges.end - 1] {
            let both = Occurrences.twice(first: Instant(seconds: twice - before), second: Instant(seconds: twice - after))
            #expect(zone.occurrences(of: wall(twice)) == both, "\(zone) at \(wall(twice))")
          }
        }
        #expect(zone.occurrences(of: wall(edges.first - 1)) == .once(Instant(seconds: edges.first - 1 - before)), "\(zone)")
        #expect(zone.occurrences(of: wall(edges.end)) == .once(Instant(seconds: edges.end - after)), "\(zone)")
        before = after
      }
    }
  }

  private func stretches(of table: GoldenZones.Table) -> [(start: Int64, end: Int64, offset: Int64)] {
    let end: Int64 = 4_133_980_800  // 2101-01-01T00:00Z
    let starts = [(at: 0, offset: table.start)] + table.changes
    return starts.indices.map { index in
      (starts[index].at, index + 1 < starts.count ? starts[index + 1].at : end, starts[index].offset)
    }
  }

  /// By way of UTC, whose wall clock counts like the instants.
  private func wall(_ seconds: Int64) -> WallClock {
    guard let utc = try? zone("UTC") else { preconditionFailure("every tzdata has UTC") }
    return utc.wallClock(at: Instant(seconds: seconds))
  }
}
