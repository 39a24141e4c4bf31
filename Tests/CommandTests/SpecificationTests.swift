import Foundation
import Testing

/// The tests are the specification: what the project promises elsewhere has a test, and its name can be looked up.
@Suite("The specification")
struct SpecificationTests {
  @Test("Every row of the fault table, 1 to 91, has a test that names it")
  func rows() throws {
    var named: Set<Int> = []
    for name in try Self.displayNames() {
      guard let match = name.firstMatch(of: /^Rows? ([0-9, and]+):/) else { continue }
      named.formUnion(match.1.split { !$0.isNumber }.compactMap { Int($0) })
    }
    #expect(Set(1...91).subtracting(named) == [])
  }

  @Test("Every sentence of the README's guarantees has tests, and they are there")
  func guarantees() throws {
    let promised = try Self.promises()
    let names = try Self.displayNames()
    #expect(promised.filter { Guarantee.tests[$0] == nil } == [], "promised without a test")
    #expect(Guarantee.tests.keys.filter { !promised.contains($0) } == [], "tested, and promised no more")
    for (sentence, tests) in Guarantee.tests {
      #expect(tests.filter { test in !names.contains { $0.hasPrefix(test) } } == [], "\(sentence)")
    }
  }

  /// The display names of all tests, as their sources say them.
  private static func displayNames() throws -> [String] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    var names: [String] = []
    for file in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /@(?:Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"/) { names.append(String(match.1)) }
    }
    return names
  }

  /// The numbered sentences below *Guarantees*.
  private static func promises() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let section = try #require(readme.components(separatedBy: "\n## Guarantees\n").last?.components(separatedBy: "\n## ").first)
    var sentences: [String] = []
    for line in section.split(separator: "\n") {
      if let match = line.firstMatch(of: /^\d+\. (.*)$/) {
        sentences.append(String(match.1))
      } else if line.hasPrefix("   "), let last = sentences.popLast() {
        sentences.append("\(last) \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
    return sentences
  }
}
