import Foundation
import Support
import Testing

@Suite("Shallow, partial and detached clones")
struct ShallowTests {
  private let repository: ContentRepository

  init() throws {
    repository = try ContentRepository(files: ["accounts/acme.yaml": outbox + "timezone: UTC\n", "posts/old.yaml": Self.good])
    try repository.push(["posts/a.yaml": Self.good + "caption: one\n"], message: "one")
    try repository.push(["posts/a.yaml": Self.good + "caption: two\n"], message: "two")
    try repository.push(["posts/bad.yaml": "colour: red\n"], message: "three")
  }

  private static let good = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"

  private func clone(_ options: String...) throws -> GitClient {
    let path = repository.folder.path("c-\(UUID().uuidString.prefix(8))")
    try run(["git", "clone", "-q"] + options + ["file://\(repository.upstream.path)", path])
    return GitClient(at: path)
  }

  @Test("validate --since works with as little history as it needs, and says how to get more")
  func since() throws {
    let two = try clone("--depth", "2")
    let ending = try Program.run(["validate", "--since", "HEAD~1"], in: two.path)
    #expect(ending.status == 1 && ending.output.contains("bad.yaml"), "\(ending)")
    #expect(try Program.run(["validate", "--since", "HEAD~1", "--rev", "HEAD"], in: two.path).status == 1)
    #expect(try Program.run(["plan", "HEAD~1..HEAD"], in: two.path).status == 0)
    let beyond = try Program.run(["validate", "--since", "HEAD~2"], in: two.path)
    #expect(beyond.status == 3 && beyond.errors.contains("git fetch --unshallow"), "\(beyond)")
  }

  @Test("why tells the story as far as it is here, and that there is more")
  func why() throws {
    let shallow = try clone("--depth", "3")
    let ending = try Program.run(["why", "a"], in: shallow.path)
    #expect(ending.status == 0 && ending.output.contains("two") && !ending.output.contains("one"), "\(ending)")
    #expect(ending.errors.contains("git fetch --unshallow"), "\(ending)")
    let whole = try Program.run(["why", "a"], in: repository.clone.path)
    #expect(whole.output.contains("one") && !whole.errors.contains("unshallow"), "\(whole)")
  }

  @Test("audit needs all of it, and says so")
  func audit() throws {
    let ending = try Program.run(["audit"], in: try clone("--depth", "1").path)
    #expect(ending.status == 3 && ending.errors.contains("git fetch --unshallow"), "\(ending)")
  }

  @Test(
    "At a detached head the branch of a remote is named as git names it",
    arguments: ["origin/main", "main", "refs/remotes/origin/main", "remotes/origin/main"])
  func detached(branch: String) throws {
    let clone = try clone()
    try clone.git("checkout", "-q", "--detach")
    try clone.git("branch", "-q", "-D", "main")
    for arguments in [["export", "ics"], ["status"], ["why", "a"]] {
      let ending = try Program.run(arguments + ["--branch", branch], in: clone.path)
      #expect(ending.status == 0, "\(arguments): \(ending)")
    }
    let none = try Program.run(["status", "--branch", "origin/none"], in: clone.path)
    #expect(none.status == 3 && none.errors.contains("no such branch"), "\(none)")
  }

  @Test("A partial clone is read where it has what is asked for, and named with the command where it has not")
  func partial() throws {
    try repository.upstream.git("config", "uploadpack.allowFilter", "true")
    let partial = try clone("--filter=blob:none")
    #expect(try Program.run(["status"], in: partial.path).status == 0)
    #expect(try Program.run(["validate"], in: partial.path).status == 1)
    #expect(try Program.run(["hooks", "install"], in: partial.path).status == 0)
    try partial.commit(["schedule/posts/b.yaml": Self.good])
    let ending = try Program.run(["plan", "HEAD~3..HEAD~2"], in: partial.path)
    #expect(ending.status == 3 && ending.errors.contains("run: git fetch --refetch --no-filter origin"), "\(ending)")
    try partial.git("fetch", "-q", "--refetch", "--no-filter", "origin")
    #expect(try Program.run(["plan", "HEAD~3..HEAD~2"], in: partial.path).status == 0)
  }
}
