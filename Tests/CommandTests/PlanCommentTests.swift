import Foundation
import Support
import Testing

@Suite("The plan as a comment on a pull request")
struct PlanCommentTests {
  private let folder: TemporaryFolder
  private let git: GitClient

  init() throws {
    folder = try TemporaryFolder("comment")
    git = try GitClient.create(at: folder.path("work"))
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\ntimezone: UTC\n",
      "schedule/posts/first.yaml": "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n",
      "schedule/posts/third.yaml": "scheduled_time: 2036-11-27T12:00\naccounts: [acme]\n",
    ])
  }

  private func plan(_ files: [String: String?], _ arguments: String...) throws -> Program.Ending {
    try git.commit(Dictionary(uniqueKeysWithValues: files.map { ("schedule/posts/\($0)", $1) }))
    return try Program.run(["plan", "HEAD~1..HEAD", "--format", "markdown"] + arguments, in: git.path)
  }

  @Test("It begins with the mark by which it is found again, and says so where nothing changes")
  func mark() throws {
    #expect(
      try plan(["notes.md": "x"]).output == "<!-- posthorn plan -->\n### Posthorn: no changes\n\nNothing that is scheduled changes.\n")
    #expect(try plan(["first.yaml": nil]).output.hasPrefix("<!-- posthorn plan -->\n### Posthorn: 1 cancelled\n"))
  }

  @Test("Each change has its times, its neighbours on the account, and a conflict where two leave at once")
  func neighbours() throws {
    let apart = try plan(["second.yaml": "scheduled_time: 2036-11-27T10:30\naccounts: [acme]\ncaption: Hello\n"]).output
    #expect(apart.contains("| add | `second` | `acme` | 2036-11-27 10:30 UTC | 2036-11-27 10:30 UTC | in "))
    #expect(apart.contains("1 h 30 m after `first`, 1 h 30 m before `third` |\n"))
    #expect(apart.contains("<details><summary><code>second</code></summary>\n\n```text\nHello\n```\n"))
    let together = try plan(["fourth.yaml": "scheduled_time: 2036-11-27T12:00\naccounts: [acme]\n"])
    #expect(together.output.contains("**at the same time as `third`**"))
    let text = try Program.run(["plan", "HEAD~1..HEAD"], in: git.path).output
    #expect(text.contains("      1 h 30 m after second\n      conflict: at the same time as third\n"))
  }

  @Test("What cannot be taken back stands on top")
  func warnings() throws {
    let soon = String(Date.now.addingTimeInterval(600).ISO8601Format().dropLast())
    let output = try plan(["soon.yaml": "scheduled_time: \(soon)\naccounts: [acme]\n", "first.yaml": nil]).output
    let warning = try #require(output.components(separatedBy: "| --- |").first)
    #expect(warning.contains("> [!WARNING]\n") && warning.contains("`soon` to `acme` goes out in "))
    #expect(warning.contains("`first` to `acme` would not go out any more"))
  }

  @Test(
    "No text of a post does anything in the comment but stand there",
    arguments: ["@everyone closes #1", "</details><script>alert(1)</script>", "````\n</details>\n# Approved", "| a | b |\n| --- | --- |"])
  func hostile(caption: String) throws {
    let quoted = String(decoding: try JSONEncoder().encode(caption), as: UTF8.self)
    let post = "scheduled_time: 2036-12-01T09:00\naccounts: [acme]\ntitle: \(quoted.replacing("\\n", with: " "))\ncaption: \(quoted)\n"
    let output = try plan(["evil.yaml": post]).output
    let fence = try #require(output.firstMatch(of: /\n(`{3,})text\n/)).1
    let block = try #require(output.components(separatedBy: "\(fence)text\n").last?.components(separatedBy: "\n\(fence)\n").first)
    #expect(block == caption)
    #expect(output.hasSuffix("\(fence)\n\n</details>\n"))
  }

  /// Where GFM draws a link, or a bar ends a cell, although the text stands in HTML's code.
  static let drawn = [
    "www.evil.example", "https://evil.example/x", "see mailto:x@evil.example now", "a@evil.example", "[x](https://evil.example)",
    "<https://evil.example>", "![x](https://evil.example/x.png)", "`https://evil.example`", "`` www.evil.example `",
    "a|b | www.evil.example", "x |\u{301} www.evil.example",
    "\\| www.evil.example \\", "\\` www.evil.example", "</code> www.evil.example <code>", "| x |\n| - |\n| www.evil.example |",
  ]

  @Test(
    "Nothing in it becomes a link, a picture or a table of its own, wherever the text of a post stands",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/cmark-gfm"), "needs Debian's cmark-gfm"), arguments: drawn)
  func links(text: String) throws {
    let quoted = String(decoding: try JSONEncoder().encode(text), as: UTF8.self).replacing("\\/", with: "/")
    let post = """
      scheduled_time: 2036-11-27T09:00
      accounts: [acme]
      title: \(quoted)
      caption: \(quoted)
      media: [{url: "https://evil.example/x.png", alt: \(quoted)}]
      suspend: {reason: \(quoted)}
      overrides: {acme: {caption: \(quoted)}}

      """
    let output = try plan(["www.evil.example.yaml": post, "www.other.example.yaml": post]).output
    #expect(output.contains("evil.example/x.png") && output.contains("| hold |"), "\(output)")
    let html = try run(
      ["cmark-gfm", "--unsafe", "-e", "autolink", "-e", "table", "-e", "tagfilter", "-e", "strikethrough"], input: Data(output.utf8))
    #expect(!html.contains("<a ") && !html.contains("<img"), "\(html)")
    #expect(html.components(separatedBy: "<table>").count == 2, "\(html)")
    #expect(html.components(separatedBy: "<th>").count == 8 && html.components(separatedBy: "<td>").count % 7 == 1, "\(html)")
  }

  @Test("A plan reads what changed and what is near, and says so: what lies further away is not even looked at")
  func near() throws {
    let far = (0..<1001).map {
      ("schedule/posts/2035/\($0 % 2 == 0 ? "01" : "02")/old-\($0).yaml", "scheduled_time: 2035-11-27T09:00\naccounts: [acme]\n")
    }
    try git.commit(Dictionary(uniqueKeysWithValues: far + [("schedule/posts/1999/lost.yaml", "caption: never read\n")]))
    let blob = try git.git("rev-parse", "HEAD:schedule/posts/1999/lost.yaml")
    try FileManager.default.removeItem(atPath: git.path + "/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
    #expect(try Program.run(["plan", "HEAD~1..HEAD"], in: git.path).status == 3)
    let ending = try plan(["2036/11/second.yaml": "scheduled_time: 2036-11-27T10:30\naccounts: [acme]\n"])
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(ending.output.contains("compared with the 65 posts in the nearest folders; posthorn validate compares all of them"))
  }

  @Test("A change of an account concerns every post of it, and the first commit with a schedule adds all")
  func further() throws {
    try git.commit(["schedule/accounts/acme.yaml": "platform: outbox\ntimezone: Asia/Tokyo\n"])
    let moved = try Program.run(["plan", "HEAD~1..HEAD"], in: git.path)
    #expect(moved.output.hasSuffix("2 rescheduled\n"), "\(moved.output)\(moved.errors)")
    let other = try GitClient.create(at: folder.path("other"))
    try other.commit(["README.md": "x"])
    try other.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\n",
      "schedule/posts/first.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [acme]\n",
    ])
    #expect(try Program.run(["plan", "HEAD~1..HEAD"], in: other.path).output.hasSuffix("1 to go out\n"))
    #expect(
      try Program.run(["plan", "HEAD~1..HEAD", "--folder", "none"], in: other.path).errors.contains(
        "neither end of the range has a folder none"))
  }

  @Test("A post whose id another one near it has already goes out no more, and neither does that one")
  func clash() throws {
    let output = try plan(["2036/first.yaml": "scheduled_time: 2036-12-27T10:30\naccounts: [acme]\n"]).output
    #expect(output.contains("| hold |") && output.contains("is also that of"), "\(output)")
  }
}
