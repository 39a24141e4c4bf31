import Foundation
import Schedule
import Support
import Testing

@Suite("posthorn export")
struct ExportTests {
  private let folder: TemporaryFolder
  private let git: GitClient

  init() throws {
    folder = try TemporaryFolder("export")
    git = try GitClient.create(at: folder.path("news"))
    let due = Date(timeIntervalSinceNow: -60).formatted(.iso8601).dropLast(1)
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\ntimezone: UTC\n",
      "schedule/accounts/paris.yaml": "platform: outbox\ntimezone: Europe/Paris\n",
      "schedule/posts/due.yaml": "scheduled_time: \(due)\naccounts: [acme]\ntitle: Out\n",
      "schedule/posts/later.yaml":
        "scheduled_time: 2036-07-27T09:00\ntimezone: America/New_York\naccounts: [acme, paris]\ncaption: \"=SUM(1)\\nsecond; \\\"line\\\"\"\n",
      "schedule/posts/two.yaml": "scheduled_time: 2036-08-27T09:00\naccounts: [acme, paris]\n",
      "schedule/posts/broken.yaml": "scheduled_time: 2036-11-27\naccounts: [acme]\n",
    ])
  }

  private func export(_ form: String, from path: String? = nil) throws -> Program.Ending {
    try Program.run(["export", form], in: path ?? git.path)
  }

  @Test("A calendar has what went out and what is to come, and is the same bytes for the same commits")
  func calendar() throws {
    _ = try Program.run(["reconcile", "--state", folder.path("state")], in: git.path)
    let ending = try export("ics")
    #expect(ending.status == 0 && ending.errors.contains("left out, because their times cannot be read: broken"))
    #expect(ending.output.contains("UID:due@news\r\n") && ending.output.contains("CATEGORIES:published\r\n"))
    #expect(ending.output.contains("DTSTART;TZID=America/New_York:20360727T090000\r\n"))
    #expect(try export("ics").output == ending.output)
  }

  @Test("A post keeps its identity wherever its file moves and however the repository is reached")
  func identity() throws {
    func identities(_ output: String) -> [String] {
      output.split(separator: "\r\n").filter { $0.hasPrefix("UID:") }.map(String.init)
    }
    let before = identities(try export("ics").output)
    #expect(before == ["UID:due@news", "UID:later@news", "UID:two/paris@news", "UID:two@news"])
    try FileManager.default.createDirectory(atPath: git.path + "/schedule/posts/2036", withIntermediateDirectories: true)
    try git.git("mv", "schedule/posts/later.yaml", "schedule/posts/2036/later.yaml")
    try git.git("commit", "-q", "-m", "Move")
    #expect(identities(try export("ics").output) == before)
    for url in ["ssh://git@git.example.com:2222/team/news.git", "git@git.example.com:team/news.git", "https://git.example.com/team/news"] {
      let clone = try GitClient.clone(git.path, to: folder.path("clone-\(UUID().uuidString)"))
      try clone.git("remote", "set-url", "origin", url)
      #expect(try export("ics", from: clone.path).output.contains("UID:later@git.example.com/team/news\r\n"))
    }
  }

  @Test("JSON has for each post what it says, when, and where each delivery stands")
  func json() throws {
    let posts = try #require(try JSON.parse(Array(try export("json").output.utf8)).array)
    let two = try #require(posts.first { $0["post"] == "two" })
    #expect(two["deliveries"]?[0]?["scheduled_at"] == "2036-08-27T09:00:00.000Z")
    #expect(two["deliveries"]?[1]?["scheduled_at"] == "2036-08-27T07:00:00.000Z" && two["deliveries"]?[1]?["timezone"] == "Europe/Paris")
    let later = try #require(posts.first { $0["post"] == "later" })
    #expect(
      later["caption"] == "=SUM(1)\nsecond; \"line\"" && later["scheduled_time"] == "2036-07-27T09:00" && later["state"] == "scheduled")
    #expect(posts.first { $0["post"] == "broken" }?["state"] == "held")
  }

  @Test("A spreadsheet gets one row a post, and no formula")
  func csv() throws {
    let text = try export("csv").output
    #expect(
      text.hasPrefix(
        "id,state,scheduled_time,timezone,scheduled_at,published_at,accounts,title,caption,media,alt,more,url,path\r\n"))
    #expect(
      text.contains(
        "later,scheduled,2036-07-27T09:00,America/New_York,2036-07-27T13:00:00.000Z,,acme paris,,\"'=SUM(1)\nsecond; \"\"line\"\"\",,,,,"
          + "schedule/posts/later.yaml\r\n"), "\(text)")
  }
}
