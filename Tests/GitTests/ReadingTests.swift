import Git
import Support
import Testing

@Suite("Reading a repository")
struct ReadingTests {
  @Test("A commit is read as git wrote it")
  func commit() throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["a.txt": "one"])
    let second = try fixture.commit(["a.txt": "two"], "subject\n\nbody ü")
    let repository = try fixture.repository()
    let commit = try repository.commit(second)
    #expect(commit.id == second)
    #expect(commit.parents == [first])
    #expect(commit.message == "subject\n\nbody ü\n")
    #expect(commit.author.name == "Author" && commit.committer.email == "author@example.org")
    #expect(try commit.tree.hex == fixture.git("rev-parse HEAD^{tree}"))
    #expect(try String(commit.author.time) == fixture.git("log -1 --format=%at"))
  }

  @Test("A repository says where it is and which branch is its own", arguments: [true, false])
  func facts(bare: Bool) throws {
    let folder = try TemporaryFolder("git")
    let client = bare ? try GitClient.create(at: folder.path("r"), "--bare") : try GitClient.create(at: folder.path("r"))
    let repository = try Repository(at: client.path)
    let (isBare, workTree, path) = (repository.isBare, repository.workTree, repository.path)
    #expect(isBare == bare)
    #expect(workTree == (bare ? nil : client.path + "/"))
    #expect(path == client.path + (bare ? "/" : "/.git/"))
    #expect(try repository.currentBranch == "main")
    #expect(try repository.reference("HEAD") == nil)
    #expect(try repository.reference("refs/heads/main") == nil)
  }

  @Test("References, revisions and ancestry are git's")
  func references() throws {
    let fixture = try Fixture()
    let first = try fixture.commit(["a": "1"])
    let second = try fixture.commit(["a": "2"])
    try fixture.client.git("tag", "-a", "v1", "-m", "one", first.hex)
    let repository = try fixture.repository()
    #expect(try repository.reference("refs/heads/main") == second)
    #expect(try repository.reference("refs/tags/v1") == first)
    #expect(try repository.revision("HEAD~1") == first)
    #expect(try repository.revision("v1") == first)
    #expect(try repository.isAncestor(first, of: second))
    #expect(try repository.isAncestor(second, of: second))
    #expect(try !repository.isAncestor(second, of: first))
    #expect(try repository.firstParents(from: second, limit: 9).map(\.id) == [second, first])
    #expect(try repository.firstParents(from: second, until: first, limit: 9).map(\.id) == [second])
    #expect(try repository.commits(in: second, notIn: first, limit: 9) == [second])
    #expect(GitError.Reason.of { _ = try repository.revision("nothing") } == .notFound)
  }

  @Test("A branch knows its upstream, and a relative path becomes an absolute one")
  func upstream() throws {
    let fixture = try Fixture()
    try fixture.commit(["a": "1"])
    try run(["git", "clone", "-q", "--bare", fixture.client.path, fixture.folder.path("origin.git")])
    try fixture.client.git("remote", "add", "origin", "../origin.git")
    #expect(try fixture.repository().upstream(ofBranch: "main") == nil)
    try fixture.client.git("push", "-q", "-u", "origin", "main:trunk")
    let upstream = try #require(try fixture.repository().upstream(ofBranch: "main"))
    #expect(upstream.remote == "origin")
    #expect(upstream.branch == "trunk")
    #expect(upstream.trackingReference == "refs/remotes/origin/trunk")
    #expect(try Repository(at: upstream.url).isBare)
  }

  @Test("A file is found by its path, part by part, and no link is followed")
  func paths() throws {
    let fixture = try Fixture()
    try fixture.client.git("config", "core.symlinks", "true")
    try run(["ln", "-s", "deep", fixture.client.path + "/alias"])
    let commit = try fixture.commit(["deep/er/file.txt": "hello", "top": "x"])
    let repository = try fixture.repository()
    let tree = try repository.tree(of: commit)
    let entry = try #require(try repository.entry(at: "deep/er/file.txt", in: tree))
    #expect(entry.kind == .file && entry.name == "file.txt" && entry.problem == nil)
    #expect(try repository.blobSize(entry.id) == 5)
    #expect(try repository.blob(entry.id, limit: 5) == Array("hello".utf8))
    #expect(GitError.Reason.of { _ = try repository.blob(entry.id, limit: 4) } == .tooLarge)
    #expect(try repository.entry(at: "deep/er", in: tree)?.kind == .folder)
    #expect(try repository.entry(at: "alias", in: tree)?.problem == .link)
    let absent = ["alias/er/file.txt", "top/x", "deep/none", "../top", "deep/../top", "", "/top", "deep//er"]
    for path in absent { #expect(try repository.entry(at: path, in: tree) == nil, "\(path)") }
    let present = ["deep/er/file.txt", "deep/er", "alias", "top"]
    let together = try repository.entries(at: absent + present, in: tree)
    #expect(
      try together
        == Dictionary(uniqueKeysWithValues: present.map { (Array($0.utf8), try #require(try repository.entry(at: $0, in: tree))) }))
    #expect(try repository.entries(of: tree).map(\.name) == ["alias", "deep", "top"])
  }

  @Test(
    "Row 38: repositories that cannot be served are refused by name",
    arguments: [
      ("--object-format=sha256", "", "sha256"), ("", "extensions.refStorage reftable", "reftable"),
      ("", "extensions.noSuchThing true", "nosuchthing"),
    ])
  func refused(option: String, setting: String, name: String) throws {
    let folder = try TemporaryFolder("git")
    try run(
      [
        "sh", "-c",
        "git init -q \(option) r && cd r && git config core.repositoryFormatVersion 1 && if [ -n '\(setting)' ]; then git config \(setting); fi",
      ], in: folder.path)
    do {
      _ = try Repository(at: folder.path("r"))
      Issue.record("it was opened")
    } catch {
      #expect(error.reason == .unsupported)
      #expect(error.detail.contains(name))
    }
  }

  @Test("A place without a repository is not found")
  func nothing() throws {
    let folder = try TemporaryFolder("git")
    #expect(GitError.Reason.of { _ = try Repository(at: folder.path) } == .notFound)
    #expect(GitError.Reason.of { _ = try Repository(at: folder.path("absent")) } == .notFound)
  }

  @Test("An id is forty hexadecimal digits", arguments: ["", "abc", String(repeating: "g", count: 40), String(repeating: "+", count: 40)])
  func ids(text: String) throws {
    #expect(ObjectID(hex: text) == nil)
    let hex = "00ff0a" + String(repeating: "0", count: 30) + "beef"
    #expect(ObjectID(hex: hex.uppercased())?.hex == hex)
  }

  @Test("Errors show no credential and no control character")
  func scrubbed() {
    let error = GitError(
      step: "fetch https://ann:s3cret@host/x", reason: .network,
      detail: "'https://s3cret@host:99' \u{1B}[31m\u{202E}x" + String(repeating: "y", count: 2000))
    #expect(error.step == "fetch https://host/x")
    #expect(!error.detail.contains("s3cret") && !error.detail.contains("\u{1B}") && !error.detail.contains("\u{202E}"))
    #expect(error.detail.utf8.count <= 1024)
  }

  @Test(
    "Remote URLs are taken apart as git does",
    arguments: [
      ("https://ann:pw@Host.example:8443/a/b.git", "https://host.example:8443"), ("git@host:team/x.git", "ssh://host:22"),
      ("ssh://git@[::1]:2222/x", "ssh://::1:2222"), ("/srv/x.git", nil), ("./a:b", nil), ("file:///srv/x", nil),
      ("http://h", "http://h:80"),
    ] as [(String, String?)])
  func urls(text: String, origin: String?) { #expect(RemoteURL(text).origin == origin) }
}
