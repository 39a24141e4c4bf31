import Foundation
import Schedule
import Support
import Testing

@Suite("Which repository is read, and where records go")
struct WhichRepositoryTests {
  @Test("record.branch takes the records, and the branch of the posts is left alone")
  func recordBranch() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posthorn.yaml": "record: {branch: records/posthorn}\n",
    ])
    let tip = try host.repository.upstream.git("rev-parse", "main")
    try await host.reconcile()
    #expect(try host.attempts("launch", on: "records/posthorn") == ["1 published"])
    #expect(try host.strayPaths(on: "records/posthorn") == [])
    #expect(try host.repository.upstream.git("rev-parse", "main") == tip)
    try await host.reconcile()
    #expect(try host.repository.upstream.git("rev-list", "--author=Posthorn", "--count", "records/posthorn") == "2")
    #expect(host.outbox().count == 1)
  }

  @Test("A work tree without an upstream is never touched: records go to the branch posthorn", arguments: ["clean", "half-written"])
  func workTree(state: String) async throws {
    let folder = try TemporaryFolder("tree")
    let tree = try GitClient.create(at: folder.path("tree"))
    try tree.commit(["schedule/accounts/acme.yaml": outbox, "schedule/posts/launch.yaml": post()])
    if state == "half-written" {
      try Data("caption: half\n".utf8).write(to: URL(fileURLWithPath: tree.path + "/schedule/posts/draft.yaml"))
    }
    let (head, before) = try (tree.git("rev-parse", "HEAD"), tree.git("status", "--porcelain=v2", "--branch"))
    let host = try Host(try ContentRepository(), repo: tree.path)
    let ending = try await host.reconcile()
    #expect(ending.errors.contains("no upstream") && ending.errors.contains("branch posthorn"))
    #expect(host.outbox().count == 1)
    #expect(try tree.git("ls-tree", "-r", "--name-only", "posthorn", "--", "schedule/history").contains("launch/acme.1.json"))
    #expect(try tree.git("log", "--author=Posthorn", "--format=%s", "posthorn") == "publish launch to acme\npublish from here on")
    #expect(try tree.git("rev-parse", "HEAD") == head)
    #expect(try tree.git("symbolic-ref", "HEAD") == "refs/heads/main")
    #expect(try tree.git("status", "--porcelain=v2", "--branch") == before)
    #expect(!FileManager.default.fileExists(atPath: tree.path + "/schedule/history"))
    try await host.reconcile()
    #expect(host.outbox().count == 1)
  }

  @Test("A work tree with an upstream stands for it: what was pushed is scheduled, and records go upstream")
  func clone() async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    // Committed and not pushed: not scheduled.
    try repository.clone.commit(["schedule/posts/local.yaml": post()])
    let (head, before) = try (repository.clone.git("rev-parse", "HEAD"), repository.clone.git("status", "--porcelain=v2"))
    let host = try Host(repository, repo: repository.clone.path)
    let ending = try await host.reconcile()
    #expect(ending.errors.contains(repository.upstream.path))
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(host.outbox().count == 1)
    #expect(try repository.clone.git("rev-parse", "HEAD") == head)
    #expect(try repository.clone.git("status", "--porcelain=v2") == before)
  }

  @Test("--branch and --folder choose what is read")
  func chosen() async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/main.yaml": post()])
    try repository.clone.git("checkout", "-q", "-b", "other")
    try repository.clone.commit(["content/accounts/acme.yaml": outbox, "content/posts/other.yaml": post()])
    try repository.clone.git("push", "-q", "origin", "other")
    let host = try Host(repository, access: ["--branch", "other", "--folder", "content"])
    try await host.reconcile()
    #expect(host.outbox().count == 1 && host.outbox()[0].hasPrefix("other."))
    #expect(try repository.upstream.git("log", "-1", "--format=%s", "other") == "publish other to acme")
    #expect(try repository.upstream.git("ls-tree", "-r", "--name-only", "other", "--", "content/history").contains("other/acme.1.json"))
  }

  @Test(
    "Row 46: a branch that refuses records keeps nothing from going out: outcomes are kept, said, and recorded once it may",
    arguments: [Transport.ssh])
  func protected(_ transport: Transport) async throws {
    let (host, server) = try transport.host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    defer { withExtendedLifetime(server) {} }
    let hook = host.repository.upstream.path + "/hooks/pre-receive"
    try Data("#!/bin/sh\necho main is protected\nexit 1\n".utf8).write(to: URL(fileURLWithPath: hook))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: hook)
    let ending = try await host.posthorn("reconcile")
    #expect(ending.status == 3)
    #expect(ending.output.contains("1 published") && ending.output.contains("protected") && ending.output.contains("record.branch"))
    #expect(host.outbox().count == 1)
    #expect(try host.attempts("launch") == [])
    try FileManager.default.removeItem(atPath: hook)
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(host.outbox().count == 1)
  }

  @Test("Every way to reach upstream publishes and records", arguments: Transport.allCases)
  func transports(_ transport: Transport) async throws {
    let (host, server) = try transport.host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    defer { withExtendedLifetime(server) {} }
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(try host.strayPaths() == [])
    #expect(try host.repository.upstream.fsck() == "")
  }
}
