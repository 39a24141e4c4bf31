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
    arguments: [("a/schedule", "a/SCHEDULE/x"), ("a/schedule", "a/Schedule"), ("a/b/schedule", "a/B/x"), ("a/b/schedule", "A/b/schedule/x")])
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
}
