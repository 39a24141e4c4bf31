import Foundation
import Support
import Testing

@Suite("A name that is nearly that of the content folder")
struct TwinTests {
  @Test(
    "Is named by validate, in a work tree, a commit and what changed, and everything else is read",
    arguments: ["SCHEDULE/readme.txt", "Schedule"])
  func named(twin: String) throws {
    let folder = try TemporaryFolder("twin")
    let git = try GitClient.create(at: folder.path("work"))
    try git.commit(["schedule/accounts/acme.yaml": "platform: outbox\n"])
    try git.commit([twin: "x", "schedule/posts/next.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: UTC\naccounts: [acme]\n"])
    for arguments in [[], ["--rev", "HEAD"], ["--since", "HEAD~1"]] {
      let ending = try Program.run(["validate"] + arguments, in: git.path)
      #expect(ending.status == 1 && ending.output.contains("file.collision"), "\(arguments): \(ending)")
      #expect(ending.output.contains("schedule is read, and this is not"), "\(arguments): \(ending)")
    }
    #expect(try Program.run(["plan", "HEAD~1..HEAD"], in: git.path).output.contains("1 to go out"))
  }

  @Test(
    "At each level of the way to a folder below others it is named by validate, staged ones too, and stops nothing: posts go out, and are audited",
    arguments: [
      ("a/schedule", "a/SCHEDULE/x"), ("a/schedule", "a/Schedule"), ("a/b/schedule", "a/B/x"), ("a/b/schedule", "A/b/schedule/x"),
    ])
  func nested(folder: String, twin: String) throws {
    let scratch = try TemporaryFolder("twin")
    let git = try GitClient.create(at: scratch.path("work"))
    let due = Date(timeIntervalSinceNow: -5).formatted(.iso8601).dropLast(1)
    let post = "scheduled_time: \(due)\ntimezone: UTC\naccounts: [acme]\n"
    let named = twin.hasSuffix("/x") && !twin.hasPrefix("A") ? String(twin.dropLast(2)) : twin.hasPrefix("A") ? "A" : twin
    func run(_ arguments: String...) throws -> Program.Ending {
      let state = ["plan", "validate", "status"].contains(arguments[0]) ? [] : ["--state", scratch.path("state")]
      return try Program.run(arguments + ["--folder", folder] + state, in: git.path)
    }
    try git.commit(["\(folder)/accounts/acme.yaml": "platform: outbox\n", "\(folder)/posts/first.yaml": post])
    #expect(try run("reconcile").status == 0)
    try git.commit([twin: "x", "\(folder)/posts/second.yaml": post + "caption: Again.\n"])
    for arguments in [["validate"], ["validate", "--rev", "HEAD"], ["validate", "--since", "HEAD~1"]] {
      let ending = try Program.run(arguments + ["--folder", folder], in: git.path)
      #expect(ending.status == 1 && ending.output.contains("\(named):1:1: error: this is the same name as"), "\(arguments): \(ending)")
    }
    #expect(try run("plan", "HEAD~1..HEAD").output.contains("second"))
    let pass = try run("reconcile")
    #expect(pass.status == 0 && pass.output.contains("1 published"), "\(pass)")
    #expect(try run("status").output.contains("published  second"))
    let audit = try run("audit")
    #expect(audit.status == 0, "\(audit)")
    // From nothing, the past is found again behind it.
    try FileManager.default.removeItem(atPath: scratch.path("state"))
    let again = try run("reconcile")
    #expect(again.status == 0 && !again.output.contains("published"), "\(again)")
    #expect(try git.git("fsck", "--full", "--strict", "--no-dangling") == "")
  }

