import Foundation
import Platforms
import Schedule
import YAML

extension FuzzTarget {
  /// The files that people write: through YAML and the catalog to the report that they read.
  static let content = [
    FuzzTarget("post") { bytes in
      let path = "schedule/posts/2026/11/launch-teaser.yaml"
      var (fresh, used) = (ContentReader(), ContentReader())
      _ = catalog.read(messy, at: path, with: &used)
      let reading = catalog.read(bytes, at: path, with: &fresh, newAt: now)
      try check(reading.diagnostics, of: path, bytes)
      try expect(
        catalog.read(bytes, at: path, with: &used, newAt: now).diagnostics == reading.diagnostics, "a file depends on the one before it")
      let isValid = !reading.diagnostics.contains { $0.severity == .error }
      try expect(isValid == (reading.post != nil), "a post has errors, or none and is not there")
      try expect(isValid || reading.deliveries.isEmpty, "a post with errors has deliveries")
      for delivery in reading.deliveries { _ = delivery.scheduledAt + delivery.grace }
    },
    FuzzTarget("account") { bytes in
      let file = ContentFile(path: "schedule/accounts/acme.yaml", bytes: bytes)
      var diagnostics: [Diagnostic] = []
      let catalog = Catalog(settings: nil, accounts: [file], zones: zones, platforms: platforms, diagnostics: &diagnostics)
      try check(diagnostics, of: file.path, bytes)
      let isValid = !diagnostics.contains { $0.severity == .error }
      try expect(isValid == (AccountName("acme").flatMap(catalog.account) != nil), "an account has errors, or none and is not there")
    },
    FuzzTarget("settings") { bytes in
      let file = ContentFile(path: "schedule/posthorn.yaml", bytes: bytes)
      var diagnostics: [Diagnostic] = []
      let catalog = Catalog(settings: file, accounts: [account], zones: zones, platforms: platforms, diagnostics: &diagnostics)
      try check(diagnostics, of: file.path, bytes)
      try expect(catalog.settings.grace >= .zero && catalog.settings.record.interval >= .zero, "a duration makes no sense")
    },
  ]
}

func check(_ diagnostics: [Diagnostic], of path: String, _ bytes: [UInt8]) throws {
  let lines = lines(of: bytes)
  try expect(diagnostics == diagnostics.sorted(), "diagnostics are out of order")
  for diagnostic in diagnostics {
    try expect(diagnostic.path == path, "a diagnostic is of another file")
    try expect(isInside(diagnostic.span, lines), "\(diagnostic.span) of \(diagnostic.rule) is outside of the file")
    let report = DiagnosticReport().text(diagnostic, source: bytes)
    try expect(isClean(report), "the report of \(diagnostic.rule) reaches the terminal unescaped")
    try expect(report.utf8.count < 20_000, "the report of \(diagnostic.rule) is \(report.utf8.count) bytes long")
    let json = diagnostic.json
    try expect(try JSON.parse(json.bytes()) == json, "a diagnostic does not come back from JSON")
  }
}

/// Characters in each line, counted as the parser counts them.
private func lines(of bytes: [UInt8]) -> [Int] {
  let text = text(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...])
  var lines = [0]
  for character in text {
    if character == "\n" || character == "\r\n" || character == "\r" {
      lines.append(0)
    } else {
      lines[lines.count - 1] += character.unicodeScalars.count
    }
  }
  return lines
}

/// A place is a character, or just behind the last one of a line: what is missing is missed there.
private func isInside(_ span: Span, _ lines: [Int]) -> Bool {
  if span == .wholeFile { return true }
  func holds(_ mark: Mark) -> Bool {
    guard (1...lines.count).contains(Int(mark.line)) else { return Int(mark.line) == lines.count + 1 && mark.column <= 2 }
    return (1...lines[Int(mark.line) - 1] + 2).contains(Int(mark.column))
  }
  return span.start <= span.end && holds(span.start) && holds(span.end)
}

private let platforms = Shipped.schemas

private let account = ContentFile(path: "schedule/accounts/acme.yaml", bytes: Array("platform: outbox\n".utf8))

let catalog: Catalog = {
  var ignored: [Diagnostic] = []
  let others = [("acme-hook", "platform: webhook\nurl: https://hooks.acme.example/in\n"), ("acme-tiktok", "platform: tiktok\n")]
  return Catalog(
    settings: nil,
    accounts: [account] + others.map { ContentFile(path: "schedule/accounts/\($0.0).yaml", bytes: Array($0.1.utf8)) }, zones: zones,
    platforms: platforms, media: media, record: { $0.text == "acme-tiktok" ? strictRecord($0) : nil }, diagnostics: &ignored)
}()

private let media = MediaFolder { path in
  path == "media/teaser.mp4" ? .file(MediaFile(size: film.count)) : .absent
} open: { _ in
  MediaBytes(film)
}

/// A WebM of 100 × 100 pixels, 12 frames a second and 700 seconds: wrong in all that TikTok asks for.
private let film: [UInt8] =
  [0x1A, 0x45, 0xDF, 0xA3, 0x80, 0x18, 0x53, 0x80, 0x67, 0xAD, 0x15, 0x49, 0xA9, 0x66, 0x87, 0x44, 0x89, 0x84, 0x49, 0x2A, 0xE6, 0x00]
  + [0x16, 0x54, 0xAE, 0x6B, 0x9C, 0xAE, 0x9A, 0x83, 0x81, 0x01, 0x86, 0x85] + Array("V_VP8".utf8)
  + [0x23, 0xE3, 0x83, 0x84, 0x04, 0xF7, 0x90, 0xD5, 0xE0, 0x86, 0xB0, 0x81, 0x64, 0xBA, 0x81, 0x64]

/// One that forbids what can be forbidden.
private func strictRecord(_ account: AccountName) -> AccountRecord {
  AccountRecord(
    account: account, platform: "tiktok", syncedAt: now,
    creator: .init(
      privacyLevelOptions: ["NOBODY"], commentDisabled: true, duetDisabled: true, stitchDisabled: true, longestVideo: .seconds(1)),
    token: .init(scopes: ["other"]))
}

/// A few zones of the system, one that has folds and gaps among them.
let zones = Zones(version: "fuzz", names: ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Etc/UTC", "UTC"]) { name in
  FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)").map(Array.init)
}

let now = Instant(seconds: 1_793_491_200)

/// A file with many faults: what a reader keeps of it must not show in the next one.
private let messy = Array("accounts: [a, &b c, *d]\ncaption: \"\\u202e\"\noverrides: {x: {y: [}}\n".utf8)
