import Git
import Support
import Testing

@Suite("Editing folders in their bytes")
struct FolderEditTests {
  @Test("Edits by the hundred give the folders that git gives", arguments: 1...4)
  func random(seed: UInt64) throws {
    let fixture = try Fixture()
    var generator = SeededGenerator(seed: seed)
    var base = try fixture.commit(["a/b/c": "1", "a.b/c": "1", "a-b": "1", "z": "1"])
    let repository = try fixture.repository()
    var files: Set<String> = ["a/b/c", "a.b/c", "a-b", "z"]
    for round in 0..<12 {
      let edits = edits(of: &files, &generator)
      let expected = try written(edits, onto: base, by: fixture)
      let commit = try repository.write(edits, onto: base, message: "round \(round)", author: .author, committer: .author)
      #expect(try repository.tree(of: commit ?? base) == expected)
      base = commit ?? base
    }
    let list = try fixture.git("ls-tree -r --name-only \(base)").split(separator: "\n").map(String.init)
    #expect(Set(list) == files)
    _ = try fixture.git("update-ref refs/heads/main \(base)")
    #expect(try fixture.client.fsck() == "")
    #expect(try fixture.git("verify-pack .git/objects/pack/*.idx") == "")
  }

  /// Names that are the beginnings of others, on either side of a slash in git's order.
  private static let names = ["a", "a-b", "a.b", "a0", "b", "z", "zz"]

  private func edits(of files: inout Set<String>, _ generator: inout SeededGenerator) -> [FileEdit] {
    var edits: [FileEdit] = []
    for file in files.sorted() where Int.random(in: 0..<4, using: &generator) == 0 {
      files.remove(file)
      edits.append(FileEdit(path: file, content: nil))
    }
    for _ in 0..<Int.random(in: 1...20, using: &generator) {
      let depth = Int.random(in: 1...4, using: &generator)
      let path = (0..<depth).map { _ in Self.names.randomElement(using: &generator) ?? "a" }.joined(separator: "/")
      // A file does not take the place of a folder that is emptied by the same commit.
      let isFree = !files.contains { path.hasPrefix($0 + "/") } && !(files.union(edits.map(\.path))).contains { $0.hasPrefix(path + "/") }
      guard isFree, !edits.contains(where: { $0.path == path }) else { continue }
      files.insert(path)
      edits.append(FileEdit(path: path, content: Array("\(Int.random(in: 0..<100, using: &generator))".utf8)))
    }
    return edits
  }

  /// The tree that git makes of it.
  private func written(_ edits: [FileEdit], onto base: ObjectID, by fixture: Fixture) throws -> ObjectID {
    var client = fixture.client
    client.environment = ["GIT_INDEX_FILE": fixture.folder.path("index")]
    try client.git("read-tree", base.hex)
    var lines = ""
    for edit in edits where edit.content == nil { lines += "0 \(String(repeating: "0", count: 40))\t\(edit.path)\n" }
    for edit in edits {
      guard let content = edit.content else { continue }
      try fixture.folder.write(String(decoding: content, as: UTF8.self), to: "content")
      lines += "100644 \(try client.git("hash-object", "-w", fixture.folder.path("content")))\t\(edit.path)\n"
    }
    try client.git("update-index", "--index-info", input: lines)
    return try fixture.id(client.git("write-tree"))
  }

  @Test("A folder takes the place of a file that is removed in the same commit, and an executable becomes a plain file")
  func kinds() throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "file", "run": "#!/bin/sh"])
    let base = try fixture.id(fixture.git("update-index --chmod=+x run && git commit -qm x && git rev-parse HEAD"))
    let repository = try fixture.repository()
    let edits = [
      FileEdit(path: "a/b", content: [1]), FileEdit(path: "a", content: nil), FileEdit(path: "run", content: Array("#!/bin/sh".utf8)),
      FileEdit(path: "z/y/x", content: nil), FileEdit(path: "run/x", content: nil),
    ]
    let commit = try #require(try repository.write(edits, onto: base, message: "m", author: .author, committer: .author))
    #expect(try fixture.git("ls-tree -r --name-only \(commit)") == "a/b\nrun")
    #expect(try fixture.git("ls-tree \(commit) run").hasPrefix("100644 "))
    #expect(try repository.write(edits.dropLast(3), onto: commit, message: "m", author: .author, committer: .author) == nil)
  }

  @Test("A commit that removes everything has an empty folder, and a folder of others that is empty stays")
  func nothingLeft() throws {
    let fixture = try Fixture()
    let base = try fixture.commit(["only/one": "1"])
    let repository = try fixture.repository()
    let edit = FileEdit(path: "only/one", content: nil)
    let commit = try #require(try repository.write([edit], onto: base, message: "m", author: .author, committer: .author))
    #expect(try fixture.git("ls-tree \(commit)") == "")
    let empty = try fixture.git("mktree </dev/null")
    let tree = try fixture.git("ls-tree \(base) >t; printf '040000 tree \(empty)\\tempty\\n' >>t; git mktree <t")
    let other = try fixture.id(fixture.git("commit-tree -m x \(tree)"))
    let next = try #require(try repository.write([edit], onto: other, message: "m", author: .author, committer: .author))
    #expect(try fixture.git("ls-tree --name-only \(next)") == "empty")
  }

  @Test("Objects are found by their paths in whatever order they are asked for, among names that begin alike")
  func objects() throws {
    let fixture = try Fixture()
    let files = ["a/b", "a.b", "a-b/c/d", "a0", "m/1", "m/2", "zz"]
    let commit = try fixture.commit(Dictionary(uniqueKeysWithValues: files.map { ($0, String?.some($0)) }))
    let repository = try fixture.repository()
    let tree = try repository.tree(of: commit)
    let paths = ["zz", "a/b", "none", "m/2", "a-b/c", "m/1", "a.b/x", "a", "a-b/c/d", "a0", "a/b/c", "m/3", "a.b"]
    let found = try repository.objects(at: paths, in: tree)
    for (path, id) in zip(paths, found) { #expect(try id == repository.entry(at: path, in: tree)?.id, "\(path)") }
    #expect(found[1] == ObjectID(ofBlob: Array("a/b".utf8)))
  }
}