  @Test(
    "Two folders of posts, or of media, are an error of both, told apart where they look alike; what is in them is held, and nothing else",
    arguments: [("Doors", "doors", "Doors", "doors"), ("caf\u{e9}", "cafe\u{301}", "caf\\u{e9}", "cafe\\u{301}")])
  func folders(one: String, other: String, oneShown: String, otherShown: String) throws {
    let folder = try TemporaryFolder("twin")
    let git = try GitClient.create(at: folder.path("work"))
    try git.git("config", "core.precomposeunicode", "false")
    let due = Date(timeIntervalSinceNow: -5).formatted(.iso8601).dropLast(1)
    func post(_ caption: String, _ more: String = "") -> String {
      "scheduled_time: \(due)\ntimezone: UTC\naccounts: [acme]\ncaption: \(caption)\n\(more)"
    }
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\n", "schedule/posts/\(one)/x.yaml": post("One"),
      "schedule/posts/\(other)/y.yaml": post("Two"), "schedule/posts/plain.yaml": post("Three"),
      "schedule/posts/picture.yaml": post("Four", "media: [{path: media/\(one)/a.png}]\n"),
      "schedule/media/\(one)/a.png": "a", "schedule/media/\(other)/b.png": "b",
    ])
    for arguments in [[], ["--rev", "HEAD"]] {
      let ending = try Program.run(["validate"] + arguments, in: git.path)
      for kind in ["posts", "media"] {
        let pair = ["\"schedule/\(kind)/\(oneShown)\"", "\"schedule/\(kind)/\(otherShown)\""]
        #expect(ending.output.contains("\(pair[0]) and \(pair[1]) are one file"), "\(ending)")
        #expect(ending.output.contains("\(pair[1]) and \(pair[0]) are one file"), "\(ending)")
      }
    }
    let pass = try Program.run(["reconcile", "--state", folder.path("state")], in: git.path)
    #expect(pass.status == 1 && pass.output == "1 published, 1 failed\n", "\(pass)")
    #expect(pass.errors.contains("schedule/media/\(one)/a.png is not read: "), "\(pass)")
    let status = try Program.run(["status"], in: git.path).output
    #expect(status.split(separator: "\n").count { $0.contains("held ") } == 2 && status.contains("published  plain"), "\(status)")
  }

  @Test(
    "Beside records, at any level, it hides none from those who read them: status, history, audit, and doctor finds nothing in the way",
    arguments: [
      "Schedule/history/x", "schedule/HISTORY/x", "schedule/Status/posts/x", "schedule/status/POSTS/x", "schedule/status/posts/DUE.json",
    ])
  func records(twin: String) throws {
    let folder = try TemporaryFolder("twin")
    let git = try GitClient.create(at: folder.path("work"))
    let due = Date(timeIntervalSinceNow: -5).formatted(.iso8601).dropLast(1)
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\n", "schedule/posthorn.yaml": "record: {branch: main}\n",
      "schedule/posts/due.yaml": "scheduled_time: \(due)\ntimezone: UTC\naccounts: [acme]\n",
    ])
    let bare = folder.path("bare.git")
    try git.git("clone", "-q", "--bare", git.path, bare)
    let options = ["--repo", bare, "--state", folder.path("state")]
    #expect(try Program.run(["reconcile"] + options, in: folder.path).status == 0)
    try git.git("pull", "-q", bare, "main")
    try git.commit([twin: "x"])
    try git.git("push", "-q", bare, "HEAD:main")
    #expect(try Program.run(["status", "--repo", bare], in: folder.path).output.contains("published  due"))
    #expect(try Program.run(["history", "--repo", bare], in: folder.path).output.contains("published  due"))
    let audit = try Program.run(["audit", "--repo", bare], in: folder.path)
    // What somebody wrote below status is theirs, and nothing else is said of it.
    #expect(audit.status == 0 || audit.output.contains(" \(twin)\n") && audit.output.contains("\n1 violation "), "\(audit)")
    let doctor = try Program.run(["doctor"] + options, in: folder.path)
    #expect(doctor.status == (twin.hasSuffix("DUE.json") ? 1 : 0), "\(doctor)")
    #expect(try Program.run(["reconcile"] + options, in: folder.path).status == 0)
  }
}
