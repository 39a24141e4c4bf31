import Foundation
import Support
import Testing

@Suite("A plan of a range is what merging would do")
struct MergePlanTests {
  private let folder: TemporaryFolder
  private let git: GitClient

  init() throws {
    folder = try TemporaryFolder("merge")
    git = try GitClient.create(at: folder.path("work"))
    try git.commit(["schedule/accounts/acme.yaml": outbox + "timezone: UTC\n", "schedule/posts/first.yaml": Self.post(9)])
  }

  private static func post(_ hour: Int, _ more: String = "") -> String {
    "scheduled_time: 2036-11-27T\(hour < 10 ? "0" : "")\(hour):00\naccounts: [acme]\n\(more)"
  }

  private func plan(_ range: String, in path: String? = nil) throws -> [String] {
    let ending = try Program.run(["plan", range], in: path ?? git.path)
    try #require(ending.status == 0, "\(ending)")
    return ending.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map(String.init)
  }

  private func branch(_ name: String, _ files: [String: String?], at place: String = "main") throws {
    try git.git("checkout", "-q", "-b", name, place)
    try git.commit(files)
  }

  private func onMain(_ files: [String: String?]) throws {
    try git.git("checkout", "-q", "main")
    try git.commit(files)
  }

  @Test("What main has meanwhile is not cancelled, whichever way the range is written")
  func behind() throws {
    try branch("topic", ["schedule/posts/mine.yaml": Self.post(12)])
    try onMain(["schedule/posts/second.yaml": Self.post(10), "schedule/posts/third.yaml": Self.post(11)])
    try git.git("checkout", "-q", "topic")
    for range in ["main..HEAD", "main...HEAD", "main..", "main...topic"] {
      #expect(try plan(range) == ["add mine schedule/posts/mine.yaml", "1 to go out"], "\(range)")
    }
    #expect(try plan("topic..main").last == "2 to go out")
    let json = try Program.run(["plan", "main..HEAD", "--format", "json"], in: git.path).output
    let (base, onto) = (try git.git("merge-base", "main", "topic"), try git.git("rev-parse", "main"))
    #expect(json.contains(#""base": "\#(base)""#) && json.contains(#""onto": "\#(onto)""#), "\(json)")
  }

  @Test("An account that the branch changes concerns the posts that main has")
  func account() throws {
    try branch("topic", ["schedule/accounts/acme.yaml": outbox + "timezone: Asia/Tokyo\n"])
    try onMain(["schedule/posts/second.yaml": Self.post(10)])
    #expect(try plan("main..topic").last == "2 rescheduled")
    try onMain(["schedule/posts/first.yaml": nil])
    #expect(try plan("main..topic").last == "1 rescheduled")
  }

  @Test("Neighbours and ids are those of main")
  func neighbours() throws {
    try branch("topic", ["schedule/posts/mine.yaml": Self.post(10)])
    try onMain(["schedule/posts/second.yaml": Self.post(10)])
    #expect(try Program.run(["plan", "main..topic"], in: git.path).output.contains("at the same time as second"))
    try onMain(["schedule/posts/other.yaml": Self.post(15, "id: mine\n")])
    #expect(try plan("main..topic").first?.hasPrefix("hold mine") == true)
  }

  @Test("What main has already from the branch changes nothing more: squashed, cherry-picked, or written twice")
  func already() throws {
    try branch("topic", ["schedule/posts/mine.yaml": Self.post(12), "schedule/posts/first.yaml": Self.post(8)])
    try git.git("checkout", "-q", "main")
    try git.git("merge", "-q", "--squash", "topic")
    try git.git("commit", "-q", "-m", "squashed")
    #expect(try plan("main..topic") == ["no changes"])
    try onMain(["schedule/posts/first.yaml": Self.post(7)])
    #expect(try plan("main..topic").last == "1 rescheduled")
  }

  @Test("After merges in both directions a change counts where it differs from every base")
  func crossed() throws {
    try branch("topic", ["schedule/posts/mine.yaml": Self.post(12)])
    try onMain(["schedule/posts/theirs.yaml": Self.post(13)])
    let (main, topic) = (try git.git("rev-parse", "main"), try git.git("rev-parse", "topic"))
    try git.git("merge", "-q", "--no-edit", topic)
    try git.git("checkout", "-q", "topic")
    try git.git("merge", "-q", "--no-edit", main)
    #expect(try git.git("merge-base", "--all", "main", "topic").split(separator: "\n").count == 2)
    #expect(try plan("main..topic") == ["no changes"])
    try git.commit(["schedule/posts/new.yaml": Self.post(14)])
    #expect(try plan("main..topic") == ["add new schedule/posts/new.yaml", "1 to go out"])
  }

