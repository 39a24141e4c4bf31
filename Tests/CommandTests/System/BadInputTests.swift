import Foundation
import Glibc
import Schedule
import Support
import Testing

@Suite("What a host or a repository can have wrong is said clearly, with the right exit code")
struct BadInputTests {
  /// A repository that is wrong in one way, and the words that an error has to have.
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var words: [String]
    /// Returns the options that lead to it.
    var make: @Sendable (TemporaryFolder) throws -> [String]
    var testDescription: String { name }
  }

  static let faults: [Fault] = [
    Fault(name: "a repository that is not there", words: ["nowhere", "--repo"]) { ["--repo", $0.path("nowhere")] },
    Fault(name: "a folder that is no repository", words: ["plain", "repository"]) { folder in
      try folder.write("hello", to: "plain/readme")
      return ["--repo", folder.path("plain")]
    },
    Fault(name: "an empty bare repository", words: ["main", "push a commit"]) { folder in
      ["--repo", try GitClient.create(at: folder.path("empty.git"), "--bare").path]
    },
    Fault(name: "a branch that does not exist", words: ["nope", "--branch"]) { ["--repo", try sound($0), "--branch", "nope"] },
    Fault(name: "a work tree with a detached HEAD", words: ["detached", "--branch"]) { folder in
      let tree = try GitClient.create(at: folder.path("tree"))
      try tree.commit(["schedule/accounts/acme.yaml": outbox])
      try tree.git("checkout", "-q", "--detach")
      return ["--repo", tree.path]
    },
    Fault(name: "a sha256 repository", words: ["sha256"]) { folder in
      let tree = try GitClient.create(at: folder.path("tree"), "--object-format=sha256")
      try tree.commit(["schedule/accounts/acme.yaml": outbox])
      return ["--repo", tree.path]
    },
    Fault(name: "a bare sha256 repository", words: ["sha256"]) { folder in
      ["--repo", try GitClient.create(at: folder.path("bare.git"), "--bare", "--object-format=sha256").path]
    },
    Fault(name: "a repository with a reftable", words: ["reftable", "migrate"]) { folder in
      let bare = try GitClient.create(at: folder.path("bare.git"), "--bare")
      try bare.git("config", "core.repositoryFormatVersion", "1")
      try bare.git("config", "extensions.refStorage", "reftable")
      return ["--repo", bare.path]
    },
    Fault(name: "a work tree without a commit", words: ["main", "push a commit"]) { folder in
      ["--repo", try GitClient.create(at: folder.path("tree")).path]
    },
    Fault(name: "a remote that is down", words: ["127.0.0.1"]) { _ in
      ["--repo", "ssh://git@127.0.0.1:\(try freePort())/team.git", "--branch", "main"]
    },
    Fault(name: "a remote that is down, its branch unknown", words: ["127.0.0.1"]) { _ in
      ["--repo", "https://127.0.0.1:\(try freePort())/team.git"]
    },
    Fault(name: "an object of a local repository that is cut short", words: ["objects/"]) { folder in
      let tree = try GitClient.create(at: folder.path("tree"))
      try tree.commit(["schedule/accounts/acme.yaml": outbox, "schedule/posts/launch.yaml": post()])
      let blob = try tree.git("rev-parse", "HEAD:schedule/posts/launch.yaml")
      let file = tree.path + "/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
      chmod(file, 0o600)
      guard truncate(file, 20) == 0 else { throw POSIXError(.EIO) }
      return ["--repo", tree.path]
    },
  ]

  /// A repository with nothing wrong.
  private static func sound(_ folder: TemporaryFolder) throws -> String {
    let tree = try GitClient.create(at: folder.path("sound"))
    try tree.commit(["schedule/accounts/acme.yaml": outbox])
    return tree.path
  }

  @Test("Rows 38 and 39: a repository that cannot be used is one clear error, and no wait", arguments: faults)
  func repository(_ fault: Fault) async throws {
    let folder = try TemporaryFolder("bad")
    let options = try fault.make(folder)
    let ending = try await Posthorn.run(["reconcile", "--state", folder.path("state")] + options, environment: ["HOME": folder.path])
    #expect(ending.status == 3, "\(ending)")
    let said = ending.output + ending.errors
    for word in fault.words { #expect(said.contains(word), "\(word) in: \(ending)") }
    #expect(!said.contains("Fatal") && !said.contains("Error Domain"))
  }

  @Test("Row 38: an empty repository behind a server is one clear error", arguments: [[], ["--branch", "main"]])
  func emptyRemote(_ options: [String]) async throws {
    let server = try GitDaemon()
    _ = try GitClient.create(at: server.path("team.git"), "--bare")
    let host = try Host(try ContentRepository(), repo: server.url("team.git"), access: options)
    let ending = try await host.reconcile(exit: 3)
    #expect((ending.output + ending.errors).contains("it is empty"), "\(ending)")
  }

  @Test("A branch without a schedule folder is an error that names the folder and says how to make one")
  func noFolder() async throws {
    let repository = try ContentRepository()
    try repository.clone.commit(["readme": "hello\n"])
    try repository.clone.git("push", "-q", "origin", "main")
    let ending = try await Host(repository).posthorn("reconcile")
    #expect(ending.status == 3)
    #expect(ending.output.contains("no folder schedule") && ending.output.contains("posthorn init"), "\(ending)")
  }

  @Test(
    "A misspelt flag, command or value is a usage error",
    arguments: [
      ["reconcile", "--rpeo", "."], ["daemon", "--interval", "soon"], ["daemon", "--interval", "0s"], ["recnocile"],
      ["reconcile", "--format", "xml"], ["reconcile", "--endpoint", "nonsense"], ["reconcile", "--folder", "../up"],
    ])
  func usage(arguments: [String]) async throws {
    let folder = try TemporaryFolder("usage")
    let ending = try await Posthorn.run(arguments, in: folder.path, environment: ["HOME": folder.path])
    #expect(ending.status == 2, "\(ending)")
    #expect(ending.output == "" && !ending.errors.isEmpty)
  }

  @Test("A misspelt variable is a usage error that names the right one")
  func variable() async throws {
    let folder = try TemporaryFolder("usage")
    let ending = try await Posthorn.run(["reconcile"], in: folder.path, environment: ["HOME": folder.path, "POSTHORN_RPEO": "."])
    #expect(ending.status == 2 && ending.errors.contains("POSTHORN_REPO"), "\(ending)")
  }

  @Test(
    "A state directory that cannot be written ends with 3 before anything goes out",
    .enabled(if: SmallTree.isPossible, "mounting takes root"))
  func readOnly() async throws {
    let folder = try TemporaryFolder("bad")
    let disk = try SmallTree(size: "1m", isReadOnly: true)
    let host = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let ending = try await Posthorn.run(["reconcile", "--repo", host.url, "--state", disk.path], environment: ["HOME": folder.path])
    #expect(ending.status == 3, "\(ending)")
    #expect(ending.errors.contains(disk.path) && ending.errors.lowercased().contains("read-only"), "\(ending)")
    #expect(try host.names(under: "history/").isEmpty)
  }

  @Test("A disk without room ends with 3, says so, and publishes nothing", .enabled(if: SmallTree.isPossible, "mounting takes root"))
  func full() async throws {
    let folder = try TemporaryFolder("bad")
    let disk = try SmallTree(size: "64k")
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let ending = try await Posthorn.run(["reconcile", "--repo", repository.url, "--state", disk.path], environment: ["HOME": folder.path])
    #expect(ending.status == 3, "\(ending)")
    #expect(ending.errors.lowercased().contains("space"), "\(ending)")
    #expect(try repository.names(under: "history/").isEmpty)
    #expect(!FileManager.default.fileExists(atPath: disk.path + "/outbox/acme"))
  }

  @Test("A state directory that others may write to is refused")
  func open() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try FileManager.default.createDirectory(atPath: host.state, withIntermediateDirectories: true)
    chmod(host.state, 0o777)
    let ending = try await host.posthorn("reconcile")
    #expect(ending.status == 3 && ending.errors.contains("chmod"), "\(ending)")
    #expect(try host.history().isEmpty)
  }

  @Test("A damaged journal stops everything, and names its file", arguments: ["journal"])
  func damaged(place: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try await host.reconcile()
    let folder = host.state + "/" + place
    let segment = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "ballast" }.sorted().last)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(segment)"))
    bytes.replaceSubrange(70..<74, with: [0xFF, 0xFF, 0xFF, 0xFF])
    try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(segment)"))
    try host.repository.push(["posts/next.yaml": post()])
    let ending = try await host.posthorn("reconcile")
    #expect(ending.status == 3 && ending.errors.contains(folder), "\(ending)")
    #expect(host.outbox().count == 1)
  }
}

/// A file system in memory, small enough to be full; unmounted when the test lets go of it.
private final class SmallTree: Sendable {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  /// Mounting takes root, and containers may refuse even that.
  static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    return (try? SmallTree(size: "64k")) != nil  // "no" is the answer, whatever the error
  }()

  init(size: String, isReadOnly: Bool = false) throws {
    folder = try TemporaryFolder("disk")
    let flags = isReadOnly ? UInt(MS_RDONLY) : 0
    guard mount("tmpfs", folder.path, "tmpfs", flags, "size=\(size),mode=700") == 0 else { throw POSIXError(.EPERM) }
  }

  deinit { umount2(folder.path, Int32(MNT_DETACH)) }
}
