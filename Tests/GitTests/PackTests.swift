import Foundation
import Git
import Support
import Testing

@Suite("Reading many files out of packs")
struct PackTests {
  private let fixture: Fixture
  private let texts: [String]

  /// Files that git stores as differences to each other, an empty one, and one that is like no other.
  init() throws {
    fixture = try Fixture()
    let lines = (0..<60).map { "line \($0) of a text that all files share, more or less" }
    texts = (0..<300).map { number in (lines[(number % 7)...] + ["and \(number * number)"]).joined(separator: "\n") } + ["", "alone"]
    try fixture.commit(Dictionary(uniqueKeysWithValues: texts.enumerated().map { ("f\($0).txt", $1) }))
  }

  private var path: String { fixture.client.path + "/.git" }

  private func ids() throws -> [ObjectID] {
    let tree = try fixture.git("ls-tree HEAD").split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
    let found = Dictionary(uniqueKeysWithValues: tree.map { ($0[3], $0[2]) })
    return try texts.indices.map { try fixture.id(String(#require(found["f\($0).txt"]))) }
  }

  private func reader(_ packs: Packs? = nil) -> BlobReader {
    let path = path
    return BlobReader(packs ?? Packs(gitDirectory: path)) { () throws(GitError) in try Repository(at: path) }
  }

  /// Reads out of packs alone: where that is not possible, it fails.
  private func packReader(_ packs: Packs) -> BlobReader {
    BlobReader(packs) { () throws(GitError) in throw GitError(step: "open", reason: .other, detail: "asked for libgit2") }
  }

  private func text(_ reader: BlobReader, _ id: ObjectID) throws -> String {
    try reader.read(id, limit: 1 << 20) { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "They are what git stored, in whatever form and order",
    arguments: [
      "repack -adfq --depth=50", "-c repack.useDeltaBaseOffset=false repack -adfq --depth=250 --window=50", "repack -adfq --depth=0",
    ])
  func packed(command: String) throws {
    _ = try fixture.git(command)
    let ids = try ids()
    let packs = Packs(gitDirectory: path)
    let order = packs.order(of: ids)
    #expect(order.sorted() == Array(ids.indices))
    for numbers in [order, order.reversed(), Array(ids.indices)] {
      let reader = packReader(packs)
      for number in numbers { #expect(try text(reader, ids[number]) == texts[number]) }
    }
    for number in [0, 17, 299] { #expect(try text(packReader(packs), ids[number]) == texts[number]) }
  }

  @Test("What is loose, borrowed, or in one of several packs is found too, and what is in no pack comes last")
  func elsewhere() throws {
    _ = try fixture.git("repack -adq")
    try fixture.commit(["second.txt": "two"])
    _ = try fixture.git("repack -dq")
    try fixture.commit(["third.txt": "three"])
    let borrower = fixture.folder.path("borrower.git")
    try run(["git", "clone", "-q", "--bare", "--shared", fixture.client.path, borrower])
    let all = try ids() + ["second", "third"].map { try fixture.id(fixture.git("rev-parse HEAD:\($0).txt")) }
    for path in [path, borrower] {
      let packs = Packs(gitDirectory: path)
      #expect(packs.order(of: all).last == all.count - 1)
      let reader = BlobReader(packs) { () throws(GitError) in try Repository(at: path) }
      for (id, text) in zip(all, texts + ["two", "three"]) { #expect(try self.text(reader, id) == text) }
    }
    let empty = try GitClient.create(at: fixture.folder.path("empty.git"), "--bare")
    let packs = Packs(gitDirectory: empty.path, borrowing: path + "/objects")
    #expect(try text(packReader(packs), all[3]) == texts[3])
  }

  @Test(
    "The names in a folder are those that git has, out of a pack or loose, in whatever form",
    arguments: ["repack -adfq --depth=50", "repack -adfq --depth=0", ""])
  func folders(command: String) throws {
    try fixture.commit(Dictionary(uniqueKeysWithValues: (0..<200).map { ("posts/\($0 % 3)/Number-\($0).yaml", "\($0)") }))
    if !command.isEmpty { _ = try fixture.git(command) }
    let repository = try fixture.repository()
    var reader = FolderReader(Packs(gitDirectory: path))
    for folder in ["", "posts", "posts/0", "posts/2"] {
      let tree = try fixture.id(fixture.git("rev-parse HEAD:\(folder)"))
      let (names, known) = (try reader.names(in: tree, of: repository), try FolderNames(of: tree, in: repository))
      #expect((0..<names.count).map(names.name) == (0..<known.count).map(known.name))
      #expect((0..<names.count).map(names.id) == (0..<known.count).map(known.id))
      #expect((0..<names.count).map(names.kind) == (0..<known.count).map(known.kind))
      let listed = try fixture.git("ls-tree --name-only HEAD:\(folder)").split(separator: "\n").map(String.init)
      #expect((0..<names.count).map(names.name) == listed)
    }
    let blob = try ids()[3]
    #expect(throws: GitError.self) { _ = try reader.names(in: blob, of: repository) }
  }

  @Test("A file that is too long, one that is no file, and one that is not there are refused as one by one")
  func refused() throws {
    _ = try fixture.git("repack -adfq")
    let ids = try ids()
    let commit = try fixture.id(fixture.git("rev-parse HEAD"))
    let missing = try fixture.id(String(repeating: "ab", count: 20))
    for (id, reason) in [(ids[0], GitError.Reason.tooLarge), (commit, .invalid), (missing, .missingObject)] {
      let alone = try fixture.repository()
      #expect(GitError.Reason.of { _ = try alone.blob(id, limit: 100) } == reason)
      #expect(GitError.Reason.of { _ = try reader().read(id, limit: 100) { $0.count } } == reason)
    }
    #expect(try reader().read(ids[0], limit: texts[0].utf8.count) { $0.count } == texts[0].utf8.count)
  }

  @Test("What goes out is read as its id promises, in a pack or loose, and refused where something else has its place")
  func checked() throws {
    _ = try fixture.git("repack -adfq --depth=50")
    try fixture.commit(["loose.txt": "loose"])
    let repository = try fixture.repository()
    var reader = CheckedBlobReader(Packs(gitDirectory: path))
    for (id, text) in zip(try ids() + [try fixture.id(fixture.git("rev-parse HEAD:loose.txt"))], texts + ["loose"]) {
      #expect(String(decoding: try reader.blob(id, limit: 1 << 20, of: repository), as: UTF8.self) == text)
    }
    let first = try ids()[0]
    #expect(throws: GitError.self) { _ = try reader.blob(first, limit: 100, of: repository) }

    let other = try Fixture()
    try other.commit(["one.txt": "one"])
    _ = try other.git("repack -adq")
    let packs = other.client.path + "/.git/objects/pack"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: packs).first { $0.hasSuffix(".idx") })
    let index = URL(fileURLWithPath: "\(packs)/\(name)")
    var bytes = try Data(contentsOf: index)
    let blob = try other.id(other.git("rev-parse HEAD:one.txt"))
    let place = try #require(bytes.firstRange(of: Data(blob.bytes)))
    bytes[place.upperBound - 1] ^= 1
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: index.path)
    try bytes.write(to: index)
    let forged = try #require(ObjectID(bytes: (blob.bytes.dropLast() + [blob.bytes[19] ^ 1])[...]))
    let forgedRepository = try other.repository()
    var forgedReader = CheckedBlobReader(Packs(gitDirectory: other.client.path + "/.git"))
    #expect(throws: GitError.self) { _ = try forgedReader.blob(forged, limit: 100, of: forgedRepository) }
  }

  @Test("A damaged pack gives errors or what was there, and never anything else", arguments: [".pack", ".idx"])
  func damaged(ending: String) throws {
    _ = try fixture.git("repack -adfq --depth=50")
    let ids = try ids()
    let folder = path + "/objects/pack"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(ending) })
    let file = "\(folder)/\(name)"
    let sound = try Data(contentsOf: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    var refused = 0
    for place in stride(from: 0, to: sound.count, by: max(1, sound.count / 97)) {
      var damaged = sound
      damaged[place] ^= 0x40
      try damaged.write(to: URL(fileURLWithPath: file))
      refused += try wrong(ids)
    }
    for length in stride(from: 0, to: sound.count, by: max(1, sound.count / 13)) {
      try sound.prefix(length).write(to: URL(fileURLWithPath: file))
      refused += try wrong(ids)
    }
    #expect(refused > 100)
  }

  /// How many files cannot be read.
  private func wrong(_ ids: [ObjectID]) throws -> Int {
    let reader = packReader(Packs(gitDirectory: path))
    return ids.indices.count { number in
      guard let text = try? text(reader, ids[number]) else { return true }
      #expect(text == texts[number])
      return false
    }
  }
}
