import Foundation
import Support
import Testing

@Suite("What a server may send instead of a pack")
struct PackFaultTests {
  /// A pack that leads to a commit with a post that is due, and what is wrong with it.
  enum Fault: String, CaseIterable {
    case checksum = "its checksum is wrong"
    case content = "an object in it is damaged"
    case cut = "it ends in the middle"
    case commit = "it has no commit"
    case tree = "a folder is missing"
    case post = "a post is missing"
    case millions = "it announces five million objects"

    func pack(_ tip: String, of client: GitClient) throws -> [UInt8] {
      var pack = try client.pack(tip, without: missing(tip, client), extra: self == .millions ? .millions : .nothing)
      switch self {
      case .checksum: pack[pack.count - 1] ^= 1
      case .content: pack[pack.count / 2] ^= 0xFF
      case .cut: pack.removeLast(pack.count / 2)
      case .commit, .tree, .post, .millions: break
      }
      return pack
    }

    private func missing(_ tip: String, _ client: GitClient) throws -> Set<String> {
      switch self {
      case .commit: [tip]
      case .tree: [try client.git("rev-parse", "\(tip):schedule/posts")]
      case .post: [try client.git("rev-parse", "\(tip):schedule/posts/launch.yaml")]
      case .checksum, .content, .cut, .millions: []
      }
    }
  }

  @Test("Row 36: a pack that is not whole is refused, the last good schedule stays, and a whole one is taken")
  func refused() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for fault in Fault.allCases { group.addTask { try await self.refused(fault) } }
      try await group.waitForAll()
    }
  }

  private func refused(_ fault: Fault) async throws {
    let (repository, server) = try served()
    defer { server.stop() }
    let host = try Host(repository, repo: server.url)
    try await host.reconcile()
    let bad = try repository.push(["posts/launch.yaml": post()])
    server.set(PackServer.Offer(tip: bad, pack: try fault.pack(bad, of: repository.clone)))
    let ending = try await host.reconcile(exit: 3)
    #expect(ending.output.contains("upstream could not be read"), "\(fault.rawValue): \(ending)")
    #expect(host.outbox().isEmpty, "\(fault.rawValue)")
    let good = try repository.push(["posts/other.yaml": post(due: 3600)])
    server.set(PackServer.Offer(tip: good, pack: try repository.clone.pack(good)))
    let daemon = try await host.daemon(interval: "1h")
    try await daemon.until("the publication after a pack of which \(fault.rawValue)") { host.outbox().count == 1 }
    try await daemon.crash()  // This server takes no records.
  }

  @Test("Row 36: a post of a gibibyte that travels as a mebibyte is never read whole: it is held, and the others go out")
  func gibibyte() async throws {
    let (repository, server) = try served()
    defer { server.stop() }
    let clone = repository.clone
    try clone.commit(["schedule/posts/small.yaml": post()])
    try clone.git("update-index", "--add", "--cacheinfo", "100644,\(PackExtra.gibibyteOfZeros),schedule/posts/big.yaml")
    let tree = try clone.git("write-tree", "--missing-ok")
    let tip = try clone.git("commit-tree", tree, "-p", "HEAD", "-m", "big")
    let pack = try clone.pack(tip, extra: .gibibyte)
    #expect(pack.count < 2 << 20)
    server.set(PackServer.Offer(tip: tip, pack: pack))
    let host = try Host(repository, repo: server.url)
    let daemon = try await host.daemon(interval: "1h")
    try await daemon.until("the small post") { host.outbox().count == 1 }
    _ = try await daemon.line(containing: "schedule/posts/big.yaml")
    let peak = try #require(try Posthorn.text("/proc/\(daemon.process)/status").firstMatch(of: /VmHWM:\s+(\d+) kB/)?.1)
    #expect(try #require(Int(peak)) < 512 << 10, "\(peak) kB")
    #expect(try await daemon.stop() == 0)
    #expect(host.outbox().map { String($0.prefix(6)) } == ["small."])
  }

  private func served() throws -> (ContentRepository, PackServer) {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": outbox, "posts/later.yaml": post(due: 3600)])
    let tip = try repository.clone.git("rev-parse", "HEAD")
    return (repository, try PackServer(PackServer.Offer(tip: tip, pack: try repository.clone.pack(tip))))
  }
}
