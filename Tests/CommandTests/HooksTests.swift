import Foundation
import Support
import Testing

@Suite("posthorn hooks")
struct HooksTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private static let good = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"
  private static let bad = "scheduled_time: 2036-11-27\naccounts: [acme]\n"

  init() throws {
    folder = try TemporaryFolder("hooks")
    git = try GitClient.create(at: folder.path("work"))
    try git.commit(["schedule/accounts/acme.yaml": "platform: outbox\ntimezone: UTC\n"])
  }

  private func install(_ arguments: String..., in path: String) throws -> Program.Ending {
    try Program.run(["hooks", "install"] + arguments, in: path)
  }

  /// What a command of git said when it failed; nil if it did not.
  private func failure(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test("A commit is judged by what is staged, not by what lies in the work tree")
  func staged() throws {
    #expect(try install(in: git.path).status == 0)
    try folder.write(Self.bad, to: "work/schedule/posts/x.yaml")
    try git.git("add", "-A")
    try folder.write(Self.good, to: "work/schedule/posts/x.yaml")
    let said = try #require(failure { try git.git("commit", "-q", "-m", "bad") })
    #expect(said.contains("schedule/posts/x.yaml:1:17: error: scheduled_time: \"2036-11-27\" has no time of day"))
    try git.git("add", "-A")
    try folder.write(Self.bad, to: "work/schedule/posts/x.yaml")
    #expect(failure { try git.git("commit", "-q", "-m", "good") } == nil)
    #expect(failure { try git.git("commit", "-q", "-a", "-m", "bad, with an index of its own") } != nil)
  }

  @Test("A mistake that was there before stops no other commit, but one in a file that is touched does")
  func before() throws {
    try git.commit(["schedule/posts/old.yaml": Self.bad])
    _ = try install(in: git.path)
    #expect(failure { try git.commit(["schedule/posts/new.yaml": Self.good]) } == nil)
    #expect(failure { try git.commit(["schedule/posts/old.yaml": Self.bad + "caption: more\n"]) } != nil)
    try git.git("reset", "-q", "--hard")
    #expect(failure { try git.commit(["schedule/accounts/acme.yaml": "platform: outbux\n"]) }?.contains("outbux") == true)
  }

  @Test("Somebody else's hook is left alone, with the line to add; our own is renewed")
  func foreign() throws {
    try folder.write("#!/bin/sh\nexit 0\n", to: "work/.git/hooks/pre-commit", mode: 0o755)
    let ending = try install(in: git.path)
    #expect(ending.status == 3 && ending.errors.contains("hooks run pre-commit || exit 1"))
    #expect(try Posthorn.text(folder.path("work/.git/hooks/pre-commit")) == "#!/bin/sh\nexit 0\n")
    try FileManager.default.removeItem(atPath: folder.path("work/.git/hooks/pre-commit"))
    #expect(try install(in: git.path).output.hasPrefix("installed"))
    #expect(try install(in: git.path).output.hasPrefix("kept"))
  }

  @Test(
    "The hooks that come with the project are those that are installed, with the program from PATH",
    arguments: ["pre-commit", "pre-receive", "post-receive"])
  func shipped(name: String) throws {
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    let repository = name == "pre-commit" ? git.path : bare.path
    _ = try name == "pre-commit" ? install(in: repository) : install("--server", in: repository)
    let installed = try Posthorn.text("\(repository)/\(name == "pre-commit" ? ".git/" : "")hooks/\(name)")
    let program = try #require(installed.split(separator: " hooks run").first?.split(separator: "exec ").last)
    let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    #expect(installed.replacing(program, with: "posthorn") == (try Posthorn.text(project.path + "/hooks/\(name)")))
  }

  @Test("core.hooksPath is where the hook goes")
  func hooksPath() throws {
    try git.git("config", "core.hooksPath", "my hooks")
    #expect(try install(in: git.path).output == "installed \(git.path)/my hooks/pre-commit\n")
    #expect(failure { try git.commit(["schedule/posts/x.yaml": Self.bad]) } != nil)
  }

  @Test("A push with an invalid post is refused before it is there; a good one is accepted, daemon or not")
  func push() throws {
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    #expect(try install("--server", "--state", folder.path("state"), in: bare.path).status == 0)
    try git.git("remote", "add", "origin", bare.path)
    #expect(failure { try git.git("push", "-q", "origin", "main") } == nil)
    let tip = try bare.git("rev-parse", "main")
    try git.commit(["schedule/posts/x.yaml": Self.bad])
    let said = try #require(failure { try git.git("push", "-q", "origin", "main") })
    #expect(said.contains("schedule/posts/x.yaml:1:17: error") && said.contains("pre-receive hook declined"))
    #expect(try bare.git("rev-parse", "main") == tip)
    #expect(failure { try git.git("push", "-q", "origin", "main:refs/heads/other") } != nil)
    try git.commit(["schedule/posts/x.yaml": Self.good])
    #expect(failure { try git.git("push", "-q", "origin", "main") } == nil)
    #expect(failure { try git.git("push", "-q", "origin", ":refs/heads/none") } == nil)
  }

  @Test(
    "An id that some post has already is found, though nobody touched that post: by its file's name, or because it says so in any spelling",
    arguments: [
      ("a/taken.yaml", ""), ("a/other.yml", "id: taken\n"), ("a/other.yaml", "\"i\\u0064\": 'taken'\n"),
      ("a/other.yaml", "\"id\":  taken\n"),
    ])
  func taken(file: String, line: String) throws {
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    try git.commit(["schedule/posts/\(file)": Self.good + line, "schedule/posts/a/sound.yaml": Self.good + "caption: an id: taken\n"])
    try git.git("push", "-q", bare.path, "main")
    _ = try install("--server", "--state", folder.path("state"), in: bare.path)
    try git.git("remote", "add", "origin", bare.path)
    try git.commit(["schedule/posts/b/taken.yaml": Self.good])
    let said = try #require(failure { try git.git("push", "-q", "origin", "main") })
    #expect(said.contains("b/taken.yaml:1:1: error: the id \"taken\" is also that of schedule/posts/\(file)"), "\(said)")
    #expect(said.contains("schedule/posts/\(file):"), "\(said)")
    try git.git("reset", "-q", "--hard", "HEAD~1")
    _ = try install(in: git.path)
    let refused = try #require(failure { try git.commit(["schedule/posts/b/taken.yaml": Self.good]) })
    #expect(refused.contains("the id \"taken\" is also that of"))
    try git.git("reset", "-q", "--hard")
    try git.commit(["schedule/posts/b/free.yaml": Self.good, "schedule/posts/a/sound.yaml": Self.good])
    try git.git("push", "-q", "origin", "main")
  }

  @Test("A medium that goes is missed by posts that nobody touched; one that comes, and a post that moves, disturb nothing")
  func depending() throws {
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    let past = "scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n"
    try git.commit([
      "schedule/media/a.png": "a", "schedule/posts/x.yaml": Self.good + "media:\n  - path: media/a.png\n", "schedule/posts/past.yaml": past,
    ])
    try git.git("push", "-q", bare.path, "main")
    _ = try install("--server", "--state", folder.path("state"), in: bare.path)
    _ = try install(in: git.path)
    try git.git("remote", "add", "origin", bare.path)
    try git.commit(["schedule/media/b.png": "b", "schedule/posts/past.yaml": nil, "schedule/posts/2016/past.yaml": past])
    try git.git("push", "-q", "origin", "main")
    #expect(
      failure { try git.commit(["schedule/media/a.png": nil]) }?.contains("schedule/posts/x.yaml:4:11: error: there is no file") == true)
    try git.git("commit", "-q", "--no-verify", "-m", "without")
    #expect(failure { try git.git("push", "-q", "origin", "main") }?.contains("there is no file \"media/a.png\"") == true)
  }

  @Test("After a push the daemon fetches at once")
  func wake() async throws {
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    let state = folder.path("state")
    try git.git("push", "-q", bare.path, "main")
    _ = try install("--server", "--state", state, in: bare.path)
    let daemon = try await Daemon(["--repo", bare.path, "--state", state, "--interval", "1h"])
    try git.commit(["schedule/posts/x.yaml": Self.good])
    let tip = try git.git("rev-parse", "HEAD").prefix(12)
    try git.git("push", "-q", bare.path, "main")
    _ = try await daemon.line(containing: "adopted commit=\(tip)")
    let status = try await daemon.stop()
    #expect(status == 0, "exit \(status)\n\(daemon.log)")
  }
}
