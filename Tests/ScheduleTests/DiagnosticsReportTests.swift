import Foundation
import Schedule
import Testing
import YAML

@Suite("The report of a mistake")
struct DiagnosticsReportTests {
  /// `RULE.yaml` is a post, `RULE.account.yaml` an account, `RULE.settings.yaml` the settings; `NAME.txt` is the exact report.
  @Test("Each golden file is reported exactly so", arguments: goldens)
  func golden(name: String) throws {
    let source = Array(try Data(contentsOf: folder.appending(path: "\(name).yaml")))
    var diagnostics: [Diagnostic] = []
    if name.hasSuffix(".account") {
      _ = Sample.catalog(accounts: [ContentFile(path: "schedule/accounts/acme.yaml", bytes: source)], diagnostics: &diagnostics)
    } else if name.hasSuffix(".settings") {
      _ = Sample.catalog(settings: String(decoding: source, as: UTF8.self), diagnostics: &diagnostics)
    } else {
      let catalog = Sample.catalog(diagnostics: &diagnostics)
      var reader = ContentReader()
      diagnostics = catalog.read(source, at: "schedule/posts/\(name).yaml", with: &reader, newAt: Sample.now).diagnostics
    }
    let report = diagnostics.map { DiagnosticReport().text($0, source: source) }.joined()
    let file = folder.appending(path: "\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(report.utf8).write(to: file) }
    #expect(report == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test(
    "What a terminal would act on is escaped",
    arguments: [
      ("\u{1B}[2J", "\\u{1B}[2J"), ("\u{9B}2J", "\\u{9B}2J"), ("a\u{202E}b", "a\\u{202E}b"), ("a\nb", "a\\u{A}b"), ("\u{7F}", "\\u{7F}"),
      ("é漢👩\u{200D}🎤", "é漢👩\u{200D}🎤"),
    ])
  func escapes(text: String, shown: String) { #expect(text.printable == shown) }

  @Test(
    "The caret stands under the span, whatever is wide or escaped before it",
    arguments: [
      ("漢字: x", 5, "      ^"), ("\u{1B}: x", 4, "        ^"), ("\tb", 2, " ^"), ("e\u{301}x", 3, " ^"),
    ])
  func caret(line: String, column: Int, under: String) {
    let span = Span(Mark(line: 1, column: column), Mark(line: 1, column: column + 1))
    let report = DiagnosticReport().text(Diagnostic(.keyUnknown, at: span, of: "p", "m", hint: "h"), source: Array(line.utf8))
    #expect(report.split(separator: "\n")[2] == "     | " + under)
  }

  @Test("A long line is cut around the span")
  func long() throws {
    let line = String(repeating: "x", count: 5000) + "HERE" + String(repeating: "y", count: 5000)
    let span = Span(Mark(line: 1, column: 5001), Mark(line: 1, column: 5005))
    let report = DiagnosticReport().text(Diagnostic(.keyUnknown, at: span, of: "p", "m", hint: "h"), source: Array(line.utf8))
    let lines = report.split(separator: "\n").map(Array.init)
    let caret = try #require(lines[2].firstIndex(of: "^"))
    #expect(lines[1].count < 130 && String(lines[1][caret...]).hasPrefix("HERE") && lines[2].count == caret + 4)
  }
}

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/validate")
private let goldens: [String] = {
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []  // An empty list fails the test for completeness.
  return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
}()
