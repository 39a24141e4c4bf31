import Foundation
import Support
import Testing

@Suite("A repository that variables of git name")
struct NamedRepositoryTests {
  private let folder: TemporaryFolder
  private let good = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"

  init() throws {
    folder = try TemporaryFolder("named")
    try folder.write(outbox + "timezone: UTC\n", to: "work/schedule/accounts/acme.yaml")
    try folder.write(good, to: "work/schedule/posts/a.yaml")
    try run(["git", "init", "-q", "-b", "main", "--separate-git-dir", folder.path("dot.git"), folder.path("work")])
    try FileManager.default.removeItem(atPath: folder.path("work/.git"))
    try git("add", "-A")
    try git("commit", "-q", "-m", "one")
  }

  /// As people do who keep the git directory elsewhere: `git --git-dir=../dot.git --work-tree=.`
  private func git(_ arguments: String...) throws {
    try run(["git", "--git-dir=../dot.git", "--work-tree=."] + arguments, in: folder.path("work"))
  }

  private func posthorn(_ arguments: String..., variables: [String: String]) async throws -> Posthorn.Ending {
    try await Posthorn.run(arguments, in: folder.path("work"), environment: variables)
  }

  @Test(
    "GIT_DIR, with GIT_WORK_TREE or in the work tree itself, is the repository of every command",
    arguments: [
      ("work", ["GIT_DIR": "../dot.git", "GIT_WORK_TREE": "."]), ("work", ["GIT_DIR": "../dot.git"]),
      ("work/schedule/posts", ["GIT_DIR": "ROOT/dot.git", "GIT_WORK_TREE": "ROOT/work"]),
      ("", ["GIT_DIR": "dot.git", "GIT_WORK_TREE": "work"]),
    ])
  func everywhere(place: String, variables: [String: String]) async throws {
    let variables = variables.mapValues { $0.replacing("ROOT", with: folder.path) }
    for arguments in [
      ["validate"], ["status"], ["plan"], ["plan", "HEAD..HEAD"], ["validate", "--since", "HEAD"], ["validate", "--rev", "HEAD"],
    ] {
      let ending = try await Posthorn.run(arguments, in: folder.path(place), environment: variables)
      #expect(ending.status == 0, "\(arguments): \(ending)")
    }
    #expect(try await Posthorn.run(["status"], in: folder.path(place), environment: variables).output.contains("scheduled"))
  }

  @Test("The hook of such a repository checks what is committed, and what --repo names is another one")
  func hook() async throws {
    let installed = try await posthorn("hooks", "install", variables: ["GIT_DIR": "../dot.git", "GIT_WORK_TREE": "."])
    #expect(installed.output == "installed \(folder.path("dot.git"))/hooks/pre-commit\n", "\(installed)")
    try folder.write("scheduled_time: 2036-11-27\naccounts: [acme]\n", to: "work/schedule/posts/b.yaml")
    try git("add", "-A")
    let failure = #expect(throws: ProgramFailure.self) { try git("commit", "-q", "-m", "two") }
    #expect(failure?.output.contains("schedule/posts/b.yaml:1:17: error") == true)
    try folder.write(good, to: "work/schedule/posts/b.yaml")
    try git("add", "-A")
    try git("commit", "-q", "-m", "two")
    try git("commit", "-q", "--amend", "-a", "-m", "three")
    let other = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/other.yaml": good + "timezone: UTC\n"])
    let named = try await posthorn("status", "--repo", other.clone.path, variables: ["GIT_DIR": "../dot.git", "GIT_WORK_TREE": "."])
    #expect(named.output.contains("other"), "\(named)")
  }
}
