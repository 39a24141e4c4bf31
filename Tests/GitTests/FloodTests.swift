import Foundation
import Git
import Support
import Testing

// One at a time: a cut shuts whatever sockets the process opened meanwhile.
@Suite("A git server that never ends", .serialized)
struct FloodTests {
  /// How each begins, and what it repeats.
  static let floods: [(name: String, scheme: String, start: String, repeated: String)] = [
    ("references over git", "git", "", reference),
    ("references over http", "http", http + "001e# service=git-upload-pack\n0000", reference),
    ("one huge line over http", "http", http, String(repeating: "x", count: 4096)),
    ("header fields over http", "http", "HTTP/1.1 200 OK\r\n", "x-field: \(String(repeating: "y", count: 200))\r\n"),
    ("remarks over git", "git", "", "0033\u{2}looking at it, and at it again and again, ok\r\n"),
  ]

  private static let reference = "003d" + String(repeating: "a", count: 40) + " refs/heads/number\n"
  private static let http = "HTTP/1.1 200 OK\r\ncontent-type: application/x-git-upload-pack-advertisement\r\n\r\n"

  @Test("Row 91: a server that never ends is left long before it fills the memory", arguments: floods)
  func flood(name: String, scheme: String, start: String, repeated: String) throws {
    let server = try EndlessServer(start: start, repeating: repeated)
    defer { server.stop() }
    try expectLeft("\(scheme)://git@127.0.0.1:\(server.port)/x", Access(deadline: .seconds(20), largestPreface: 16 << 20), name)
  }

  @Test("Row 91: References without an end are left over ssh as well")
  func ssh() throws {
    let server = try SSHServer(running: "yes \(Self.reference.dropLast())")
    let access = Access(
      credentials: [.key(file: server.key, passphrase: nil)], knownHosts: [try server.knownHosts()], deadline: .seconds(20),
      largestPreface: 16 << 20)
    try expectLeft(server.url("/x"), access, "ssh")
  }

  private func expectLeft(_ url: String, _ access: Access, _ name: String) throws {
    let repository = try Repository.create(bareAt: TemporaryFolder("git").path("m.git"))
    let before = try PeakMemory.reset()
    let started = ContinuousClock.now
    let reason = GitError.Reason.of { _ = try repository.fetch(url, branch: "main", into: "refs/x", access: access) }
    // What libgit2 refuses by itself, it may refuse in its own words.
    #expect(reason == .tooLarge || (reason != nil && reason != .timeout), "\(name): \(String(describing: reason))")
    #expect(ContinuousClock.now - started < .seconds(15), "\(name)")
    #expect(try PeakMemory.bytes() - before < 400 << 20, "\(name)")
  }

  @Test("A pack that is larger than what may come before it is taken")
  func pack() throws {
    let fixture = try Fixture()
    let noise = (0..<40_000).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
    let commit = try fixture.commit(["noise": noise])
    let daemon = try GitDaemon()
    _ = try fixture.git("clone -q --bare . \(daemon.path("big.git"))")
    let repository = try Repository.create(bareAt: TemporaryFolder("git").path("m.git"))
    let access = Access(largestPreface: 1 << 16)
    _ = try repository.fetch(daemon.url("big.git"), branch: "main", into: "refs/x", access: access)
    #expect(try repository.reference("refs/x") == commit)
  }
}
