import Foundation
import Git
import Support
import Testing

@Suite("Writing to a repository")
struct WritingTests {
  @Test("A commit holds the edits and nothing else, in one pack, and git finds it whole")
  func write() throws {
    let fixture = try Fixture()
    let base = try fixture.commit(["keep/a": "a", "old/x": "x", "old/y": "y", "gone/only": "1"])
    let bare = fixture.folder.path("bare.git")
    try run(["git", "clone", "-q", "--bare", "--no-local", fixture.client.path, bare])
    let repository = try Repository(at: bare)
    let edits = [
      FileEdit(path: "new/deep/file", content: Array("hello".utf8)), FileEdit(path: "old/x", content: nil),
      FileEdit(path: "old/y", content: []),
      FileEdit(path: "gone/only", content: nil), FileEdit(path: "never/was", content: nil),
    ]
    let commit = try #require(
      try repository.write(edits, onto: base, message: "subject\n\nTrailer: 1\n", author: .author, committer: .author))
    #expect(try repository.lines(from: base, to: commit) == ["- gone/only", "+ new/deep/file", "- old/x", "~ old/y"])
    let client = GitClient(at: bare)
    #expect(try client.git("ls-tree", "-r", "--name-only", commit.hex) == "keep/a\nnew/deep/file\nold/y")
    #expect(try !client.git("ls-tree", commit.hex).contains("gone"))
    #expect(try client.git("log", "-1", "--format=%an %ct %B", commit.hex) == "Author 1793000000 subject\n\nTrailer: 1\n")
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: base, to: commit, message: "test") == .moved)
    #expect(try client.fsck() == "")
    #expect(try FileManager.default.contentsOfDirectory(atPath: bare + "/objects").filter { $0.count == 2 }.isEmpty)
    let loose = repository.hasLooseObjects
    #expect(!loose)
  }

  @Test("A first commit needs no base, and a change of nothing makes no commit")
  func first() throws {
    let folder = try TemporaryFolder("git")
    let repository = try Repository.create(bareAt: folder.path("new.git"))
    let edit = FileEdit(path: "a", content: [1])
    let commit = try #require(try repository.write([edit], onto: nil, message: "one", author: .author, committer: .author))
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: nil, to: commit, message: "") == .moved)
    #expect(try repository.write([edit], onto: commit, message: "two", author: .author, committer: .author) == nil)
    #expect(try repository.commit(commit).parents == [])
    #expect(try repository.currentBranch == "main")
    let packs = repository.packCount
    #expect(packs == 1)
  }

  @Test("Only the folders on the way are written, however many files there are")
  func size() throws {
    let fixture = try Fixture()
    let files = Dictionary(uniqueKeysWithValues: (0..<400).map { ("d\($0 % 20)/f\($0)", String?.some("\($0)")) })
    let base = try fixture.commit(files)
    let repository = try fixture.repository()
    _ = try repository.write([FileEdit(path: "d1/new", content: [1])], onto: base, message: "m", author: .author, committer: .author)
    let pack = try run(["sh", "-c", "git verify-pack -v .git/objects/pack/*.idx | grep -cE '^[0-9a-f]{40}'"], in: fixture.client.path)
    #expect(pack == "4\n")
  }

  @Test("git reads every file as it was written, however long it is and whatever repeats in it")
  func compressed() throws {
    let folder = try TemporaryFolder("git")
    let repository = try Repository.create(bareAt: folder.path("new.git"))
    var noise = SystemRandomNumberGenerator()
    var contents: [[UInt8]] = (0...600).map { Array(repeating: UInt8(truncatingIfNeeded: $0), count: $0) }
    contents += (0...255).map { byte in [UInt8(byte)] + Array("\(byte)".utf8) }
    for period in [3, 4, 5, 8, 9, 32, 33, 257, 258, 259, 1000, 1023, 1024, 1025, 2048, 2049, 3071, 4090] {
      let part = (0..<period).map { _ in UInt8.random(in: 0...255, using: &noise) }
      for count in [4090, 4095, 4096, 4097, 70_000] { contents.append((0..<count).map { part[$0 % period] }) }
    }
    for letters: ClosedRange<UInt8> in [0x61...0x63, 0x30...0x39, 0x90...0xFF, 0...255] {
      for count in stride(from: 1, through: 4200, by: 37) {
        contents.append((0..<count).map { _ in UInt8.random(in: letters, using: &noise) })
      }
    }
    let edits = contents.enumerated().map { FileEdit(path: "\($0 / 100)/\($0)", content: $1) }
    let commit = try #require(try repository.write(edits, onto: nil, message: "m", author: .author, committer: .author))
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: nil, to: commit, message: "") == .moved)
    #expect(try GitClient(at: folder.path("new.git")).fsck() == "")
    let tree = try repository.tree(of: commit)
    for edit in edits {
      let entry = try #require(try repository.entry(at: edit.path, in: tree))
      #expect(try repository.blob(entry.id, limit: 1 << 20) == edit.content, "\(edit.path), \(edit.content?.count ?? 0) bytes")
    }
  }

  @Test("Files that are like the first of them are written as differences, and git reads each as it was", arguments: 1...4)
  func alike(seed: UInt64) throws {
    let folder = try TemporaryFolder("git")
    let repository = try Repository.create(bareAt: folder.path("new.git"))
    var generator = SeededGenerator(seed: seed)
    let lines = (0..<40).map { "  \"key \($0)\": \"value \(Int.random(in: 0..<1_000_000, using: &generator))\",\n" }
    let contents = (0..<300).map { number in variant(of: lines, number, &generator) }
    let edits = contents.enumerated().map { FileEdit(path: "\($0)", content: $1) }
    let commit = try #require(try repository.write(edits, onto: nil, message: "m", author: .author, committer: .author))
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: nil, to: commit, message: "") == .moved)
    #expect(try GitClient(at: folder.path("new.git")).fsck() == "")
    let tree = try repository.tree(of: commit)
    let reader = BlobReader(Packs(gitDirectory: folder.path("new.git"))) { () throws(GitError) in
      throw GitError(step: "open", reason: .other, detail: "asked for libgit2")
    }
    for edit in edits {
      let entry = try #require(try repository.entry(at: edit.path, in: tree))
      #expect(try repository.blob(entry.id, limit: 1 << 20) == edit.content)
      #expect(try reader.read(entry.id, limit: 1 << 20) { Array($0) } == edit.content)
    }
    let sizes = try run(["sh", "-c", "git verify-pack -v objects/pack/*.idx | grep -cE ' 1 [0-9a-f]{40}$'"], in: folder.path("new.git"))
    #expect(try #require(Int(sizes.dropLast())) > 100)
  }

  /// Some lines are others, left out, doubled or cut; now and then all of them are, or none.
  private func variant(of lines: [String], _ number: Int, _ generator: inout SeededGenerator) -> [UInt8] {
    let changes = number % 10 == 9 ? 40 : Int.random(in: 0...6, using: &generator)
    var lines = lines
    for _ in 0..<changes {
      let place = Int.random(in: lines.indices, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: lines[place] = "\(UInt64.random(in: 0 ... .max, using: &generator))\n"
      case 1: lines[place] = ""
      case 2: lines[place] += lines[place]
      default: lines[place] = String(lines[place].prefix(Int.random(in: 0...20, using: &generator)))
      }
    }
    return Array(lines.joined().utf8)
  }

  @Test("Paths that nobody should commit are refused", arguments: ["", "/a", "a//b", "../a", "a/.git/x", ".GIT/x", "a\\b", "a\u{7}", "a/"])
  func paths(path: String) throws {
    let repository = try Repository.create(bareAt: TemporaryFolder("git").path("r.git"))
    let edit = FileEdit(path: path, content: [])
    #expect(
      GitError.Reason.of { _ = try repository.write([edit], onto: nil, message: "", author: .author, committer: .author) } == .invalid)
  }

  @Test("A file where a folder is needed is refused, and the next commit is not spoilt by it")
  func clash() throws {
    let fixture = try Fixture()
    let base = try fixture.commit(["a": "file", "d/x": "1"])
    let repository = try fixture.repository()
    for path in ["a/b", "d"] {
      let edit = FileEdit(path: path, content: [9])
      #expect(
        GitError.Reason.of { _ = try repository.write([edit], onto: base, message: "", author: .author, committer: .author) } == .invalid)
    }
    let good = FileEdit(path: "e", content: [1])
    #expect(try repository.write([good], onto: base, message: "m", author: .author, committer: .author) != nil)
    #expect(try fixture.client.fsck() == "")
  }

  @Test("A reference moves only from where it was seen")
  func swap() throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["a": "1"])
    let second = try fixture.commit(["a": "2"])
    let repository = try fixture.repository()
    let name = "refs/heads/other"
    #expect(try repository.compareAndSwap(reference: name, from: first, to: second, message: "") == .lost(current: nil))
    #expect(try repository.compareAndSwap(reference: name, from: nil, to: first, message: "") == .moved)
    #expect(try repository.compareAndSwap(reference: name, from: nil, to: second, message: "") == .lost(current: first))
    #expect(try repository.compareAndSwap(reference: name, from: second, to: second, message: "") == .lost(current: first))
    try fixture.client.git("pack-refs", "--all")
    #expect(try repository.compareAndSwap(reference: name, from: first, to: second, message: "") == .moved)
    #expect(try fixture.git("rev-parse other") == second.hex)
  }

  @Test("Row 43: a lock of somebody else is waited for, then reported with its path, owner and age, and left alone")
  func lock() throws {
    let fixture = try Fixture()
    let tip = try fixture.commit(["a": "1"])
    let lock = fixture.client.path + "/.git/refs/heads/main.lock"
    try Data().write(to: URL(fileURLWithPath: lock))
    let repository = try fixture.repository()
    let next = try #require(
      try repository.write([FileEdit(path: "b", content: [])], onto: tip, message: "m", author: .author, committer: .author))
    do {
      _ = try repository.compareAndSwap(reference: "refs/heads/main", from: tip, to: next, message: "", patience: .milliseconds(100))
      Issue.record("it was moved under a lock")
    } catch {
      #expect(error.reason == .locked)
      #expect(error.detail.contains(lock) && error.detail.contains(NSUserName()))
    }
    #expect(FileManager.default.fileExists(atPath: lock))
    let remover = Thread {
      try? FileManager.default.removeItem(atPath: lock)  // If it fails, the reference does not move, which the test sees.
    }
    remover.start()
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: tip, to: next, message: "") == .moved)
  }

  @Test("Rows 35 and 40: litter of a killed process goes, and nothing else")
  func litter() throws {
    let folder = try TemporaryFolder("git")
    let repository = try Repository.create(bareAt: folder.path("m.git"))
    let commit = try #require(
      try repository.write([FileEdit(path: "a", content: [])], onto: nil, message: "m", author: .author, committer: .author))
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: nil, to: commit, message: "") == .moved)
    let litter = ["HEAD.lock", "objects/pack/pack_git2_abc", "objects/pack/tmp_pack_1", "refs/heads/main.lock"]
    for name in litter { try folder.write("", to: "m.git/" + name) }
    #expect(Repository.sweepLitter(bareAt: repository.path).sorted() == litter)
    #expect(Repository.sweepLitter(bareAt: repository.path) == [])
    #expect(try repository.reference("refs/heads/main") == commit)
    #expect(try GitClient(at: folder.path("m.git")).fsck() == "")
  }

  @Test("A commit is kept until its branch has moved, and a mark of a killed process goes at the next start")
  func kept() throws {
    let fixture = try Fixture()
    let base = try fixture.commit(["a": "1"])
    let packs = fixture.client.path + "/.git/objects/pack"
    let marks = { try FileManager.default.contentsOfDirectory(atPath: packs).filter { $0.hasSuffix(".keep") } }
    let repository = try fixture.repository()
    let edit = FileEdit(path: "b", content: [1])
    let commit = try #require(try repository.write([edit], onto: base, message: "m", author: .author, committer: .author))
    let mark = try #require(try marks().first)
    try fixture.client.git("gc", "-q", "--prune=now")
    let early = repository.releaseAbandonedPacks()
    #expect(early == [])
    let text = try String(contentsOfFile: "\(packs)/\(mark)", encoding: .utf8)
    #expect(FileManager.default.fileExists(atPath: "\(packs)/\(mark.dropLast(5)).pack"))
    #expect(try repository.compareAndSwap(reference: "refs/heads/main", from: base, to: commit, message: "") == .moved)
    #expect(try marks() == [])
    // No process has this id: it is above the kernel's limit.
    try Data(text.replacing("process \(getpid())", with: "process 99999999").utf8).write(to: URL(fileURLWithPath: "\(packs)/\(mark)"))
    try Data("somebody else's".utf8).write(to: URL(fileURLWithPath: "\(packs)/pack-other.keep"))
    let moving = "\(fixture.client.path)/.git/objects/posthorn-99999999-1"
    try FileManager.default.createDirectory(atPath: moving, withIntermediateDirectories: false)
    let released = repository.releaseAbandonedPacks()
    #expect(!FileManager.default.fileExists(atPath: moving))
    #expect(released == ["objects/pack/\(mark)"])
    #expect(try marks() == ["pack-other.keep"])
    #expect(try fixture.client.fsck() == "")
  }

  @Test("A commit has all of its folders, whatever name lies beside them, and in whichever form of Unicode theirs are")
  func besides() throws {
    let fixture = try Fixture()
    try fixture.commit(["Records/x": "1", "records/e\u{301}/x": "1", "RECORDS": "1"])
    let base = try fixture.commit(["records/\u{E9}/x": "1"])
    let repository = try fixture.repository()
    let edits = ["records/e\u{301}/a/b", "records/\u{E9}/a/b", "records/c/d"].map { FileEdit(path: $0, content: [0x61]) }
    let commit = try #require(
      try repository.write(
        edits + [FileEdit(path: "records/e\u{301}/x", content: nil)], onto: base, message: "m", author: .author, committer: .author))
    _ = try fixture.git("update-ref refs/heads/main \(commit)")
    #expect(try fixture.client.fsck() == "")
    #expect(try fixture.git("ls-tree -r --name-only HEAD -- records | wc -l") == "4")
  }

  @Test("Row 48: no commit is lost while clients push to a bare repository and we record in it")
  func concurrent() async throws {
    let folder = try TemporaryFolder("git")
    let seed = try GitClient.create(at: folder.path("seed"))
    try seed.commit(["seed": "1"])
    let bare = folder.path("bare.git")
    try run(["git", "clone", "-q", "--bare", seed.path, bare])
    let (clients, rounds) = (3, 6)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<clients {
        group.addTask {
          let clone = try GitClient.clone(bare, to: folder.path("clone\(client)"))
          for round in 0..<rounds {
            try clone.commit(["client\(client)/\(round)": "\(round)"])
            while (try? clone.git("push", "-q", "origin", "main")) == nil { try clone.git("pull", "-q", "--rebase", "origin", "main") }
          }
        }
      }
      group.addTask {
        let repository = try Repository(at: bare)
        for round in 0..<(clients * rounds) {
          let edit = FileEdit(path: "ours/\(round)", content: [1])
          var moved = false
          while !moved {
            let tip = try repository.reference("refs/heads/main")
            let commit = try #require(try repository.write([edit], onto: tip, message: "record", author: .author, committer: .author))
            moved = try repository.compareAndSwap(reference: "refs/heads/main", from: tip, to: commit, message: "record") == .moved
          }
        }
      }
      try await group.waitForAll()
    }
    let files = try GitClient(at: bare).git("ls-tree", "-r", "--name-only", "main").split(separator: "\n")
    #expect(files.count == 1 + 2 * clients * rounds)
    #expect(try GitClient(at: bare).fsck() == "")
  }
}
