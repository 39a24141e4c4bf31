import Foundation
import Git
import Support
import Testing

@Suite("What is about to be committed or accepted")
struct StagingTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("The index has what was staged, whatever became of the work tree, links as links")
  func staged() throws {
    try fixture.commit(["a": "one"])
    try fixture.folder.write("two", to: "work/b/c")
    try FileManager.default.createSymbolicLink(atPath: fixture.folder.path("work/d"), withDestinationPath: "a")
    try fixture.client.git("add", "-A")
    try fixture.folder.write("three", to: "work/b/c")
    let repository = try fixture.repository()
    let files = try repository.stagedFiles()
    #expect(files.map(\.path) == ["a", "b/c", "d"] && files.map(\.kind) == [.file, .file, .link])
    let content = try repository.blob(files[1].id, limit: 10)
    #expect(content == Array("two".utf8))
    #expect(GitError.Reason.of { _ = try fixture.repository().stagedFiles(index: fixture.folder.path("work/a")) } != nil)
  }

  @Test("A file with an unsettled merge is not staged")
  func conflict() throws {
    try fixture.commit(["a": "one", "b": "b"])
    try fixture.client.git("checkout", "-q", "-b", "other")
    try fixture.commit(["a": "two"])
    try fixture.client.git("checkout", "-q", "main")
    try fixture.commit(["a": "three"])
    #expect(throws: (any Error).self) { try fixture.client.git("merge", "other") }
    #expect(try fixture.repository().stagedFiles().map(\.path) == ["b"])
  }

  @Test("Objects of a folder that is borrowed from are read, and those of no other")
  func quarantine() throws {
    let id = try fixture.commit(["a": "one"])
    let other = try GitClient.create(at: fixture.folder.path("other"), "--bare")
    let repository = try Repository(at: other.path)
    let hasIt = repository.contains(id)
    #expect(!hasIt)
    try repository.borrowObjects(from: fixture.folder.path("work/.git/objects"))
    let found = try repository.commit(id).id
    #expect(found == id)
  }

  @Test("Hooks are looked for where the repository's configuration says")
  func hooks() throws {
    #expect(try fixture.repository().hooksFolder == fixture.client.path + "/.git/hooks")
    try fixture.client.git("config", "core.hooksPath", "/srv/hooks")
    #expect(try fixture.repository().hooksFolder == "/srv/hooks")
    #expect(Library.version.split(separator: ".").count == 3)
  }
}
