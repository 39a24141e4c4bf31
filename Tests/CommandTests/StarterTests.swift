import Foundation
import Support
import Testing

@Suite("posthorn init, new, schema and doctor")
struct StarterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder("starter") }

  private func posthorn(_ arguments: String...) throws -> Program.Ending { try Program.run(arguments, in: folder.path) }
  private func new(_ id: String, _ time: String, _ more: String...) throws -> Program.Ending {
    try Program.run(["new", "--id", id, "--account", "outbox", "--time", time, "--timezone", "Europe/Paris"] + more, in: folder.path)
  }

  @Test("What init writes is valid, names three commands to type next, and says what dedupes means")
  func initial() throws {
    let ending = try posthorn("init")
    #expect(ending.status == 0)
    for path in [
      "schedule/posthorn.yaml", "schedule/accounts/outbox.yaml", "schedule/media/.gitkeep", "schedule/schemas/post.json",
      "schedule/schemas/account.json",
      "schedule/schemas/settings.json", ".github/workflows/posthorn.yml",
      ".forgejo/workflows/posthorn.yml", ".gitlab-ci.yml",
    ] { #expect(ending.output.contains("wrote  \(path)\n") && FileManager.default.fileExists(atPath: folder.path(path))) }
    #expect(ending.output.contains("  posthorn validate\n") && ending.output.hasSuffix("  posthorn daemon\n"))
    #expect(try posthorn("validate").output == "1 post, 1 account: nothing to report\n")
    #expect(try Posthorn.text(folder.path("schedule/accounts/outbox.yaml")).contains("dedupes: true"))
    let workflow = try Posthorn.text(folder.path(".github/workflows/posthorn.yml"))
    #expect(workflow.contains("actions/checkout@v4") && workflow.contains("posthorn validate"))
  }

  @Test("init overwrites nothing, says what it left, and prints the job that GitLab's file lacks")
  func careful() throws {
    try folder.write("mine\n", to: ".gitlab-ci.yml")
    try folder.write("grace: 2h\n", to: "schedule/posthorn.yaml")
    let ending = try posthorn("init")
    #expect(ending.output.contains("left   schedule/posthorn.yaml") && ending.output.contains("add these jobs to .gitlab-ci.yml"))
    #expect(try Posthorn.text(folder.path(".gitlab-ci.yml")) == "mine\n")
    #expect(try Posthorn.text(folder.path("schedule/posthorn.yaml")) == "grace: 2h\n")
    #expect(try posthorn("validate").status == 0)
  }

  @Test("After an upgrade init makes the schemas anew, and them alone")
  func renewed() throws {
    _ = try posthorn("init")
    let schema = try Posthorn.text(folder.path("schedule/schemas/post.json"))
    try folder.write("{}\n", to: "schedule/schemas/post.json")
    let ending = try posthorn("init")
    #expect(ending.output.contains("renewed schedule/schemas/post.json\n") && !ending.output.contains("schemas/account.json"))
    #expect(try Posthorn.text(folder.path("schedule/schemas/post.json")) == schema)
  }

  @Test("With a folder of any name the workflows and what is printed can be used as they are")
  func named() throws {
    let git = try GitClient.create(at: folder.path("work"))
    let name = "apps/social media/it's # 1: schedule"
    let ending = try Program.run(["init", "--folder", name], in: git.path)
    #expect(ending.status == 0 && ending.output.contains("posthorn validate --folder '"), "\(ending)")
    let path = URL(fileURLWithPath: Posthorn.path).deletingLastPathComponent().path + ":/usr/bin:/bin"
    let environment = ["PATH": path, "HOME": folder.path, "GIT_COMMITTER_EMAIL": "a@b.c", "GIT_AUTHOR_EMAIL": "a@b.c"]
    let typed = ending.output.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.contains("daemon") }
    #expect(typed.count == 2)
    for line in typed { try run(["sh", "-c", String(line.replacing("&& git push", with: ""))], in: git.path, environment: environment) }
    let reading = """
      import json, sys, yaml
      file = yaml.safe_load(open(sys.argv[1]))
      jobs = file.get("jobs") or {k: v for k, v in file.items() if isinstance(v, dict) and "script" in v}
      steps = [s.get("run", "") for j in jobs.values() for s in j.get("steps", [])] + [s for j in jobs.values() for s in j.get("script", [])]
      print(json.dumps([l for s in steps for l in s.split("\\n") if l.startswith("posthorn validate")]))
      """
    for file in [".github/workflows/posthorn.yml", ".forgejo/workflows/posthorn.yml", ".gitlab-ci.yml"] {
      let found = try run(["python3", "-c", reading, git.path + "/" + file])
      let lines = try JSONDecoder().decode([String].self, from: Data(found.utf8))
      #expect(!lines.isEmpty, "\(file)")
      for line in lines { try run(["sh", "-c", line], in: git.path, environment: environment) }
    }
    let new = try Program.run(
      ["new", "--folder", name, "--id", "x", "--account", "outbox", "--time", "2036-03-01T09:00", "--timezone", "UTC", "--caption", "x"],
      in: git.path)
    let add = try #require(new.errors.range(of: "git add").map { String(new.errors[$0.lowerBound...].replacing("&& git push", with: "")) })
    try run(["sh", "-c", add], in: git.path, environment: environment)
    #expect(try git.git("status", "--porcelain").isEmpty)
    #expect(try Program.run(["hooks", "install", "--folder", name], in: git.path).status == 0)
    try git.commit(["y": "z"])
  }

  @Test("In the first minutes every command says what to do next")
  func first() throws {
    let bare = try GitClient.create(at: folder.path("team.git"), "--bare")
    let git = try GitClient.clone(bare.path, to: folder.path("work"))
    try git.commit(["README": "x"])
    try git.git("push", "-q", "origin", "HEAD")
    #expect(try Program.run(["status"], in: git.path).errors.contains("or make one: posthorn init"))
    _ = try Program.run(["init"], in: git.path)
    for command in [["status"], ["calendar"], ["why", "welcome"], ["export", "json"]] {
      let ending = try Program.run(command, in: git.path)
      #expect(ending.status == 3 && ending.errors.contains("git add schedule && git commit"), "\(command): \(ending)")
    }
    let accounts = try Program.run(["account", "list", "--state", folder.path("state")], in: git.path)
    #expect(accounts.errors.contains("there are no accounts at the head of main yet"), "\(accounts)")
    try git.commit([:])
    try git.git("push", "-q", "origin", "HEAD")
    #expect(try Program.run(["status"], in: git.path).output.contains("welcome"))
  }

  @Test("In a repository init writes at its root, from any folder in it")
  func root() throws {
    _ = try GitClient.create(at: folder.path)
    try folder.write("", to: "deep/down/x")
    #expect(try Program.run(["init"], in: folder.path("deep/down")).status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.path("schedule/posthorn.yaml")))
  }

  @Test("new puts a post where its date belongs, and validate agrees with it")
  func post() throws {
    _ = try posthorn("init")
    let ending = try new("bonjour", "2036-03-01T09:00", "--caption", "Bonjour: \"oui\" # non")
    #expect(ending.status == 0 && ending.output == "schedule/posts/2036/03/bonjour.yaml\n")
    #expect(
      try Posthorn.text(folder.path("schedule/posts/2036/03/bonjour.yaml")) == """
        # yaml-language-server: $schema=../../../schemas/post.json
        scheduled_time: 2036-03-01T09:00
        timezone: Europe/Paris
        accounts: [outbox]
        caption: "Bonjour: \\"oui\\" # non"

        """)
    #expect(try new("lines", "2036-03-01T10:00", "--title", "no", "--caption", "one\n  two\n").status == 0)
    #expect(try Posthorn.text(folder.path("schedule/posts/2036/03/lines.yaml")).hasSuffix("caption: |\n  one\n    two\n"))
    #expect(try posthorn("validate").output == "3 posts, 1 account: nothing to report\n")
  }

  @Test(
    "new writes nothing that validate would refuse, and says why in the same words",
    arguments: [
      ("x", "2036-03-30T02:30", 1, "2036-03-30T02:30 does not exist in Europe/Paris; 01:59 and 03:00 do [time.gap]"),
      ("x", "2016-03-01T09:00", 1, "[time.past]"), ("x", "tomorrow", 1, "[time.format]"), ("Big", "2036-03-01T09:00", 1, "error"),
      ("welcome", "2036-03-01T09:00", 1, "the id \"welcome\" is also that of schedule/posts/"), ("../../x", "2036-03-01T09:00", 1, "error"),
    ])
  func refused(id: String, time: String, status: Int32, words: String) throws {
    _ = try posthorn("init")
    let ending = try new(id, time, "--caption", "Bonjour")
    #expect(ending.status == status && ending.output == "" && ending.errors.contains(words), "\(ending.errors)")
    #expect(try posthorn("validate").output == "1 post, 1 account: nothing to report\n")
  }

  @Test("In a script a flag that is missing is named, and nothing is asked")
  func script() throws {
    _ = try posthorn("init")
    let ending = try posthorn("new", "--account", "outbox", "--id", "x")
    #expect(ending.status == 2 && ending.errors.contains("--time is missing"))
  }

  @Test("On a terminal new asks for what is missing, and offers what it can")
  func terminal() throws {
    _ = try posthorn("init")
    let answers = "\n2036-03-01T09:00\nDoors open!\n\n"
    // script(1) gives it a terminal of its own.
    _ = try run(["script", "-qec", "\(Posthorn.path) new", "/dev/null"], in: folder.path, input: Data(answers.utf8))
    let text = try Posthorn.text(folder.path("schedule/posts/2036/03/doors-open.yaml"))
    #expect(
      text
        == "# yaml-language-server: $schema=../../../schemas/post.json\nscheduled_time: 2036-03-01T09:00\naccounts: [outbox]\n"
        + "caption: \"Doors open!\"\n")
  }

  @Test("Every file that init and new write names its schema, which is there")
  func schemaLines() throws {
    _ = try posthorn("init")
    #expect(try new("bonjour", "2036-03-01T09:00", "--caption", "Bonjour").status == 0)
    var count = 0
    let root = URL(fileURLWithPath: folder.path("schedule"))
    for case let file as URL in FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) ?? .init()
    where file.pathExtension == "yaml" {
      let first = try Posthorn.text(file.path).prefix { $0 != "\n" }
      let prefix = "# yaml-language-server: $schema="
      #expect(first.hasPrefix(prefix))
      let schema = file.deletingLastPathComponent().appending(path: String(first.dropFirst(prefix.count))).standardized
      #expect(schema.path.hasPrefix(root.path) && FileManager.default.fileExists(atPath: schema.path), "\(file.path)")
      count += 1
    }
    #expect(count == 4)
    try FileManager.default.removeItem(atPath: folder.path("schedule/schemas"))
    #expect(try new("salut", "2036-03-02T09:00", "--caption", "Salut").status == 0)
    #expect(try Posthorn.text(folder.path("schedule/posts/2036/03/salut.yaml")).hasPrefix("scheduled_time"))
  }

  @Test("A schema lists zones and accounts on request")
  func informed() throws {
    _ = try posthorn("init")
    let plain = try posthorn("schema", "post").output
    let schema = try posthorn("schema", "post", "--zones", "--accounts").output
    #expect(schema.contains("\"Europe/Paris\"") && schema.contains("\"outbox\""))
    #expect(!plain.contains("\"Europe/Paris\""))
    #expect(try Posthorn.text(folder.path("schedule/schemas/post.json")) == plain)
  }

  @Test("An answer that cannot be is told why, and asked for again")
  func again() throws {
    _ = try posthorn("init")
    let answers = "outbx\noutbox\ntomorrow\n2036-03-30T02:30\n2036-03-30T03:00\nDoors open!\nwelcome\nBig\ndoors\n"
    let said = try run(
      ["script", "-qec", "\(Posthorn.path) new --timezone Europe/Paris", "/dev/null"], in: folder.path, input: Data(answers.utf8))
    for words in [
      "did you mean \"outbox\"?", "\"tomorrow\" is not a date", "2036-03-30T02:30 does not exist in Europe/Paris; 01:59 and 03:00 do",
      "the id \"welcome\" is also that of schedule/posts/", "\"Big\" cannot be an id",
    ] { #expect(said.contains(words), "\(said)") }
    #expect(
      try Posthorn.text(folder.path("schedule/posts/2036/03/doors.yaml"))
        == "# yaml-language-server: $schema=../../../schemas/post.json\nscheduled_time: 2036-03-30T03:00\ntimezone: Europe/Paris\n"
        + "accounts: [outbox]\ncaption: \"Doors open!\"\n")
  }

  @Test("A schema is printed by its name", arguments: ["post", "account", "settings", "history", "status"])
  func schema(name: String) throws {
    let ending = try posthorn("schema", name)
    let schema = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
    #expect(ending.status == 0 && schema?["title"] as? String == "posthorn \(name)")
    #expect(try posthorn("schema", "pots").errors.contains("did you mean \"post\"?"))
  }

  @Test("doctor finds nothing to fail on a sound host, and changes nothing")
  func doctor() throws {
    let git = try GitClient.create(at: folder.path("work"))
    try git.commit(["x": "y"])
    let ending = try Program.run(["doctor", "--state", folder.path("state")], in: git.path)
    #expect(
      ending.status == 0 && ending.output.contains("ok    tzdata") && ending.output.contains("warn  hooks         pre-commit not installed")
    )
    #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
  }

  @Test("doctor ends with 1 where something fails, with what to type")
  func sick() throws {
    let git = try GitClient.create(at: folder.path("work"))
    try git.commit(["x": "y"])
    try folder.write("{}", to: "state/credentials/acme.json", mode: 0o644)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path("state"))
    let ending = try Program.run(["doctor", "--state", folder.path("state")], in: git.path)
    #expect(ending.status == 1 && ending.output.contains("chmod 600 \(folder.path("state"))/credentials/acme.json"))
    let zones = try Program.run(["doctor"], in: git.path, environment: ["TZDIR": folder.path("none")])
    #expect(zones.status == 1 && zones.output.contains("apt-get install tzdata"))
  }
}
