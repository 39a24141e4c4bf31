import Foundation
import Support
import Testing

@Suite("Where hooks live")
struct HookPlaceTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private static let bad = "scheduled_time: 2036-11-27\naccounts: [acme]\n"

  init() throws {
    folder = try TemporaryFolder("hook-place")
    try folder.write("", to: "home/.gitconfig")
    let environment = ["HOME": folder.path("home"), "GIT_CONFIG_GLOBAL": folder.path("home/.gitconfig")]
    try run(["git", "init", "-q", "-b", "main", folder.path("work")])
    git = GitClient(at: folder.path("work"), environment: environment)
    try git.commit(["schedule/accounts/acme.yaml": outbox + "timezone: UTC\n"])
  }

  private func install(_ arguments: String..., in path: String? = nil) async throws -> Posthorn.Ending {
    try await Posthorn.run(["hooks", "install"] + arguments, in: path ?? git.path, environment: git.environment)
  }

  private var blocks: Bool {
    do {
      try git.commit(["schedule/posts/x.yaml": Self.bad])
      return false
    } catch { return true }
  }

  @Test(
    "The hook goes where git runs it, and git runs it",
    arguments: ["my hooks", "~/hooks", "HOME/absolute", ".husky/_", "../beside"])
  func own(value: String) async throws {
    let value = value.replacing("HOME", with: folder.path("home"))
    try git.git("config", "core.hooksPath", value)
    let ending = try await install()
    #expect(ending.status == 0, "\(ending)")
    #expect(!FileManager.default.fileExists(atPath: git.path + "/~"))
    #expect(blocks, "\(ending)")
  }

  @Test("In a linked work tree the hook goes to the repository, and with settings for each work tree to that of this one")
  func linked() async throws {
    try git.git("worktree", "add", "-q", folder.path("linked"))
    let linked = GitClient(at: folder.path("linked"), environment: git.environment)
    #expect(try await install(in: linked.path).output == "installed \(git.path)/.git/hooks/pre-commit\n")
    #expect(throws: ProgramFailure.self) { try linked.commit(["schedule/posts/x.yaml": Self.bad]) }
    try git.git("config", "extensions.worktreeConfig", "true")
    try linked.git("config", "--worktree", "core.hooksPath", "own")
    #expect(try await install(in: linked.path).output == "installed \(linked.path)/own/pre-commit\n")
    #expect(throws: ProgramFailure.self) { try linked.commit(["schedule/posts/x.yaml": Self.bad]) }
  }

  @Test(
    "Where git runs no hook of this repository alone, nothing is installed, and the setting is named",
    arguments: [
      ("", "--local", "(empty)"), ("/dev/null", "--local", "/dev/null"), ("", "--global", "(empty)"), ("~/all", "--global", "~/all"),
    ])
  func elsewhere(value: String, scope: String, shown: String) async throws {
    try git.git("config", scope, "core.hooksPath", value)
    let ending = try await install()
    #expect(ending.status == 3 && ending.errors.contains("core.hooksPath = \(shown)"), "\(ending)")
    #expect(scope == "--local" || ending.errors.contains("in \(folder.path("home/.gitconfig"))"), "\(ending)")
    #expect(ending.errors.contains("git config core.hooksPath \(git.path)/.git/hooks"), "\(ending)")
    #expect(!blocks)
    // What was advised helps.
    try git.git("config", "core.hooksPath", git.path + "/.git/hooks")
    try git.git("reset", "-q", "--hard", "HEAD~1")
    #expect(try await install().status == 0)
    #expect(blocks)
  }

  @Test("A bare repository gets the server's hooks, told so or not; so does the git directory of another one with --server")
  func bare() async throws {
    let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
    let ending = try await install("--state", folder.path("state"), in: bare.path)
    #expect(ending.output == "installed \(bare.path)/hooks/pre-receive\ninstalled \(bare.path)/hooks/post-receive\n", "\(ending)")
    try bare.git("config", "core.hooksPath", "server hooks")
    #expect(
      try await install("--state", folder.path("state"), in: bare.path).output.hasPrefix("installed \(bare.path)/server hooks/pre-receive"))
    try git.git("remote", "add", "origin", bare.path)
    try git.commit(["schedule/posts/x.yaml": Self.bad])
    #expect(throws: ProgramFailure.self) { try git.git("push", "-q", "origin", "main") }
    try git.git("config", "core.hooksPath", "mine")
    #expect(try await install("--server", "--state", folder.path("state")).output.hasPrefix("installed \(git.path)/.git/mine/pre-receive"))
  }
}
