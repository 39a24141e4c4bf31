import Git
import Support
import Testing

@Suite("What changed between two commits")
struct ChangesTests {
  @Test("Added, edited and removed files are visited in git's order, everything else is not")
  func changes() throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["a/1": "1", "a/2": "2", "a/3": "3", "b": "b", "c/x": "x"])
    let second = try fixture.commit(["a/1": nil, "a/2": "two", "a/4": "4", "c/x": nil])
    try run(["sh", "-c", "test ! -d c || rmdir c"], in: fixture.client.path)
    let third = try fixture.commit(["c": "now a file"])
    let repository = try fixture.repository()
    #expect(try repository.lines(from: first, to: third) == ["- a/1", "~ a/2", "+ a/4", "+ c", "- c/x"])
    #expect(try repository.lines(from: first, to: second, under: "a") == ["- a/1", "~ a/2", "+ a/4"])
    #expect(try repository.lines(from: first, to: third, under: "c") == ["- c/x", "+ c"])
    #expect(try repository.lines(from: first, to: second, under: "none") == [])
    #expect(try repository.lines(from: second, to: second) == [])
    #expect(try repository.lines(from: nil, to: first, under: "a") == ["+ a/1", "+ a/2", "+ a/3"])
  }

  @Test("A folder that is passed by is not gone into, whatever it holds")
  func passing() throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["s/a/1": "1", "s/h/1": "1", "h/1": "1"])
    let second = try fixture.commit(["s/a/1": "2", "s/h/2": "2", "s/h/x/3": "3", "h/1": "2"])
    var paths: [String] = []
    try fixture.repository().changes(from: first, to: second, under: "s", passing: ["s/h"], limit: 3) { paths.append($0.path) }
    #expect(paths == ["s/a/1"])
    paths = []
    try fixture.repository().changes(from: nil, to: second, passing: ["s/h"]) { paths.append($0.path) }
    #expect(paths == ["h/1", "s/a/1"])
  }

  @Test("It agrees with git on a long, random history")
  func random() throws {
    let fixture = try Fixture()
    var generator = SeededGenerator(seed: 7)
    var commits: [ObjectID] = []
    var live: Set<String> = []
    for _ in 0..<12 {
      var edits: [String: String?] = [:]
      for _ in 0..<10 {
        // No file has a folder's name, because a work tree could not hold both in one step.
        let path = "\(generator.next() % 3)/d\(generator.next() % 3)/\(generator.next() % 8).f"
        let removal = generator.next() % 3 == 0 && live.contains(path) && edits[path] == nil
        if removal {
          edits[path] = .some(nil)
          live.remove(path)
        } else if edits[path] == nil {
          edits[path] = "\(generator.next())"
          live.insert(path)
        }
      }
      commits.append(try fixture.commit(edits))
    }
    let repository = try fixture.repository()
    for old in commits {
      for new in commits {
        let expected = try fixture.git("diff-tree -r --name-status \(old) \(new)").split(separator: "\n").map(String.init).map {
          $0.replacing("A\t", with: "+ ").replacing("D\t", with: "- ").replacing("M\t", with: "~ ")
        }
        #expect(try repository.lines(from: old, to: new) == expected)
        var lost: [String] = []
        try repository.losses(from: old, to: new, under: "1") { path, entry in
          lost.append(path)
          let before = try repository.objects(at: [path], in: repository.tree(of: old))
          #expect(before == [entry.id])
        }
        #expect(lost == expected.filter { !$0.hasPrefix("+") && $0.dropFirst(2).hasPrefix("1/") }.map { String($0.dropFirst(2)) })
      }
    }
  }

  @Test("Entries that must not be read are named with their problem, and the others are still visited")
  func problems() throws {
    let fixture = try Fixture()
    let blob = try fixture.git("hash-object -w --stdin </dev/null")
    let inner = try fixture.git("mktree --missing </dev/null")
    let other = String(repeating: "1", count: 40)
    let long = String(repeating: "n", count: 256)
    let lines = [
      "100644 blob \(blob)\tgood", "120000 blob \(blob)\tlink", "160000 commit \(other)\tsub", "100644 blob \(blob)\tUp",
      "100644 blob \(blob)\tup",
      "100644 blob \(blob)\tback\\\\slash", "100644 blob \(blob)\tbell\\007", "040000 tree \(inner)\t.GIT", "100644 blob \(blob)\t\\377",
      "100644 blob \(blob)\t\(long)",
      "100644 blob \(blob)\te\\314\\201", "100644 blob \(blob)\t\\303\\251",
    ]
    let tree = try fixture.client.git(
      "mktree", "--missing",
      input: lines.map { line in
        let parts = line.split(separator: "\t")
        return "\(parts[0])\t\"\(parts[1])\""
      }.joined(separator: "\n"))
    let commit = try fixture.id(fixture.client.git("commit-tree", tree, "-m", "hostile"))
    let repository = try fixture.repository()
    var problems: [String: EntryProblem?] = [:]
    try repository.changes(from: nil, to: commit) { problems[$0.path] = .some($0.new?.problem) }
    #expect(problems["good"] == .some(nil))
    #expect(problems["link"] == .link && problems["sub"] == .submodule)
    #expect(problems["Up"] == .collides(with: "up") && problems["up"] == .collides(with: "Up"))
    #expect(problems["back\\slash"] == .backslash && problems["bell\u{7}"] == .controlCharacter && problems[".GIT"] == .reservedName)
    #expect(problems["\u{FFFD}"] == .notUTF8 && problems[long] == .nameTooLong)
    #expect(problems.values.count { if case .collides = $0 { true } else { false } } >= 3)
  }

  @Test("Wherever a name has its one capital letter, it collides with the name without", arguments: [1, 7, 8, 9, 16, 23])
  func oneCapital(length: Int) throws {
    let fixture = try Fixture()
    let blob = try fixture.client.git("hash-object", "-w", "--stdin", input: "x")
    for letters in [("a", "A"), ("z", "Z")] {
      let small = String(repeating: letters.0, count: length)
      for place in 0..<length {
        let capital = String(small.enumerated().map { Character($0.offset == place ? letters.1 : String($0.element)) })
        let tree = try fixture.client.git("mktree", input: "100644 blob \(blob)\t\(capital)\n100644 blob \(blob)\t\(small)")
        let entries = try fixture.repository().entries(of: fixture.id(tree))
        #expect(entries.map(\.problem) == [.collides(with: small), .collides(with: capital)])
      }
      // What stands beside capital letters in ASCII is none.
      let others = ["@", "[", "`", "{"].map { small + $0 }
      let tree = try fixture.client.git("mktree", input: others.map { "100644 blob \(blob)\t\($0)" }.joined(separator: "\n"))
      #expect(try fixture.repository().entries(of: fixture.id(tree)).allSatisfy { $0.problem == nil })
    }
  }

  @Test("A name that stops colliding is visited again, although it did not change")
  func collisionEnds() throws {
    let fixture = try Fixture()
    let both = try fixture.commit(["Post": "1", "post": "2"])
    let one = try fixture.commit(["Post": nil])
    let repository = try fixture.repository()
    #expect(try repository.lines(from: both, to: one) == ["- Post", "~ post"])
    let back = try repository.lines(from: one, to: both)
    #expect(back.count == 2 && back.allSatisfy { $0.contains("the same name") })
  }

  @Test("Folders too deep are one problem, and nothing below them is visited")
  func depth() throws {
    let fixture = try Fixture()
    let deep = (1...40).map { "d\($0)" }.joined(separator: "/")
    let commit = try fixture.commit(["ok": "1", deep + "/f": "2"])
    let lines = try fixture.repository().lines(from: nil, to: commit)
    #expect(lines.count == 2 && lines[0].hasSuffix("(more than 16 folders deep)"))
  }

  @Test("More entries than the bound are an error, not a long wait")
  func bound() throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a": "1", "b": "2", "c": "3"])
    let repository = try fixture.repository()
    #expect(GitError.Reason.of { try repository.changes(from: nil, to: commit, limit: 2) { _ in } } == .tooLarge)
  }

  @Test("A missing object is an error that names it")
  func missing() throws {
    let fixture = try Fixture()
    let commit = try fixture.commit(["a/b": "1"])
    let tree = try fixture.git("rev-parse HEAD:a")
    try run(["rm", "-f", "\(fixture.client.path)/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))"])
    let repository = try fixture.repository()
    do {
      try repository.changes(from: nil, to: commit) { _ in }
      Issue.record("it was read")
    } catch let error as GitError {
      #expect(error.reason == .missingObject && error.step.contains(tree))
    }
  }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
