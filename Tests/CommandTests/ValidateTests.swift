import Foundation
import Support
import Testing

@Suite("posthorn validate")
struct ValidateTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder("validate")
    try folder.write("platform: outbox\ntimezone: Europe/Berlin\n", to: "schedule/accounts/acme.yaml")
    try folder.write("scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n", to: "schedule/posts/good.yaml")
  }

  private func validate(_ arguments: String..., environment: [String: String] = [:], input: String = "") throws -> Program.Ending {
    try Program.run(["validate"] + arguments, in: folder.path, environment: environment, input: input)
  }

  @Test("Content without mistakes ends with 0, in a plain folder too")
  func fine() throws {
    let ending = try validate()
    #expect(ending.status == 0 && ending.output == "1 post, 1 account: nothing to report\n" && ending.errors == "")
    #expect(try validate("--quiet").output == "")
  }

  @Test("A mistake ends with 1, and is shown with its place, line, caret and hint")
  func mistake() throws {
    try folder.write("scheduled_time: 2037-03-29T02:30\naccounts: [acme]\n", to: "schedule/posts/2037/gap.yaml")
    let ending = try validate()
    #expect(ending.status == 1)
    #expect(
      ending.output == """
        schedule/posts/2037/gap.yaml:1:17: error: 2037-03-29T02:30 does not exist in Europe/Berlin; 01:59 and 03:00 do [time.gap]
           1 | scheduled_time: 2037-03-29T02:30
             |                 ^^^^^^^^^^^^^^^^
             = hint: clocks are set forward over it; choose 2037-03-29T01:59 or 2037-03-29T03:00
        2 posts, 1 account: 1 error

        """)
  }

  @Test("Warnings alone end with 0")
  func warning() throws {
    try folder.write("notes\n", to: "schedule/posts/notes.txt")
    let ending = try validate()
    #expect(ending.status == 0 && ending.output.contains("[file.ignored]") && ending.output.hasSuffix("1 warning\n"))
  }

  @Test("JSON is an array with everything about each finding, empty where there is none")
  func json() throws {
    #expect(try validate("--format", "json").output == "[]\n")
    try folder.write("scheduled_time: 2036-11-27T09:00\nacounts: [acme]\naccounts: [acme]\n", to: "schedule/posts/bad.yaml")
    let ending = try validate("--format", "json")
    let found = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]]
    let finding = try #require(found?.first)
    #expect(ending.status == 1 && found?.count == 1)
    #expect(Set(finding.keys) == ["path", "line", "column", "end_line", "end_column", "severity", "rule", "message", "hint"])
    #expect(finding["path"] as? String == "schedule/posts/bad.yaml" && finding["rule"] as? String == "key.unknown")
    #expect([finding["line"], finding["column"], finding["end_line"], finding["end_column"]].map { $0 as? Int } == [2, 1, 2, 8])
  }

  @Test("Several files are sorted by place, and one bad file hides no other")
  func several() throws {
    for name in ["c", "a", "b"] { try folder.write("[\n", to: "schedule/posts/\(name).yaml") }
    let ending = try validate()
    let places = ending.output.split(separator: "\n").filter { $0.hasPrefix("schedule/") }.map { $0.prefix(21) }
    #expect(places == ["schedule/posts/a.yaml", "schedule/posts/b.yaml", "schedule/posts/c.yaml"])
    #expect(ending.output.hasSuffix("4 posts, 1 account: 3 errors\n"))
  }

  @Test("Paths limit what is reported, from any folder below the repository")
  func paths() throws {
    try folder.write("x: y\n", to: "schedule/posts/one/bad.yaml")
    try folder.write("x: y\n", to: "schedule/posts/two/worse.yaml")
    #expect(try validate("schedule/posts/good.yaml").status == 0)
    let ending = try Program.run(["validate", "one"], in: folder.path("schedule/posts"))
    #expect(ending.status == 1 && ending.output.contains("one/bad.yaml:") && !ending.output.contains("worse"))
    #expect(try validate("schedule/posts/none.yaml").status == 2)
    try folder.write("x: y\n", to: "elsewhere.yaml")
    #expect(try validate("elsewhere.yaml").status == 2)
  }

  @Test("Two posts that clash are told where they stand; of two with one id nothing more is said than that")
  func clashes() throws {
    let text = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\ncaption: Hello\n"
    try folder.write(text, to: "schedule/posts/twin.yaml")
    let ending = try validate("--fail-on", "warning")
    #expect(
      ending.status == 1
        && ending.output == """
          schedule/posts/twin.yaml:1:17: warning: schedule/posts/good.yaml leaves for acme at the same instant [account.spacing]
             1 | scheduled_time: 2036-11-27T09:00
               |                 ^^^^^^^^^^^^^^^^
               = hint: move one of them; if it is meant, write limits: {spacing: 0s} in accounts/acme.yaml
          2 posts, 1 account: 1 warning

          """
    )
    #expect(try validate("schedule/posts/good.yaml").output.contains("good.yaml:1:17: warning: schedule/posts/twin.yaml leaves"))
    try folder.write(text, to: "schedule/posts/more/twin.yaml")
    #expect(try validate("schedule/posts/more").output.contains("[id.duplicate]"))
    #expect(!(try validate("schedule/posts/more").output.contains("warning")))
  }

  @Test("A post from standard input is checked as a new one, against the accounts here")
  func standardInput() throws {
    #expect(try validate("-", input: "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n").status == 0)
    let unknown = try validate("-", input: "scheduled_time: 2036-11-27T09:00\naccounts: [acne]\n")
    #expect(unknown.status == 1 && unknown.output.contains("stdin:2:12: error: no account is called \"acne\"; did you mean \"acme\"?"))
    let past = try validate("-", input: "scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n")
    #expect(past.status == 1 && past.output.contains("[time.past]"))
    #expect(try validate("-", "schedule", input: "").status == 2)
  }

  @Test("A past post that git knows is fine wherever it is moved; one that git does not know is an error")
  func past() throws {
    let git = try GitClient.create(at: folder.path)
    try git.commit(["schedule/posts/old.yaml": "scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n"])
    #expect(try validate().status == 0)
    try git.git("mv", "schedule/posts/old.yaml", "schedule/old.yaml")
    try folder.write("scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n", to: "schedule/posts/2016/old.yaml")
    #expect(try validate().status == 0)
    try folder.write("scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n", to: "schedule/posts/2016/new.yaml")
    let ending = try validate()
    #expect(
      ending.status == 1 && ending.output.contains("schedule/posts/2016/new.yaml:1:17: error") && ending.output.contains("1 error"))
  }

  @Test("A commit is read instead of the work tree, from a bare repository too")
  func commit() throws {
    let git = try GitClient.create(at: folder.path)
    try git.commit(["schedule/posts/bad.yaml": "accounts: [acme]\nscheduled_time: 2036-11-27\n"])
    try git.commit(["schedule/posts/bad.yaml": nil])
    #expect(try validate().status == 0)
    #expect(try validate("--rev", "HEAD").output == "1 post, 1 account: nothing to report\n")
    let bare = folder.path("bare.git")
    try git.git("clone", "-q", "--bare", folder.path, bare)
    for repo in [folder.path, bare] {
      let ending = try validate("--repo", repo, "--rev", "HEAD~1")
      #expect(
        ending.status == 1
          && ending.output.hasPrefix("schedule/posts/bad.yaml:2:17: error: scheduled_time: \"2036-11-27\" has no time of day"))
      #expect(ending.output.contains("   2 | scheduled_time: 2036-11-27\n"))
    }
    #expect(try validate("--rev", "HEAD~1", "schedule/posts/good.yaml").status == 0)
    #expect(try validate("--rev", "HEAD~1", "schedule/posts/none.yaml").status == 2)
    #expect(try validate("--rev", "nothing").status == 3)
    #expect(try validate("--repo", bare).output == validate("--repo", bare, "--rev", "HEAD").output)
  }

  @Test("Links are errors on disk and in a commit, and are never followed")
  func links() throws {
    let git = try GitClient.create(at: folder.path)
    try FileManager.default.createSymbolicLink(atPath: folder.path("schedule/posts/link.yaml"), withDestinationPath: "/etc/passwd")
    try git.commit([:])
    for arguments in [[], ["--rev", "HEAD"]] {
      let ending = try Program.run(["validate"] + arguments, in: folder.path)
      #expect(ending.status == 1 && ending.output.contains("link.yaml:1:1: error: a symbolic link is not followed [file.kind]"))
      #expect(!ending.output.contains("root:"))
    }
  }

  @Test(
    "A wrong command line ends with 2 and says what is meant",
    arguments: [
      (["--foramt", "json"], "--format"), (["--format", "xml"], "text"), (["--explain", "time.gep"], "time.gap"),
      (["--folder", "../x"], ".."), (["-q", "-v"], "--quiet"),
      (["--config", "options.yaml"], "did you mean \"color\"?"),
    ])
  func usage(arguments: [String], says: String) throws {
    try folder.write("colour: never\n", to: "options.yaml")
    let ending = try Program.run(["validate"] + arguments, in: folder.path)
    #expect(ending.status == 2 && ending.output == "" && ending.errors.contains(says))
  }

  @Test("Content that is not there ends with 3 and says how to make it")
  func missing() throws {
    let empty = try TemporaryFolder("empty")
    let ending = try Program.run(["validate"], in: empty.path)
    #expect(ending.status == 3 && ending.errors.contains("posthorn init"))
    #expect(try validate("--repo", "nowhere").status == 3)
    #expect(try validate("--repo", "https://example.invalid/x.git").status == 3)
  }

  @Test("A flag wins over a variable, a variable over the file of --config; a misspelt variable is an error")
  func precedence() throws {
    try folder.write("format: json\n", to: "options.yaml")
    #expect(try validate("--config", "options.yaml").output == "[]\n")
    #expect(try validate(environment: ["POSTHORN_CONFIG": "options.yaml"]).output == "[]\n")
    #expect(try validate("--config", "options.yaml", environment: ["POSTHORN_FORMAT": "text"]).output.hasSuffix("nothing to report\n"))
    #expect(try validate("--format", "json", environment: ["POSTHORN_FORMAT": "text"]).output == "[]\n")
    let ending = try validate(environment: ["POSTHORN_FROMAT": "json"])
    #expect(ending.status == 2 && ending.errors.contains("did you mean POSTHORN_FORMAT?"))
    #expect(try validate(environment: ["POSTHORN_FORMAT": "jsn"]).errors.contains("did you mean \"json\"?"))
  }

  @Test("Colours are for terminals, unless they are asked for")
  func color() throws {
    try folder.write("x: y\n", to: "schedule/posts/bad.yaml")
    #expect(!(try validate().output.contains("\u{1B}")))
    #expect(try validate("--color", "always").output.contains("\u{1B}[1;31m"))
    #expect(!(try validate("--color", "never").output.contains("\u{1B}")))
  }

  @Test("What a terminal would act on is escaped, from names of files too")
  func escapes() throws {
    try folder.write("x: y\n", to: "schedule/posts/a\u{1B}[2J.yaml")
    try folder.write("\"a\u{9F}b\": y\n", to: "schedule/posts/b.yaml")
    let ending = try validate()
    #expect(ending.status == 1 && ending.output.contains("a\\u{1B}[2J.yaml:1:1: error: the path"))
    #expect(ending.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
  }

  @Test("Every rule has its page")
  func explain() throws {
    let ending = try validate("--explain", "time.gap")
    #expect(ending.status == 0 && ending.output.hasPrefix("time.gap: a time that the clocks skip\n"))
    #expect(ending.output.contains("    scheduled_time: 2027-03-14T02:30\n"))
  }

  @Test("A branch for records that git cannot have beside those that there are is an error, and so are settings in two files")
  func settings() throws {
    let repository = try GitClient.create(at: folder.path)
    try repository.git("commit", "-q", "--allow-empty", "-m", "first")
    try repository.git("branch", "team/records")
    for (name, other) in [("main/sub", "main"), ("team", "team/records")] {
      try folder.write("record: {branch: \(name)}\n", to: "schedule/posthorn.yaml")
      let ending = try validate()
      #expect(ending.status == 1 && ending.output.contains("there cannot be a branch \"\(name)\" beside \"\(other)\""), "\(ending)")
    }
    try folder.write("record: {branch: records}\n", to: "schedule/posthorn.yaml")
    #expect(try validate().status == 0)
    try folder.write("grace: 2h\n", to: "schedule/posthorn.yml")
    let ending = try validate()
    #expect(ending.status == 1 && ending.output.contains("the settings are also in schedule/posthorn.yaml"), "\(ending)")
  }
}
