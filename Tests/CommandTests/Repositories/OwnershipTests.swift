import Foundation
import Glibc
import Support
import Testing

@Suite("A repository of somebody else", .enabled(if: geteuid() == 0, "only root can give a file away"))
struct OwnershipTests {
  private let repository: ContentRepository
  private let home: TemporaryFolder
  private var path: String { repository.clone.path }

  init() throws {
    repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/x.yaml": post(due: 3600)])
    home = try TemporaryFolder("home")
    for place in [repository.clone.path, repository.upstream.path] { try run(["chown", "-R", "65534", place]) }
  }

  private func status(_ variables: [String: String] = [:]) throws -> Program.Ending {
    let own = ["HOME": home.path, "GIT_CONFIG_SYSTEM": home.path("system")]
    return try Program.run(["status"], in: path, environment: own.merging(variables) { $1 })
  }

  @Test("It is refused with its owner and the command that trusts it, which is what git says")
  func refused() throws {
    let ending = try status()
    #expect(ending.status == 3, "\(ending)")
    #expect(ending.errors.contains("belongs to nobody (uid 65534), and this runs as root (uid 0)"), "\(ending)")
    #expect(ending.errors.contains("git config --global --add safe.directory \(path)\n"), "\(ending)")
  }

  @Test(
    "What git is told to trust is trusted, wherever git reads that from",
    arguments: [
      (".gitconfig", "[safe]\n\tdirectory = PLACE\n"), (".config/git/config", "[safe]\n\tdirectory = *\n"),
      ("system", "[safe]\n\tdirectory = PLACE/\n"), (".gitconfig", "[safe]\n\tdirectory = FOLDER/*\n"),
      (".gitconfig", "[include]\n\tpath = ~/more\n"), (".gitconfig", "[include]\n\tpath = more\n"),
      (".gitconfig", "[safe]\n\tdirectory = /nowhere\n\tdirectory = PLACE\n"),
    ])
  func trusted(file: String, text: String) throws {
    func filled(_ text: String) -> String { text.replacing("PLACE", with: path).replacing("FOLDER", with: repository.folder.path) }
    try home.write(filled("[safe]\n\tdirectory = PLACE\n"), to: "more")
    try home.write(filled(text), to: file)
    #expect(try status().status == 0)
  }

  @Test(
    "What git is not told to trust is not, whatever else it is told",
    arguments: [
      "[safe]\n\tdirectory = PLACE/schedule\n", "[safe]\n\tdirectory = PLACE\n\tdirectory =\n", "[safe]\n\tdirectory = FOLDER\n",
      "[user]\n\tname = Ann\n", "[safe \"sub\"]\n\tdirectory = *\n",
    ])
  func distrusted(text: String) throws {
    try home.write(text.replacing("PLACE", with: path).replacing("FOLDER", with: repository.folder.path), to: ".gitconfig")
    // What the repository says of itself is no reason to trust it.
    try run(["git", "config", "--file", path + "/.git/config", "--add", "safe.directory", "*"])
    try run(["chown", "-R", "65534", path])
    #expect(try status().status == 3)
  }

  @Test("A caller trusts it for one run, as git -c and GIT_CONFIG_COUNT do, and so does whoever became root through sudo")
  func once() throws {
    #expect(try status(["GIT_CONFIG_PARAMETERS": "'user.name'='It'\\''s me' 'safe.directory'='\(path)'"]).status == 0)
    #expect(try status(["GIT_CONFIG_PARAMETERS": "'safe.directory=*'"]).status == 0)
    let counted = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": path]
    #expect(try status(counted).status == 0)
    #expect(try status(["SUDO_UID": "65534"]).status == 0)
    #expect(try status(["SUDO_UID": "1000"]).status == 3)
    try home.write("[safe]\n\tdirectory = *\n", to: ".gitconfig")
    #expect(try status(["GIT_CONFIG_GLOBAL": ""]).status == 3)
    #expect(try status(["GIT_CONFIG_GLOBAL": home.path(".gitconfig")]).status == 0)
  }

  @Test("A hook of a shared repository works for everybody whom git lets push there")
  func shared() async throws {
    let bare = repository.upstream
    try run(["chown", "-R", "0", bare.path])
    let installed = try await Posthorn.run(["hooks", "install", "--state", home.path("state")], in: bare.path)
    #expect(installed.status == 0, "\(installed)")
    try run(["chown", "-R", "65534", bare.path])
    try home.write("[safe]\n\tdirectory = *\n", to: ".gitconfig")
    let other = try GitClient.clone(
      bare.path, to: home.path("other"), environment: ["HOME": home.path, "GIT_CONFIG_GLOBAL": home.path(".gitconfig")])
    try other.commit(["schedule/posts/y.yaml": post(due: 7200)])
    try other.git("push", "-q", "origin", "HEAD")
    try other.commit(["schedule/posts/z.yaml": "caption: [\n"])
    #expect(throws: ProgramFailure.self) { try other.git("push", "-q", "origin", "HEAD") }
  }
}
