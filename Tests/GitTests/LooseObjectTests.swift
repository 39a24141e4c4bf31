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

  @Test(
    "An object that says it is of any size is named, and no reckoning with that size stops the program",
    arguments: ["tree", "blob", "commit"])
  func size(kind: String) throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1"])
    let path = "\(fixture.client.path)/.git/objects/\(commit.hex.prefix(2))/\(commit.hex.dropFirst(2))"
    for size in ["9223372036854775807", "9223372036854775770", "9223372036854775808", "-1", "18446744073709551616"] {
      try FileManager.default.removeItem(atPath: path)
      let python = "import sys, zlib; open(sys.argv[1], 'wb').write(zlib.compress(sys.argv[2].encode() + b'\\0x'))"
      try run(["python3", "-c", python, path, "\(kind) \(size)"])
      let screen = Repository.screenLooseObjects(gitDirectory: fixture.client.path + "/.git")
      #expect(screen.broken.map(\.path) == [path], "\(size)")
    }
  }

  @Test("A blob that nobody is going to read need not be unpacked; one that is cut off before it says its size is named all the same")
  func large() throws {
    let fixture = try Fixture()
    try fixture.commit(["big": String(repeating: "large and dull ", count: 100)])
    let blob = try fixture.git("rev-parse HEAD:big")
    let path = "\(fixture.client.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for (length, limit, isNamed) in [(whole.count - 1, 1499, false), (whole.count - 1, 1500, true), (2, 1499, true)] {
      try FileManager.default.removeItem(atPath: path)
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      let screen = Repository.screenLooseObjects(gitDirectory: fixture.client.path + "/.git", largestBlob: limit)
      #expect(screen.broken.map(\.path) == (isNamed ? [path] : []), "\(length) bytes, none read above \(limit)")
    }
  }

  @Test("A linked work tree is looked at where its objects are")
  func linked() throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try fixture.client.git("worktree", "add", "-q", fixture.folder.path("linked"))
    let directory = try Repository.discover(from: fixture.folder.path("linked"))
    #expect(Repository.screenLooseObjects(gitDirectory: directory).examined == 3)
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
