import Foundation
import Support
import Testing

@Suite("posthorn status, history and plan")
struct StatusTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private let state: String

  init() throws {
    folder = try TemporaryFolder("status")
    git = try GitClient.create(at: folder.path("work"))
    state = folder.path("state")
    let due = Date(timeIntervalSinceNow: -60).formatted(.iso8601).dropLast(1)
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\ntimezone: UTC\n",
      "schedule/posts/due.yaml": "scheduled_time: \(due)\naccounts: [acme]\n",
      "schedule/posts/later.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: America/New_York\naccounts: [acme]\n",
      "schedule/posts/broken.yaml": "scheduled_time: 2036-11-27\naccounts: [acme]\n",
    ])
  }

  /// As at a terminal of the usual width.
  private func posthorn(_ arguments: String...) throws -> Program.Ending {
    try Program.run(arguments, in: git.path, environment: ["COLUMNS": "80"])
  }
  private func publish() throws { _ = try posthorn("reconcile", "--state", state) }

  @Test("Tables are whole where the output is no terminal, and COLUMNS counts everywhere")
  func columns() throws {
    let (name, caption) = (String(repeating: "a-long-account-", count: 7) + "x", String(repeating: "long-post-", count: 11) + "y")
    try git.commit([
      "schedule/accounts/\(name).yaml": "platform: outbox\n",
      "schedule/posts/\(caption).yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [acme, \(name)]\n",
    ])
    for command in [["status"], ["status", caption], ["history"]] {
      let output = try Program.run(command, in: git.path).output
      #expect(command == ["history"] || output.contains(caption), "\(command): \(output)")
    }
    let narrow = try Program.run(["status"], in: git.path, environment: ["COLUMNS": "60"]).output
    #expect(!narrow.contains(caption) && narrow.contains("…"), "\(narrow)")
    #expect(try Program.run(["status", caption], in: git.path).output.contains(name))
    let odd = try Program.run(["status"], in: git.path, environment: ["COLUMNS": "0"]).output
    #expect(odd.contains(caption))
  }

  @Test("With --exit-code status ends with 1 where something waits for a person, and with 0 where nothing does")
  func exitCode() throws {
    #expect(try posthorn("status", "--exit-code").status == 1)
    try git.commit(["schedule/posts/broken.yaml": nil])
    try publish()
    #expect(try posthorn("status", "--exit-code").status == 0)
    try git.commit(["schedule/posts/late.yaml": "scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n"])
    try publish()
    #expect(try posthorn("status", "--exit-code").status == 1)
    try git.commit([
      "schedule/posts/late.yaml": nil, "schedule/posts/later.yaml": "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\nsuspend: true\n",
    ])
    #expect(try posthorn("status", "--exit-code").status == 0)
  }

  @Test("Before and after a pass, status says where each post stands, and on standard error which commit it read")
  func table() throws {
    let before = try posthorn("status")
    #expect(before.status == 0 && before.errors.hasPrefix("reading main at "))
    #expect(before.output.contains("scheduled  due") && before.output.contains("held       broken"))
    try publish()
    let after = try posthorn("status")
    #expect(
      after.output.contains("published  due") && after.output.contains("2036-11-27 09:00 EST ") && after.output.contains("scheduled  later")
    )
    #expect(after.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("The longest ids and many accounts fit 80 columns, cut with an ellipsis, and what a terminal would act on is escaped")
  func width() throws {
    let long = String(repeating: "long-name-", count: 12)
    try git.commit([
      "schedule/accounts/\(long)a.yaml": "platform: outbox\n",
      "schedule/posts/\(long)p.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [acme, \(long)a]\n",
      "schedule/posts/esc.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [acme]\nsuspend: {reason: \"\u{9B}2J\"}\n",
    ])
    let table = try posthorn("status").output
    #expect(table.contains("long-name-") && table.contains("…"))
    #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 && !$0.hasSuffix(" ") })
    #expect(try posthorn("status", "\(long)p").output.contains("\(long)a"))
    #expect(!(try posthorn("status", "esc").output.unicodeScalars.contains("\u{9B}")))
    #expect(try posthorn("status", "--color", "always").output.contains("\u{1B}[33mheld"))
  }

  @Test("A post is shown with each of its deliveries, in local time and UTC; a misspelt one is asked back")
  func detail() throws {
    let ending = try posthorn("status", "later")
    #expect(ending.output.contains("2036-11-27 09:00 EST (America/New_York), 2036-11-27 14:00 UTC, in "))
    #expect(ending.output.contains("  acme (outbox): scheduled\n"))
    let unknown = try posthorn("status", "latr")
    #expect(unknown.status == 3 && unknown.errors.contains("did you mean \"later\"?"))
  }

  @Test("The records are found in a clone, which reads what it last fetched")
  func clone() throws {
    let bare = folder.path("bare.git")
    try git.git("clone", "-q", "--bare", git.path, bare)
    _ = try Program.run(["reconcile", "--repo", bare, "--state", state], in: folder.path)
    let clone = try GitClient.clone(bare, to: folder.path("clone"))
    let ending = try Program.run(["status", "--format", "json"], in: clone.path)
    #expect(ending.errors.contains("reading origin/main at "))
    let posts = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]])
    let states = Dictionary(uniqueKeysWithValues: posts.map { ($0["post"] as? String ?? "", $0["state"] as? String) })
    #expect(states == ["due": "published", "later": "scheduled", "broken": "held"])
    let fields: Set = ["schema", "post", "path", "state", "scheduled_at", "published_at", "deliveries"]
    #expect(posts.allSatisfy { fields.isSubset(of: Set($0.keys)) })
    #expect(try Program.run(["status", "--repo", bare], in: folder.path).output.contains("published  due"))
  }

  @Test("What is past its deadline is stuck and ends with 1; nothing stuck ends with 0")
  func stuck() throws {
    #expect(try posthorn("status", "--stuck").status == 0)
    try git.commit(["schedule/posts/old.yaml": "scheduled_time: 2020-11-27T09:00\ntimezone: UTC\naccounts: [acme]\n"])
    let ending = try posthorn("status", "--stuck")
    #expect(ending.status == 1 && ending.output.hasPrefix("old: scheduled\n") && !ending.output.contains("later"))
  }

  @Test("What is stuck is listed with what moves it on, and what is not stuck is not listed")
  func stuckSteps() throws {
    let due = Date(timeIntervalSinceNow: -7200).formatted(.iso8601).dropLast(1)
    let status =
      #"{"schema": 1, "post": "NAME", "path": "schedule/posts/NAME.yaml", "state": "STATE", "scheduled_at": "\#(due).000Z", "#
      + #""published_at": null, "deliveries": [{"account": "acme", "platform": "outbox", "state": "STATE", "reason": REASON, "attempts": 1, "#
      + #""next_attempt_at": null, "remote": null, "error": null}]}"#
    var files: [String: String] = [:]
    for (name, state, reason) in [
      ("doubtful", "in_doubt", "null"), ("lockedout", "held", #""account acme needs a login; run: posthorn account login acme""#),
      ("asleep", "publishing", "null"), ("out", "published", "null"), ("gone", "failed", "null"), ("waiting", "held", #""suspended""#),
    ] {
      files["schedule/posts/\(name).yaml"] =
        "scheduled_time: \(due)\naccounts: [acme]\n" + (name == "waiting" ? "suspend: true\n" : "")
      files["schedule/status/posts/\(name).json"] = status.replacing("NAME", with: name).replacing("STATE", with: state).replacing(
        "REASON", with: reason)
    }
    files["schedule/posthorn.yaml"] = "record: {branch: main}\n"
    try git.commit(files)
    let ending = try posthorn("status", "--stuck")
    #expect(ending.status == 1, "\(ending)")
    for step in [
      "posthorn resolve doubtful acme --published [URL], or --not-published", "posthorn account login acme", "posthorn reconcile",
      "take suspend out of schedule/posts/waiting.yaml",
    ] { #expect(ending.output.contains("to do    ") && ending.output.contains(step), "\(step) in \(ending.output)") }
    #expect(!ending.output.split(separator: "\n").contains { line in ["out:", "gone:", "later:"].contains { line.hasPrefix($0) } })
    #expect(try posthorn("status", "gone").output.contains("to do    posthorn retry gone acme"))
  }

  @Test(
    "A file whose name is no id, and that gives none, is listed as held: no status file can say so", arguments: ["Launch Teaser", "été"])
  func nameless(name: String) throws {
    try git.commit(["schedule/posts/\(name).yaml": "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"])
    let table = try posthorn("status")
    #expect(table.status == 0 && table.output.contains("scheduled  later"))
    #expect(table.output.contains("schedule/posts/\(name).yaml: held, it has no id\n") && table.output.contains("posthorn validate"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(try posthorn("status", "--format", "json").output.utf8)) as? [[String: Any]])
    let file = try #require(json.first { $0["path"] as? String == "schedule/posts/\(name).yaml" })
    #expect(file["state"] as? String == "held" && file["post"] is NSNull && (file["reason"] as? String)?.isEmpty == false)
    try git.commit(["schedule/posts/\(name).yaml": "id: named\nscheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"])
    #expect(try posthorn("status").output.contains("scheduled  named"))
  }

  @Test("History lists attempts newest first, of one post if it is named, and as many as asked for")
  func history() throws {
    #expect(try posthorn("history").errors.contains("nothing was recorded yet"))
    try publish()
    #expect(try posthorn("history").output.contains("published  due   acme"))
    #expect(try posthorn("history", "later").output == "")
    try git.git("checkout", "-q", "posthorn")
    let file = try git.git("ls-files", "schedule/history").split(separator: "\n").first.map(String.init)
    let record = try Posthorn.text("\(git.path)/\(try #require(file))")
    let older = record.replacing("\"attempt\": 1", with: "\"attempt\": 7")
    try git.commit(["schedule/history/2020/01/02/due/acme.7.json": older, "schedule/history/2020/01/02/due/x.json": "{"])
    try git.git("checkout", "-q", "main")
    let all = try posthorn("history", "due", "--format", "json")
    let attempts = try #require(try JSONSerialization.jsonObject(with: Data(all.output.utf8)) as? [[String: Any]])
    #expect(attempts.map { $0["attempt"] as? Int } == [1, 7])
    #expect(all.errors.contains("schedule/history/2020/01/02/due/x.json is passed over"))
    let limited = try posthorn("history", "--limit", "1", "--format", "json")
    #expect(
      (try JSONSerialization.jsonObject(with: Data(limited.output.utf8)) as? [Any])?.count == 1 && !limited.errors.contains("passed over"))
    #expect(try posthorn("history", "--limit", "0").status == 2)
  }

  @Test("A plan of a range tells what changes, and --exit-code says whether anything does")
  func plan() throws {
    try publish()
    try git.commit([
      "schedule/posts/due.yaml": "scheduled_time: 2036-11-28T09:00\naccounts: [acme]\n",
      "schedule/posts/later.yaml": "scheduled_time: 2036-11-28T09:00\ntimezone: America/New_York\naccounts: [acme]\n",
      "schedule/posts/new.yaml": "scheduled_time: 2036-11-26T09:00\naccounts: [acme]\nsuspend: {reason: legal}\n",
    ])
    let ending = try posthorn("plan", "HEAD~1..HEAD", "--format", "json", "--exit-code")
    #expect(ending.status == 1)
    let plan = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
    let changes = try #require(plan["changes"] as? [[String: Any]])
    #expect(changes.map { "\($0["post"] ?? "") \($0["change"] ?? "")" } == ["new hold", "due drift", "later reschedule"])
    let text = try posthorn("plan", "HEAD~1..")
    #expect(text.status == 0 && text.output.contains("      was  2036-11-27 09:00 EST  2036-11-27 14:00 UTC\n"))
    #expect(text.output.hasSuffix("1 rescheduled, 1 held, 1 already out\n"))
    #expect(try posthorn("plan", "HEAD..HEAD", "--exit-code").status == 0)
    #expect(try posthorn("plan", "HEAD").status == 2)
    #expect(try posthorn("plan", "nothing..HEAD", "--exit-code").status == 3)
  }

  @Test("Without a range the work tree's pending posts are listed, committed or not")
  func pending() throws {
    try folder.write("scheduled_time: 2036-01-01T09:00\naccounts: [acme]\n", to: "work/schedule/posts/draft.yaml")
    try publish()
    let ending = try posthorn("plan")
    #expect(ending.status == 0 && ending.output.contains("add draft schedule/posts/draft.yaml\n    acme  2036-01-01 09:00 UTC"))
    #expect(!ending.output.contains("add due") && ending.output.hasSuffix("2 to go out, 1 held\n"))
  }

  @Test("A repository that is not there, or has no commit, is an error that says what to do")
  func missing() throws {
    let empty = try GitClient.create(at: folder.path("empty"))
    for (arguments, words) in [
      (["status", "--repo", folder.path], "git init"), (["status", "--repo", empty.path], "commit something"),
      (["status", "--branch", "nope"], "--branch"), (["history", "--repo", folder.path("none")], "--repo"),
    ] {
      let ending = try Program.run(arguments, in: git.path)
      #expect(ending.status == 3 && ending.errors.contains(words), "\(arguments): \(ending.errors)")
    }
  }
}
