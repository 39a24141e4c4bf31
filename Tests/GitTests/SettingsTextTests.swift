import Foundation
import Support
import Testing

@testable import Git

@Suite("The text of a file with settings of git")
struct SettingsTextTests {
  @Test(
    "It says what git reads in it",
    arguments: [
      "[a]\nb = c\n", "[a]b=c", "[A \"Sub x\"]\n\tB = c ; comment\n  D\n", "[a.Sub]\nb=\"x # y\" z  # no\n", "[a]\nb = one \\\n  two\n",
      "; c\n# d\n\n[a]\n[b]\nc = \"q\\\"\\\\ \\t\"\n", "[a \"x\\\"y\"]\nb =\n", "[a]\r\nb = c d \r\n", "\u{FEFF}[a]\nb=1\nb=2\n",
      "[a]\nb-1 = é ü\n",
    ])
  func read(text: String) throws {
    let folder = try TemporaryFolder("settings")
    try folder.write(text, to: "config")
    let listed = try run(["git", "config", "--file", folder.path("config"), "--list", "-z"])
    let expected = listed.split(separator: "\0").map { entry in
      let parts = entry.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return "\(parts[0])=\(parts.count == 2 ? String(parts[1]) : "true")"
    }
    #expect(try SettingsText(text).settings.map { "\($0.name)=\($0.value)" } == expected)
  }

  @Test(
    "What git does not take is an error with its line", arguments: ["[a\nb=c", "[a]\n=c", "[a]\nb \"c", "[a]\nb = \"c\n", "[a]\nb = \\x\n"])
  func bad(text: String) throws {
    let folder = try TemporaryFolder("settings")
    try folder.write(text, to: "config")
    #expect(throws: ProgramFailure.self) { try run(["git", "config", "--file", folder.path("config"), "--list"]) }
    #expect(throws: SettingsText.BadLine.self) { try SettingsText(text) }
  }
}
