import Engine
import Schedule

extension FuzzTarget {
  /// Media, zones, times and paths.
  static let host = [
    FuzzTarget("lfs-pointer") { bytes in
      guard let pointer = LFSPointer(bytes) else { return }
      let digits = Array("0123456789abcdef".utf8)
      try expect(pointer.oid.utf8.count == 64 && pointer.oid.utf8.allSatisfy(digits.contains), "\(pointer.oid) is no SHA-256")
      try expect(pointer.size >= 0, "a file has \(pointer.size) bytes")
    },
    FuzzTarget("tzif") { bytes in
      let zone: Zone
      do { zone = try Zone(name: "Fuzz/Zone", tzif: bytes) } catch {
        try expect(isClean("\(error)"), "an error of zone data reaches the terminal unescaped")
        return
      }
      for seconds in [-62_167_219_200, -3_000_000_000, 0, 1_793_491_200, 4_102_444_800, 253_402_300_799] as [Int64] {
        let instant = Instant(seconds: seconds)
        _ = zone.abbreviation(at: instant)
        let clock = zone.wallClock(at: instant)
        switch zone.occurrences(of: clock) {
        case .once(let only): try expect(zone.wallClock(at: only) == clock, "\(clock) is at another time")
        case .twice(let first, let second):
          try expect(zone.wallClock(at: first) == clock && zone.wallClock(at: second) == clock && first < second, "\(clock) is not twice")
        case .gap: try expect(clock.year == 0 || clock.year == 9999, "\(clock) is shown at \(instant), and skipped")
        }
      }
    },
    FuzzTarget("time") { bytes in
      let text = text(bytes)
      do {
        let (clock, offset) = try WallClock.parse(text)
        let again = try WallClock.parse(clock.description + (offset?.description ?? ""))
        try expect(again.clock == clock && again.offset == offset, "\(clock) is another time when it is written")
      } catch {
        try expect("\(error)".utf8.count < 1024, "an error quotes all of a long text")
      }
      if let duration = try? Duration.parse(text) {
        try expect(try Duration.parse(duration.text) == duration, "\(duration) is another one when it is written")
        try expect((.zero...Duration.longestWritten).contains(duration), "\(duration) is out of range")
      }
      if let instant = Instant(text) { try expect(Instant("\(instant)") == instant, "\(instant) is another one when it is written") }
    },
    FuzzTarget("path") { bytes in
      let path = text(bytes)
      _ = ContentPath.kind(of: path)
      if ContentPath.fault(ofRelative: path) == nil {
        try expect(
          !path.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0 == "." || $0 == "" }, "a path leads out"
        )
        try expect(!path.utf8.contains(0) && path.utf8.count <= ContentPath.maximumBytes && path.utf8.first != 0x2F, "a path is unsound")
        if let file = StatusRecord.file(ofPost: path) { try expect(file.hasPrefix("status/posts/"), "a status file is at \(file)") }
      }
      if let diagnostic = EntryCheck.diagnostic(path, .file) {
        try expect(isClean(DiagnosticReport().text(diagnostic, source: nil)), "a path reaches the terminal unescaped")
      }
      try expect(isClean(path.printable.replacing("\n", with: "")) && isClean(path.clipped(toWidth: 40).printable), "text is unescaped")
      _ = Spelling.nearest(to: path, among: ["accounts", "caption", "scheduled_time"])
    },
  ]
}
