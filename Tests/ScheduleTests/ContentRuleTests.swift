import Schedule
import Testing

@Suite("The rules of validate")
struct ContentRuleTests {
  @Test("The bad example of a rule breaks exactly that rule", arguments: Rule.allCases)
  func bad(rule: Rule) {
    let found = Set(findings(rule.page.bad).map(\.rule))
    #expect(found == [rule])
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

  private func findings(_ example: RulePage.Example) -> [Diagnostic] {
    switch example {
    case .entry(let path, let kind): return [EntryCheck.diagnostic(path, kind)].compactMap(\.self)
    case .folder(let path, let entries): return [EntryCheck.crowd(path, entries: entries)].compactMap(\.self)
    case .files(let files): return findings(files.map { ContentFile(path: "schedule/" + $0.path, bytes: $0.bytes) })
    }
  }

  private func findings(_ files: [ContentFile]) -> [Diagnostic] {
    func kind(_ file: ContentFile) -> ContentPath.Kind { ContentPath.kind(of: String(file.path.dropFirst("schedule/".count))) }
    var diagnostics: [Diagnostic] = []
    let accounts = files.filter { if case .account = kind($0) { true } else { false } }
    let settings = files.first { kind($0) == .settings }.map { String(decoding: $0.bytes, as: UTF8.self) }
    let catalog = Sample.catalog(settings: settings, accounts: accounts, diagnostics: &diagnostics)
    var reader = ContentReader()
    var index = PostIndex()
    for file in files {
      index.add(path: file.path)
      switch kind(file) {
      case .post:
        let reading = catalog.read(file.bytes, at: file.path, with: &reader, newAt: Sample.now)
        if let id = reading.id { index.add(id, at: file.path, span: reading.idSpan) }
        diagnostics += reading.diagnostics
      case .stray: diagnostics.append(EntryCheck.stray(file.path))
      default: break
      }
    }
    return diagnostics + index.diagnostics()
  }
}
