import Failpoints
import Foundation
import Support
import Testing

@Suite("A film in Git LFS, for TikTok")
struct FilmTests {
  @Test("Comes from its server to the disk, and from there to TikTok, byte for byte")
  func published() async throws {
    let scene = try await FilmScene()
    try await scene.host.reconcile()
    #expect(try scene.verdict() == [])
    #expect(try scene.host.attempts("launch") == ["1 published"])
    scene.end()
  }

  #if FAILPOINTS
    @Test(
      "Row 1: killed while it comes to the disk: it is downloaded once, and the post goes out once",
      arguments: Failpoint.killed(by: .media))
    func killed(point: Failpoint) async throws {
      let scene = try await FilmScene()
      let environment = ["HOME": scene.host.home.path, "POSTHORN_FAILPOINT": "\(point.rawValue)=kill"]
      let death = try await Posthorn.run(["reconcile"] + scene.host.options, environment: environment)
      #expect(death.status == 128 + SIGKILL)
      #expect(scene.peer.posts.isEmpty)
      try await scene.host.reconcile()
      #expect(try scene.verdict() == [])
      scene.end()
    }
  #endif
}

/// A repository with a film in Git LFS, a server that has it, and a TikTok that wants it.
private struct FilmScene {
  static let film = Array(String(repeating: "moving pictures ", count: 100_000).utf8)

  let server: LFSServer
  let peer: TikTokPeer
  let host: Host

  init() async throws {
    (server, peer) = (try LFSServer(), try TikTokPeer())
    let repository = try ContentRepository(files: [
      "accounts/acme.yaml": "platform: tiktok\n", "media/teaser.mp4": server.put(Self.film),
      "posts/launch.yaml": post(
        to: "acme", "media: [{path: media/teaser.mp4}]", "options: {tiktok: {privacy_level: SELF_ONLY}}"),
    ])
    try repository.clone.commit([".lfsconfig": "[lfs]\n\turl = \(server.url)\n"])
    try repository.clone.pushOnTop()
    host = try Host(repository, access: ["--endpoint", "tiktok=\(peer.origin)", "--endpoint", "lfs=\(server.url)"])
    let login = try await host.posthorn("account", "login", "acme", input: peer.login())
    try #require(login.status == 0, "\(login)")
  }

  /// What is not as it has to be once the post is out.
  func verdict() throws -> [String] {
    var wrong = server.violations + peer.violations.map { "\($0)" }
    let oid = LFSServer.oid(of: Self.film)
    if peer.posts.map(\.sha256) != [oid] { wrong.append("TikTok has \(peer.posts)") }
    if server.downloads.count != 1 { wrong.append("it was downloaded \(server.downloads.count) times") }
    let kept = try FileManager.default.contentsOfDirectory(atPath: host.state + "/media")
    if kept != [oid] { wrong.append("the disk has \(kept)") }
    return wrong
  }

  func end() {
    server.stop()
    peer.stop()
  }
}
