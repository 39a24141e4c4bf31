import Foundation
import Schedule
import Testing

@Suite("The rules of validate")
struct ContentRuleTests {
  @Test("The bad example of a rule breaks exactly that rule", arguments: Rule.allCases)
  func bad(rule: Rule) {
    let found = findings(rule.page.bad)
    #expect(Set(found.map(\.rule)) == [rule])
    #expect(found.allSatisfy { !$0.hint.isEmpty })
  }

  @Test("The good example of a rule has nothing to report", arguments: Rule.allCases)
  func good(rule: Rule) { #expect(findings(rule.page.good).map(\.message) == []) }

  @Test("A rule has its id from two plain words, and a page that fits a terminal", arguments: Rule.allCases)
  func page(rule: Rule) {
    let parts = rule.rawValue.split(separator: ".")
    #expect(parts.count == 2 && parts.allSatisfy { $0.allSatisfy(\.isLowercase) })
    #expect(!rule.page.summary.isEmpty && rule.page.summary.count <= 80)
    #expect(rule.page.bad.description.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  /// `UPDATE_GOLDEN=1` writes them anew.
  @Test("The bad example of a rule is reported exactly as its golden file says", arguments: Rule.allCases)
  func golden(rule: Rule) throws {
    var sources: [String: [UInt8]] = [:]
    if case .change(_, let files) = rule.page.bad { for file in files { sources["schedule/" + file.path] = file.bytes } }
    if case .files(let files) = rule.page.bad { for file in files { sources["schedule/" + file.path] = file.bytes } }
    let report = findings(rule.page.bad).sorted().map { DiagnosticReport().text($0, source: sources[$0.path]) }.joined()
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/rules")
    let file = folder.appending(path: "\(rule.rawValue).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(report.utf8).write(to: file) }
    #expect(report == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  private func findings(_ example: RulePage.Example) -> [Diagnostic] {
    switch example {
    case .entry(let path, let kind): return [EntryCheck.diagnostic(path, kind)].compactMap(\.self)
    case .folder(let path, let entries): return [EntryCheck.crowd(path, entries: entries)].compactMap(\.self)
    case .files(let files): return findings(files.map { ContentFile(path: "schedule/" + $0.path, bytes: $0.bytes) })
    case .change(let before, let after):
      let files = after.map { ContentFile(path: "schedule/" + $0.path, bytes: $0.bytes) }
      return findings(files) + renames(from: before.map { ContentFile(path: "schedule/" + $0.path, bytes: $0.bytes) }, to: files)
    }
  }

  private func renames(from before: [ContentFile], to after: [ContentFile]) -> [Diagnostic] {
    var ignored: [Diagnostic] = []
    let catalog = Sample.catalog(diagnostics: &ignored)
    var reader = ContentReader()
    let readings = after.map { (catalog.read($0.bytes, at: $0.path, with: &reader), $0.bytes) }
    let ids = Set(readings.compactMap(\.0.id))
    var search = RenameSearch()
    for file in before where file.path.hasPrefix("schedule/posts/") {
      let old = catalog.read(file.bytes, at: file.path, with: &reader)
      guard let post = old.post, !ids.contains(post.id) else { continue }
      for status in before where status.path.hasPrefix("schedule/status/") {
        guard let json = try? JSON.parse(status.bytes), let record = try? StatusRecord(json: json) else { continue }
        search.add(post, text: file.bytes, recorded: record, instants: [:])
      }
    }
    return readings.compactMap { search.finding(of: $0.0, text: $0.1, isNew: true) }
  }

  private func findings(_ files: [ContentFile]) -> [Diagnostic] {
    func kind(_ file: ContentFile) -> ContentPath.Kind { ContentPath.kind(of: String(file.path.dropFirst("schedule/".count))) }
    var diagnostics: [Diagnostic] = []
    let accounts = files.filter { if case .account = kind($0) { true } else { false } }
    let settings = files.first { kind($0) == .settings }.map { String(decoding: $0.bytes, as: UTF8.self) }
    let catalog = Sample.catalog(
      settings: settings, accounts: accounts,
      record: { name in
        let file = files.first { $0.path == "schedule/\(AccountRecord.file(of: name))" }
        return file.flatMap { try? AccountRecord(json: JSON.parse($0.bytes)) }
      }, diagnostics: &diagnostics)
    var reader = ContentReader()
    var index = PostIndex()
    var diary = Diary()
    var readings: [PostReading] = []
    for file in files {
      index.add(path: file.path)
      switch kind(file) {
      case .post:
        let reading = catalog.read(file.bytes, at: file.path, with: &reader, newAt: Sample.now)
        if let id = reading.id { index.add(id, at: file.path, span: reading.idSpan) }
        diagnostics += reading.diagnostics
        diary.add(reading, number: readings.count)
        readings.append(reading)
      case .stray: diagnostics.append(EntryCheck.stray(file.path))
      default: break
      }
    }
    for file in files where file.path.hasPrefix("schedule/status/posts/") {
      guard let json = try? JSON.parse(file.bytes), let record = try? StatusRecord(json: json) else {
        Issue.record("\(file.path) is no status")
        continue
      }
      diagnostics += readings.compactMap { record.edit(of: $0, isEdited: false, now: Sample.now) }
    }
    for file in files where file.path.hasPrefix("schedule/history/") {
      let record = try? HistoryRecord(json: try JSON.parse(file.bytes))
      if record == nil { Issue.record("\(file.path) is no record of an attempt") }
      diagnostics += readings.compactMap { record?.zoneChange(in: $0, tzdata: "2026c") }
    }
    let collisions = index.diagnostics()
    // Files with one id are told so, and no more.
    if !collisions.contains(where: { $0.rule == .idDuplicate }) {
      let clashes = diary.clashes(in: catalog, paths: readings.map(\.path), now: Sample.now)
      diagnostics += clashes.map { $0.diagnostic(of: readings[$0.post], beside: $0.other.map { readings[$0].path }, in: catalog) }
    }
    return diagnostics + collisions
  }
}
