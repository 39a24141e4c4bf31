import Engine
import Foundation
import Glibc
import HTTP
import LFS
import Platforms
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

/// A post with a film in Git LFS, a server that has it, and a platform that wants it from the disk.
struct FilmStage {
  static let film = String(repeating: "moving pictures ", count: 5000)

  let server: LFSServer
  let films = FilmPlatform()
  let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
  let stage: Stage

  /// - Parameters:
  ///   - chosen: whether `.lfsconfig` names the server; otherwise it is the remote's own.
  ///   - login: what the server wants.
  ///   - credential: the host's; for the server's origin.
  ///   - privateHosts: where the host lets `.lfsconfig` lead.
  init(
    chosen: Bool = true, login: (user: String, password: String)? = nil, credential: (user: String, password: String)? = nil,
    after gate: Gate? = nil, leaps: Bool = false, privateHosts: Set<String> = ["127.0.0.1"], _ files: [String: String] = [:]
  ) throws {
    server = try LFSServer(login: login, after: gate)
    let origin = try #require(Origin(server.url))
    let access = MediaAccess(
      send: { [client] request throws(HTTPError) in try await client.send(request) },
      credential: credential.map { BasicCredential(user: $0.user, password: $0.password, origin: origin) }, privateHosts: privateHosts)
    let content = [
      "accounts/acme.yaml": "platform: films\n", "accounts/beta.yaml": "platform: films\n",
      "posts/launch.yaml": post(0, "media: [{path: media/teaser.mp4}]"), "media/teaser.mp4": server.put(Array(Self.film.utf8)),
    ]
    stage = try Stage(leaps: leaps, others: { [films] _ in [films] }, media: access, content.merging(files) { $1 })
    if chosen {
      try stage.repository.clone.commit([".lfsconfig": "[lfs]\n\turl = \(server.url)\n"])
      try stage.repository.clone.pushOnTop()
      // The commit that a post comes from is the one that it was first seen at.
    } else {
      try stage.repository.upstream.git("remote", "add", "origin", "http://127.0.0.1:\(server.port)/team")
    }
  }

  var folder: String { stage.host.path("state/media") }
  func names() -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }  // No folder has none.

  func end() async {
    server.stop()
    await client.shutdown()
  }
}

extension FilmStage {
  /// Puts the media on a disk of their own.
  func mount(_ size: String) throws -> SmallDisk {
    let disk = try SmallDisk(size: size)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try #require(Glibc.mount(disk.path, folder, nil, UInt(MS_BIND), nil) == 0)
    return disk
  }

  func unmount(_ disk: SmallDisk) { withExtendedLifetime(disk) { _ = umount2(folder, Int32(MNT_DETACH)) } }

  func write(_ name: String) throws { try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }

  func age(_ name: String, days: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -86_400 * days)], ofItemAtPath: folder + "/" + name)
  }
}
