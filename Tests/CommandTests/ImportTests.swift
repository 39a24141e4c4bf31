import Foundation
import Schedule
import Support
import Testing

@Suite("posthorn import")
struct ImportTests {
  private let folder: TemporaryFolder
  private let git: GitClient

  init() throws {
    folder = try TemporaryFolder("import")
    git = try GitClient.create(at: folder.path("news"))
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\n", "schedule/accounts/hook.yaml": "platform: outbox\n",
      "schedule/posthorn.yaml": "timezone: America/New_York\n", "schedule/media/cat.jpg": "cat",
      "schedule/posts/there.yaml": "scheduled_time: 2036-10-27T09:00\naccounts: [acme]\n",
    ])
  }

  private func csv(_ text: String, _ more: String...) throws -> Program.Ending {
    try Program.run(["import", "csv", "-"] + more, in: git.path, input: text)
  }

  private func post(_ name: String) throws -> String { try Posthorn.text(git.path + "/schedule/posts/" + name) }
  private func files() throws -> [String] {
    try git.git("ls-files", "-o", "--exclude-standard").split(separator: "\n").map(String.init)
  }

  @Test(
    "Sheets as programs write them are read: empty columns at the end, a line that names the separator, blank lines, blanks around what is read",
    arguments: [
      "scheduled_time,accounts,caption,,\n2036-11-27T09:00,acme,Doors,,\n",
      "sep=;\nscheduled_time;accounts;caption\n2036-11-27T09:00;acme;Doors\n",
      "\n\nscheduled_time,accounts,caption\n2036-11-27T09:00,acme,Doors\n",
      "scheduled_time,accounts,caption\n 2036-11-27T09:00 , acme ,Doors\n\n",
      "\u{FEFF}\"sep=,\"\r\nscheduled_time,accounts,caption,\r\n2036-11-27T09:00,acme,Doors,\r\n,,,\r\n",
      ",,,\nscheduled_time,accounts,caption,\n2036-11-27 09:00,acme,Doors,\n",
      "sep=\t\nscheduled_time\taccounts\tcaption\t\n2036-11-27T09:00\tacme\tDoors\t \n",
      "scheduled_time , Accounts, Caption \n2036-11-27T09:00,\u{A0}acme,Doors\n",
    ])
  func sheets(text: String) throws {
    let ending = try csv(text)
    #expect(ending.status == 0 && ending.output == "schedule/posts/2036/11/doors.yaml\n", "\(ending)")
    #expect(try post("2036/11/doors.yaml") == "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\ncaption: Doors\n")
  }

  @Test(
    "An id that is made up is no longer than an id may be, with room for a number",
    arguments: [
      String(repeating: "donaudampfschifffahrtsgesellschaftskapitaen ", count: 4), String(repeating: "x", count: 300),
      "short " + String(repeating: "y", count: 300), String(repeating: "a-", count: 200),
    ])
  func long(caption: String) throws {
    let ending = try csv("scheduled_time,accounts,caption\n2036-11-27T09:00,acme,\(caption)\n2036-11-28T09:00,acme,\(caption)\n")
    #expect(ending.status == 0 && ending.output.split(separator: "\n").count == 2, "\(ending)")
    #expect(try Program.run(["validate"], in: git.path).status == 0)
    let new = try Program.run(
      ["new", "--account", "acme", "--time", "2036-12-27T09:00", "--title", caption, "--caption", "x"], in: git.path)
    #expect(new.status == 1 && new.errors.contains("the id") || new.status == 0, "\(new)")
  }

  @Test("A row becomes a post in the folder of its month, and validate agrees with it")
  func rows() throws {
    let text = #"""
      scheduled_time,accounts,title,caption,media,alt,timezone
      2036-11-27T09:00,acme hook,Doors open,"two
      lines, and a ""quote""",media/cat.jpg;https://example.com/b.jpg,"A cat
      B",
      2036-12-01 10:00,acme,,=1+1,,,Europe/Paris

      """#
    let ending = try csv(text)
    #expect(ending.status == 0 && ending.output == "schedule/posts/2036/11/doors-open.yaml\nschedule/posts/2036/12/1-1.yaml\n", "\(ending)")
    #expect(
      try post("2036/11/doors-open.yaml") == """
        scheduled_time: 2036-11-27T09:00
        accounts: [acme, hook]
        title: "Doors open"
        caption: |-
          two
          lines, and a "quote"
        media:
          - path: media/cat.jpg
            alt: "A cat"
          - url: "https://example.com/b.jpg"
            alt: B

        """)
    #expect(
      try post("2036/12/1-1.yaml") == "scheduled_time: 2036-12-01T10:00\ntimezone: Europe/Paris\naccounts: [acme]\ncaption: \"=1+1\"\n")
    #expect(try Program.run(["validate"], in: git.path).output == "3 posts, 2 accounts: nothing to report\n")
    let again = try csv(text)
    #expect(again.status == 0 && again.output == "" && again.errors.contains("0 posts written, 2 there already"), "\(again)")
  }

  @Test("A dry run shows what would be written, when and where, and writes nothing")
  func dryRun() throws {
    let ending = try csv("scheduled_time,caption\n2036-11-27T09:00,Hello\n", "--account", "acme", "--dry-run")
    #expect(ending.status == 0 && ending.errors.contains("1 post would be written; nothing was, because of --dry-run"))
    #expect(ending.output.contains("2036-11-27 09:00 EST") && ending.output.contains("posts/2036/11/hello.yaml"))
    #expect(try files() == [])
    let json = try JSON.parse(
      Array(try csv("scheduled_time;caption\n2036-11-27T09:00;Hello\n", "--account", "acme", "--dry-run", "--format", "json").output.utf8))
    #expect(json[0]?["scheduled_at"] == "2036-11-27T14:00:00.000Z" && json[0]?["line"] == 2 && json[0]?["new"] == true)
  }

  @Test(
    "What is wrong is told at the cell where it is wrong, in the words of validate, and nothing is written",
    arguments: [
      ("scheduled_time,accounts\n2036-03-09T02:30,acme", "stdin:2:1: error: 2036-03-09T02:30 does not exist in America/New_York"),
      ("accounts,scheduled_time\nacme,tomorrow", "stdin:2:6: error: scheduled_time: \"tomorrow\""),
      ("scheduled_time,accounts\n2036-11-27T09:00,acne", "stdin:2:18: error: no account is called \"acne\"; did you mean \"acme\"?"),
      ("scheduled_time,accounts\n2016-11-27T09:00,acme", "[time.past]"),
      ("scheduled_time,acounts\n2036-11-27T09:00,acme", "stdin:1:16: error: unknown column \"acounts\"; did you mean \"accounts\"?"),
      ("scheduled_time,accounts,id\n2036-11-27T09:00,acme,there", "the id \"there\" is also that of schedule/posts/there.yaml"),
      (
        "scheduled_time,accounts,id\n2036-11-27T09:00,acme,x\n2036-11-28T09:00,acme,x",
        "stdin:3:23: error: the id \"x\" is also that of line 2"
      ),
      ("scheduled_time,accounts,id\n2036-11-27T09:00,acme,../x", "cannot be an id"),
      ("scheduled_time,accounts,media\n2036-11-27T09:00,acme,media/dog.jpg", "[media.missing]"),
      ("scheduled_time,accounts\n2036-11-27T09:00,acme,x,y", "the row has 4 cells, and there are 2 columns"),
      ("scheduled_time,accounts\n2036-11-27T09:00,\"acme", "the quote that starts here does not end"), ("", "the file has no rows"),
      ("accounts\nacme", "there is no column \"scheduled_time\""),
    ])
  func wrong(text: String, words: String) throws {
    let ending = try csv("\(text)\n")
    #expect(ending.status == 1 && ending.errors.contains(words) && ending.errors.contains("nothing was written"), "\(ending.errors)")
    #expect(try files() == [])
  }

  @Test("One bad row is enough to write nothing, unless it is to be left out")
  func skip() throws {
    let text = "scheduled_time,accounts,id\n2036-11-27T09:00,acme,good\n2036-11-27,acme,bad\n"
    #expect(try csv(text).status == 1 && files() == [])
    let ending = try csv(text, "--skip")
    #expect(ending.status == 0 && ending.errors.contains("1 post written, 1 left out") && ending.errors.contains("[time.format]"))
    #expect(try files() == ["schedule/posts/2036/11/good.yaml"])
  }

  @Test("What export csv prints is read back as it was")
  func roundTrip() throws {
    try git.commit([
      "schedule/posts/2036/11/fold.yaml":
        "scheduled_time: 2036-11-02T01:30-05:00\ntimezone: America/New_York\naccounts: [acme, hook]\n"
        + "caption: \"-5 °C; \\\"cold\\\", isn't it\"\nmedia:\n  - path: media/cat.jpg\n    alt: \"@cat\"\n"
    ])
    let text = try Program.run(["export", "csv"], in: git.path).output
    let other = try GitClient.create(at: folder.path("other"))
    let content = ["accounts/acme.yaml", "accounts/hook.yaml", "media/cat.jpg"]
    try other.commit(
      try Dictionary(uniqueKeysWithValues: content.map { ("schedule/\($0)", try Posthorn.text("\(git.path)/schedule/\($0)")) }))
    let ending = try Program.run(["import", "csv", "-"], in: other.path, input: text)
    #expect(ending.status == 0, "\(ending)")
    try other.git("add", "-A")
    try other.git("commit", "-q", "-m", "Import")
    func columns(_ text: String) -> [[Substring]] {
      text.split(separator: "\r\n").map { Array($0.split(separator: ",", omittingEmptySubsequences: false).dropLast()) }
    }
    #expect(columns(try Program.run(["export", "csv"], in: other.path).output) == columns(text))
  }

  @Test("A sheet that is read again writes what is new, and only that, wherever it stands in it, and whatever its posts are called by now")
  func again() throws {
    func rows(_ captions: [(Int, String)]) -> String {
      "scheduled_time,accounts,caption\n" + captions.map { "2036-11-\($0)T09:00,acme,\($1)\n" }.joined()
    }
    let two = [(27, "Doors open"), (28, "Doors open")]
    #expect(try csv(rows(two)).output == "schedule/posts/2036/11/doors-open.yaml\nschedule/posts/2036/11/doors-open-2.yaml\n")
    let third = try csv(rows([(26, "Doors open")] + two), "--skip")
    #expect(third.output == "schedule/posts/2036/11/doors-open-3.yaml\n", "\(third)")
    #expect(try post("2036/11/doors-open.yaml").contains("2036-11-27") && post("2036/11/doors-open-2.yaml").contains("2036-11-28"))
    #expect(try csv(rows(two.reversed() + [(26, "Doors open")])).output == "")
    // Somebody calls one of them something else, and writes it in another form.
    try git.git("add", "-A")
    try git.git("mv", "schedule/posts/2036/11/doors-open-2.yaml", "schedule/posts/other.yaml")
    try folder.write(
      "# ours\nscheduled_time: \"2036-11-28T09:00:00\"\ntimezone: America/New_York\naccounts: [acme]\ncaption: Doors open\n",
      to: "news/schedule/posts/other.yaml")
    #expect(try csv(rows(two)).output == "")
    // Two rows that say the same are two posts, once.
    let twins = [(29, "Twins"), (29, "Twins")]
    #expect(try csv(rows(twins)).output.split(separator: "\n").count == 2)
    #expect(try csv(rows(twins)).output == "")
    // An id that is chosen further down is not taken by a row above it.
    let chosen = "scheduled_time,accounts,caption,id\n2036-11-24T09:00,acme,Gates,\n2036-11-25T09:00,acme,Gates,gates\n"
    #expect(try csv(chosen).output == "schedule/posts/2036/11/gates-2.yaml\nschedule/posts/2036/11/gates.yaml\n")
  }

  @Test(
    "Overrides, options, grace, suspensions, and characters that nobody sees come back from a sheet as they were; what is there is there")
  func everything() throws {
    let post = """
      scheduled_time: 2036-11-27T09:00
      timezone: America/New_York
      accounts: [acme, hook]
      title: "'=not a formula"
      caption: "\\t\u{200F}مرحبا \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}; 'it''s'"
      media:
        - {path: media/cat.jpg, alt: "two\\nlines"}
        - url: "https://example.com/a;v=1.jpg"
      overrides: {hook: {caption: "=1+1", title: ""}}
      grace: 2h
      suspend: {reason: "null", until: 2036-11-27T08:00}
      repeats: earlier

      """
    try git.commit(["schedule/posts/all.yaml": post])
    let text = try Program.run(["export", "csv"], in: git.path).output
    let here = try csv(text)
    #expect(here.status == 0 && here.output == "" && here.errors.contains("2 there already"), "\(here)")
    let other = try GitClient.create(at: folder.path("other"))
    for name in ["accounts/acme.yaml", "accounts/hook.yaml", "media/cat.jpg"] {
      try folder.write(try Posthorn.text("\(git.path)/schedule/\(name)"), to: "other/schedule/\(name)")
    }
    try other.commit([:])
    #expect(try Program.run(["import", "csv", "-"], in: other.path, input: text).status == 0)
    try other.commit([:])
    let back = try Program.run(["export", "csv"], in: other.path).output
    func row(_ text: String) -> String? {
      text.components(separatedBy: "\r\n").first { $0.hasPrefix("all,") }?.replacing("/2036/11/", with: "/")
    }
    #expect(row(back) == row(text) && row(text) != nil, "\(back)")
    let posts = try [(git, "all.yaml"), (other, "2036/11/all.yaml")].map { try Posthorn.text("\($0.path)/schedule/posts/\($1)") }
    let words = posts.map { text in
      var reader = ContentReader()
      var post = reader.words(Array(text.utf8), at: "schedule/posts/all.yaml", zones: Zones(version: "", names: []) { _ in nil })
      post?.options = [:]
      return post
    }
    #expect(words[0] == words[1] && words[0] != nil)
  }

  @Test("What went out, or will not, is no post elsewhere, unless it is asked for")
  func past() throws {
    let rows = ["published", "missed", "in_doubt", "held", "scheduled", ""].enumerated().map { "2036-11-2\($0),acme,p\($0),\($1)\n" }
    let text = "scheduled_time,accounts,id,state\n" + rows.joined().replacing(",acme", with: "T09:00,acme")
    let ending = try csv(text)
    #expect(
      ending.status == 0 && ending.output.split(separator: "\n").count == 3 && ending.errors.contains("1 row left out: published; --all"))
    #expect(try csv(text, "--all").output.split(separator: "\n").count == 3)
  }

  @Test("A row that left its zone to two accounts is refused where these would send it at another time")
  func zones() throws {
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\ntimezone: Europe/Paris\n",
      "schedule/posts/two.yaml": "scheduled_time: 2036-11-27T09:00\naccounts: [acme, hook]\ncaption: Two\n",
    ])
    let text = try Program.run(["export", "csv"], in: git.path).output
    #expect(try csv(text).output == "")
    try git.commit(["schedule/accounts/acme.yaml": "platform: outbox\n", "schedule/posts/two.yaml": nil])
    let ending = try csv(text)
    #expect(ending.status == 1 && ending.errors.contains("it was exported for 2036-11-27T08:00:00.000Z, and would go out at"), "\(ending)")
  }

  private func tweets(_ files: [String: String], _ more: String...) throws -> Program.Ending {
    for (name, text) in files { try folder.write(text, to: "old/tweets/\(name)") }
    return try Program.run(["import", "twitter-together", folder.path("old/tweets"), "--account", "acme"] + more, in: git.path)
  }

  @Test("A tweet becomes a post: its schedule on the clock of the zone, its media, its text; the others follow each other")
  func tweetFiles() throws {
    let ending = try tweets(
      [
        "2036/Hello World.tweet":
          "\n---\nschedule: 2036-06-08T09:00:00.000Z\nmedia:\n  - file: cat.jpg\n    alt: A cat\n---\n\nHello\nworld\n",
        "a.tweet": "First\n", "b.tweet": "Second", "notes.md": "no tweet",
      ], "--time", "2036-12-01T09:00", "--every", "12h")
    #expect(ending.status == 0, "\(ending)")
    #expect(
      try post("2036/06/hello-world.yaml") == """
        scheduled_time: 2036-06-08T05:00
        accounts: [acme]
        caption: |-
          Hello
          world
        media:
          - path: media/cat.jpg
            alt: "A cat"

        """)
    #expect(try post("2036/12/a.yaml") == "scheduled_time: 2036-12-01T09:00\naccounts: [acme]\ncaption: First\n")
    #expect(try post("2036/12/b.yaml").hasPrefix("scheduled_time: 2036-12-01T21:00\n"))
    #expect(try Program.run(["validate"], in: git.path).status == 0)
  }

  @Test(
    "What no post can be is refused at its line, and never half imported",
    arguments: [
      ("One\n---\nTwo\n", "x.tweet:2:1: error: the file is a thread"),
      ("Which?\n\n( ) a\n( ) b\n", "x.tweet:4:1: error: the file is a poll"),
      ("---\nretweet: https://twitter.com/a/status/1\n---\n", "x.tweet:2:1: error: the file is a retweet"),
      ("---\nreply: https://twitter.com/a/status/1\n---\nHi\n", "x.tweet:2:1: error: the file is a reply"),
      ("---\npoll: [a, b]\n---\nHi\n", "the file is a poll"), ("---\nshedule: x\n---\nHi\n", "unknown key \"shedule\""),
      ("---\nschedule: [\n---\nHi\n", "x.tweet:"), ("Hi\n", "the file has no \"schedule\""),
      ("---\nschedule: soon\n---\nHi\n", "x.tweet:2:11: error"),
      ("---\nschedule: 2016-06-08T09:00Z\n---\nHi\n", "[time.past]"), ("\n", "the file has no text"),
    ])
  func tweetRefused(text: String, words: String) throws {
    let ending = try tweets(["x.tweet": text])
    #expect(ending.status == 1 && ending.errors.contains(words) && ending.errors.contains("nothing was written"), "\(ending.errors)")
    #expect(try files() == [])
  }

  @Test("Files that mean harm write nothing outside the posts, and reach no terminal as they are")
  func hostile() throws {
    let evil = "\u{1B}]0;x\u{7}\u{202E}"
    let ending = try csv(
      "scheduled_time,accounts,id,caption\n2036-11-27T09:00,acme,\(evil)../../x,\(evil)\n2036-11-27T09:00,\(evil),b,\(evil)\n")
    #expect(ending.status == 1 && !ending.errors.unicodeScalars.contains("\u{1B}") && !ending.errors.unicodeScalars.contains("\u{202E}"))
    let tweet = try tweets(["\(evil).tweet": "\(evil)", "..tweet": "x"], "--time", "2036-12-01T09:00", "--skip")
    #expect(!"\(tweet)".unicodeScalars.contains("\u{1B}") && !tweet.errors.unicodeScalars.contains("\u{202E}"), "\(tweet)")
    #expect(try files().allSatisfy { $0.hasPrefix("schedule/posts/2036/") })
  }
}
