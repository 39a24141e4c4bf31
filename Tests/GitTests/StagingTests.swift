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
    #expect(try fixture.repository().hooksFolder(ofServer: false) == .own(fixture.client.path + "/.git/hooks"))
    try fixture.client.git("config", "core.hooksPath", "/srv/hooks")
    #expect(try fixture.repository().hooksFolder(ofServer: false) == .own("/srv/hooks"))
    #expect(Library.version.split(separator: ".").count == 3)
  }

  @Test("What is only meant to be added some day is not staged")
  func intended() throws {
    try fixture.commit(["a": "one"])
    try fixture.folder.write("two", to: "work/b")
    try fixture.folder.write("three", to: "work/c")
    try fixture.client.git("add", "-N", "b", "c")
    try fixture.client.git("add", "c")
    #expect(try fixture.repository().stagedFiles().map(\.path) == ["a", "c"])
  }

  @Test(
    "An index is read in every form that git writes",
    arguments: [
      "git update-index --index-version 2", "git update-index --index-version 4", "git update-index --split-index",
      "git update-index --split-index && git add -A && git rm -q --cached a/4 && git update-index --chmod=+x a/2",
      "git config index.version 4 && git update-index --split-index && echo x > z && echo y > a/1 && git add -A && git rm -q --cached b/5",
      "git config index.sparse true && git sparse-checkout set --cone a",
      "git update-index --fsmonitor --untracked-cache",
      "python3 -c \"import os; f = open('.git/index', 'r+b'); f.seek(-20, 2); f.write(bytes(20))\"",
      "git checkout -q --orphan other && git rm -q -r --cached .",
    ])
  func forms(command: String) throws {
    try fixture.commit(Dictionary(uniqueKeysWithValues: (0..<200).map { ("\($0 % 2 == 0 ? "a" : "b")/\($0)", "\($0)") }))
    try run(["sh", "-c", command], in: fixture.client.path)
    let listed = try fixture.client.git("ls-files", "--stage", "-z").split(separator: "\0").map(String.init)
    let files = try fixture.repository().stagedFiles()
    #expect(files.map { "\($0.kind.octal) \($0.id.hex) 0\t\($0.path)" } == listed)
    guard let head = try fixture.repository().reference("HEAD") else { return }
    #expect(GitError.Reason.of { _ = try fixture.repository().workTreeChanges(since: head, under: "a") } == nil)
  }

  @Test("An index that is no whole one is refused, wherever it was cut or changed")
  func broken() throws {
    try fixture.commit(["a": "one", "b/c": "two"])
    try fixture.client.git("update-index", "--index-version", "4")
    let index = fixture.folder.path("work/.git/index")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: index)))
    for end in 0..<bytes.count {
      try Data(bytes[..<end]).write(to: URL(fileURLWithPath: index))
      #expect(GitError.Reason.of { _ = try fixture.repository().stagedFiles() } == .corrupt, "cut at \(end)")
    }
    for place in bytes.indices.dropLast(20) {
      var changed = bytes
      changed[place] ^= 0x41
      try Data(changed).write(to: URL(fileURLWithPath: index))
      #expect(GitError.Reason.of { _ = try fixture.repository().stagedFiles() } != nil, "changed at \(place)")
    }
  }
}

extension TreeEntry.Kind {
  fileprivate var octal: String {
    switch self {
    case .file: "100644"
    case .executable: "100755"
    case .link: "120000"
    default: "\(self)"
    }
  }
}
