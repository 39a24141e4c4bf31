import Foundation
import Git
import Support
import Testing

@Suite("The screen for loose objects")
struct LooseObjectTests {
  @Test("A sound repository has nothing to name")
  func sound() throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1", "big": String(repeating: "large and dull ", count: 50_000)])
    let screen = Repository.screenLooseObjects(gitDirectory: fixture.client.path + "/.git")
    #expect(screen.broken == [] && screen.examined == 4 && screen.isComplete)
    #expect(!Repository.screenLooseObjects(gitDirectory: fixture.client.path + "/.git", limit: 3).isComplete)
  }

  @Test("Row 39: an object cut off anywhere is named, and nothing hangs")
  func cut() throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "some text that is long enough to be cut in many places"])
    let path = "\(fixture.client.path)/.git/objects/\(commit.hex.prefix(2))/\(commit.hex.dropFirst(2))"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      let screen = Repository.screenLooseObjects(gitDirectory: fixture.client.path + "/.git")
      #expect(screen.broken.map(\.path) == [path], "cut at \(length)")
    }
  }

  @Test("A damaged object of a repository that another one borrows from is named too")
  func alternates() throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try run(["git", "clone", "-q", "--shared", "--bare", fixture.client.path, fixture.folder.path("b.git")])
    let blob = try fixture.git("rev-parse HEAD:a")
    let path = "\(fixture.client.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    try FileManager.default.removeItem(atPath: path)
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path))
    let screen = Repository.screenLooseObjects(gitDirectory: fixture.folder.path("b.git"))
    #expect(screen.broken.map { ($0.path as NSString).lastPathComponent } == [String(blob.dropFirst(2))])
  }
}
