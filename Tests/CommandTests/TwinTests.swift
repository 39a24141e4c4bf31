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
}
