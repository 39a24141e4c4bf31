import Foundation
import Glibc
import Support
import Testing

/// A host whose upstream is served by `git daemon`, with a relay in between where a test wants one.
struct ServedHost {
  let host: Host
  let server: GitDaemon

  init(_ files: [String: String], port: Int? = nil, _ access: String..., server: GitDaemon? = nil) throws {
    let server = try server ?? GitDaemon()
    self.server = server
    let repository = try ContentRepository(bare: server.path("team.git"), files: files)
    host = try Host(repository, repo: server.url("team.git", port: port), access: access)
  }

  var mirror: String { host.state + "/mirror.git" }

  /// The pack files of the mirror, or their indexes.
  func packs(_ suffix: String = ".pack") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: mirror + "/objects/pack").filter { $0.hasSuffix(suffix) }
      .map { "\(mirror)/objects/pack/\($0)" }
  }
}

@Suite("The mirror is a cache: whatever happens to it, it is mended or fetched anew")
struct MirrorTests {
  /// One way to break a mirror.
  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var doIt: @Sendable (ServedHost) throws -> Void
    var testDescription: String { name }
  }

  private static let reference = "/refs/posthorn/upstream/main"

  static let smallDamage: [Damage] = [
    Damage(name: "its reference is empty") { try Data().write(to: URL(fileURLWithPath: $0.mirror + reference)) },
    Damage(name: "its reference is half there", doIt: half),
    Damage(name: "its reference points nowhere") { served in
      try Data((String(repeating: "1", count: 40) + "\n").utf8).write(to: URL(fileURLWithPath: served.mirror + reference))
    },
    Damage(name: "locks were left") { served in
      for name in [reference + ".lock", "/HEAD.lock", "/packed-refs.lock", "/config.lock"] {
        try Data().write(to: URL(fileURLWithPath: served.mirror + name))
      }
    },
    Damage(name: "making it was cut off") { served in
      for name in ["/HEAD", "/config"] { try FileManager.default.removeItem(atPath: served.mirror + name) }
      try Data().write(to: URL(fileURLWithPath: served.mirror + "/config.lock"))
    },
    Damage(name: "HEAD is gone") { try FileManager.default.removeItem(atPath: $0.mirror + "/HEAD") },
    Damage(name: "its configuration is nonsense") { try Data("[core\nbare".utf8).write(to: URL(fileURLWithPath: $0.mirror + "/config")) },
    Damage(name: "it is gone") { try FileManager.default.removeItem(atPath: $0.mirror) },
  ]

  @Test("Row 40: a mirror with small damage is swept or fetched anew, and the pass after it publishes and records")
  func small() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for damage in Self.smallDamage { group.addTask { try await self.isMended(damage) } }
      try await group.waitForAll()
    }
  }

  private func isMended(_ damage: Damage) async throws {
    let served = try ServedHost(["accounts/acme.yaml": outbox])
    try await served.host.reconcile()
    try damage.doIt(served)
    try served.host.repository.push(["posts/launch.yaml": post()])
    let ending = try await served.host.posthorn("reconcile")
    #expect(ending.status == 0, "\(damage.name): \(ending)")
    #expect(try served.host.attempts("launch") == ["1 published"], "\(damage.name)")
    #expect(try GitClient(at: served.mirror).fsck() == "", "\(damage.name)")
  }

  @Sendable private static func half(_ served: ServedHost) throws {
    let half = try Posthorn.text(served.mirror + reference).prefix(17)
    try Data(half.utf8).write(to: URL(fileURLWithPath: served.mirror + reference))
  }

  static let largeDamage: [Damage] = [
    Damage(name: "its packs are cut") { served in for pack in try served.packs() { try cut(pack) } },
    Damage(name: "the indexes of its packs are cut") { served in for index in try served.packs(".idx") { try cut(index) } },
    Damage(name: "its packs have other bytes") { served in for pack in try served.packs() { try flip(pack) } },
    Damage(name: "the indexes of its packs have other bytes") { served in for index in try served.packs(".idx") { try flip(index) } },
    Damage(name: "its packs are removed") { served in for pack in try served.packs() { try FileManager.default.removeItem(atPath: pack) } },
  ]

  /// A new file in the place of the old one, half as long: who has the old one open keeps it.
  private static func cut(_ path: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  private static func flip(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for place in stride(from: 12, to: bytes.count - 20, by: 5) { bytes[place] ^= 0x55 }
    try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  @Test("Row 41: a mirror that breaks under a running daemon is fetched anew: what is due goes out once, and every outcome is recorded")
  func large() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for damage in Self.largeDamage { group.addTask { try await self.survives(damage) } }
      try await group.waitForAll()
    }
  }

  private func survives(_ damage: Damage) async throws {
    let served = try ServedHost(["accounts/acme.yaml": outbox, "posts/first.yaml": post(), "posts/later.yaml": post(due: 7)])
    let host = served.host
    // What cannot be recorded now has to be recorded on the new mirror.
    let hook = try Hook("pre-receive", "exit 1", in: host.repository.upstream)
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "records could not be pushed")
    // It must not put a new mirror under our hands.
    kill(daemon.process, SIGSTOP)
    try damage.doIt(served)
    kill(daemon.process, SIGCONT)
    try hook.remove()
    try host.repository.push(["posts/second.yaml": post()])
    daemon.wake()
    try await daemon.until("all records although \(damage.name)") {
      try ["first", "second", "later"].allSatisfy { try host.attempts($0) == ["1 published"] }
    }
    #expect(try await daemon.stop() == 0, "\(damage.name)")
    #expect(host.outbox().count == 3, "\(damage.name)")
    #expect(try host.repository.upstream.fsck() == "", "\(damage.name)")
    // Until it opens the packs again it reads the files that it has open, which are whole.
    guard daemon.log.contains("the mirror is broken and is fetched anew") else { return }
    #expect(try GitClient(at: served.mirror).fsck() == "", "\(damage.name)")
  }

  @Test("A mirror that breaks twice within an hour stops recording, not publishing: critical in the log, said in the report, exit 3")
  func twice() async throws {
    let served = try ServedHost(["accounts/acme.yaml": outbox])
    try await served.host.reconcile()
    try Self.half(served)
    try served.host.repository.push(["posts/launch.yaml": post(due: 8)])
    let instant = wallClock(8)
    #expect(try await served.host.reconcile().errors.contains("fetched anew"))
    try Self.half(served)
    try await eventually("the post's instant") { wallClock(0) > instant }
    let ending = try await served.host.reconcile(exit: 3)
    #expect(ending.errors.contains("critical the mirror broke twice within an hour"), "\(ending)")
    #expect(ending.output.contains("1 published") && ending.output.contains("nothing is recorded until"), "\(ending)")
    #expect(served.host.outbox().count == 1)
    #expect(try served.host.attempts("launch") == [])
  }
}

/// A hook of a bare repository.
struct Hook {
  private let path: String

  init(_ name: String, _ script: String, in repository: GitClient) throws {
    path = "\(repository.path)/hooks/\(name)"
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
  }

  func remove() throws { try FileManager.default.removeItem(atPath: path) }
}