  @Test("A post that main has moved is edited there, and one that the branch removes is cancelled")
  func moved() throws {
    try branch("topic", ["schedule/posts/first.yaml": Self.post(9, "caption: other\n")])
    try onMain(["schedule/posts/first.yaml": nil, "schedule/posts/2036/first.yaml": Self.post(9)])
    #expect(try plan("main..topic").last == "1 edited")
    try branch("gone", ["schedule/posts/2036/first.yaml": nil])
    #expect(try plan("main..gone") == ["cancel first schedule/posts/2036/first.yaml", "1 cancelled"])
  }

  @Test("Without a commit in common there is nothing to merge; a shallow clone is told how to get it")
  func apart() throws {
    try git.git("checkout", "-q", "--orphan", "other")
    try git.commit(["schedule/posts/first.yaml": Self.post(8)])
    let ending = try Program.run(["plan", "main..other"], in: git.path)
    #expect(ending.status == 3 && ending.errors.contains("no commit in common"), "\(ending)")
    try branch("topic", ["schedule/posts/mine.yaml": Self.post(12)])
    try onMain(["schedule/posts/second.yaml": Self.post(10)])
    try run(["git", "clone", "-q", "--depth", "1", "--no-single-branch", "file://\(git.path)", folder.path("shallow")])
    let shallow = try Program.run(["plan", "origin/main..origin/topic"], in: folder.path("shallow"))
    #expect(shallow.status == 3 && shallow.errors.contains("git fetch --unshallow"), "\(shallow)")
    try run(["git", "-C", folder.path("shallow"), "fetch", "-q", "--depth", "2", "origin", "main", "topic"])
    #expect(try plan("origin/main..origin/topic", in: folder.path("shallow")).last == "1 to go out")
  }

  @Test("A bare repository's plan and validation are those of its head, or of the branch that is named")
  func bare() throws {
    try run(["git", "clone", "-q", "--bare", git.path, folder.path("bare.git")])
    for arguments in [["plan", "--repo", folder.path("bare.git")], ["plan"]] {
      let ending = try Program.run(arguments, in: folder.path("bare.git"))
      #expect(ending.status == 0 && ending.output.contains("add first"), "\(ending)")
    }
    #expect(try Program.run(["validate"], in: folder.path("bare.git")).output == "1 post, 1 account: nothing to report\n")
    try branch("bad", ["schedule/posts/bad.yaml": "colour: red\n"])
    try git.git("push", "-q", folder.path("bare.git"), "bad")
    #expect(try Program.run(["validate", "--branch", "bad"], in: folder.path("bare.git")).status == 1)
    #expect(try Program.run(["plan", "--branch", "bad", "--format", "json"], in: folder.path("bare.git")).output.contains("\"bad\""))
    let since = try Program.run(["validate", "--since", "main", "--branch", "bad"], in: folder.path("bare.git"))
    #expect(since.status == 1 && since.output.contains("bad.yaml"), "\(since)")
  }

  @Test("A comment has room for any plan, and says what it leaves out")
  func long() throws {
    let caption = String(repeating: "`é ", count: 1400)
    var files: [String: String] = [:]
    var accounts = ""
    for number in 0..<30 {
      files["schedule/accounts/account-\(number).yaml"] = outbox + "timezone: UTC\n"
      accounts += (number == 0 ? "" : ", ") + "account-\(number)"
    }
    for number in 0..<40 {
      let overrides = (0..<6).map { "  account-\($0): {caption: \"\(number) \(caption)\"}" }.joined(separator: "\n")
      files["schedule/posts/post-\(number).yaml"] =
        "scheduled_time: 2036-11-27T09:00\naccounts: [\(accounts)]\ncaption: \"\(caption)\"\noverrides:\n\(overrides)\n"
    }
    try branch("topic", files)
    let comment = try Program.run(["plan", "main..topic", "--format", "markdown"], in: git.path).output
    #expect(comment.utf8.count <= 65_000, "\(comment.utf8.count)")
    #expect(comment.utf16.count <= 65_000)
    #expect(comment.contains("more: `posthorn plan") && comment.contains("not shown here for want of room"))
    // Nothing is cut in the middle: every fold is closed.
    #expect(comment.components(separatedBy: "<details>").count == comment.components(separatedBy: "</details>").count)
  }
}
