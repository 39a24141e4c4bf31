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

@Suite("The files of a post, for a platform that reads them")
struct MediaTests {
  static let path = "media/teaser.mp4"

  @Test("A plain file is on the disk, readable for its owner alone, before the platform prepares")
  func blob() async throws {
    let scene = try FilmStage(["media/teaser.mp4": "a plain film\n"])
    try await scene.stage.pass()
    #expect(scene.films.shown == [[Self.path: "a plain film\n"]])
    #expect(try scene.stage.outcomes() == ["published"])
    #expect(scene.server.questions.isEmpty)
    let name = try #require(scene.names().first)
    #expect(name == LFSServer.oid(of: Array("a plain film\n".utf8)))
    #expect(try FileManager.default.attributesOfItem(atPath: scene.folder + "/" + name)[.posixPermissions] as? Int == 0o600)
    await scene.end()
  }

  @Test("A file in Git LFS comes from the server that .lfsconfig names, which never sees the git credential")
  func chosen() async throws {
    let scene = try FilmStage(credential: ("ann", "secret"))
    try await scene.stage.pass()
    #expect(scene.films.shown == [[Self.path: FilmStage.film]])
    #expect(try scene.stage.outcomes() == ["published"])
    #expect(try scene.stage.attempts().first?.media.first?.sha256 == LFSServer.oid(of: Array(FilmStage.film.utf8)))
    #expect(scene.server.violations == [])
    await scene.end()
  }

  @Test("What .lfsconfig names in a private network is asked for nothing, whatever else the host allows there, until the operator names it")
  func inner() async throws {
    let scene = try FilmStage(privateHosts: ["media.example"])
    try await scene.stage.pass()
    #expect(scene.films.shown.isEmpty && scene.server.questions.isEmpty)
    let error = try #require(try scene.stage.attempts().first?.error)
    #expect(error.code == "lfs.forbidden" && error.message.contains("--endpoint lfs=http://127.0.0.1:\(scene.server.port)"))
    await scene.end()
  }

  @Test("lfs.url in the configuration of a repository on this host goes before .lfsconfig")
  func configured() async throws {
    let scene = try FilmStage(privateHosts: [])
    try scene.stage.repository.upstream.git("config", "lfs.url", scene.server.url)
    try await scene.stage.pass()
    #expect(scene.films.shown == [[Self.path: FilmStage.film]])
    await scene.end()
  }

  @Test("Otherwise it comes from the remote's own server, with the git credential for it")
  func own() async throws {
    let scene = try FilmStage(chosen: false, login: ("ann", "secret"), credential: ("ann", "secret"))
    try await scene.stage.pass()
    #expect(scene.films.shown == [[Self.path: FilmStage.film]])
    #expect(scene.server.violations == [])
    await scene.end()
  }

  @Test("A repository on this machine is asked first: what the real client pushed into it needs no server")
  func local() async throws {
    let scene = try FilmStage(["posts/launch.yaml": post(0, "suspend: true", "media: [{path: media/teaser.mp4}]")])
    let clone = try scene.stage.repository.anotherClone("filming")
    try clone.git("lfs", "install", "--local", "--skip-smudge")
    try clone.git("config", "lfs.url", "file://\(scene.stage.repository.upstream.path)")
    try clone.commit([".gitattributes": "*.mp4 filter=lfs diff=lfs merge=lfs -text\n", "schedule/media/other.mp4": "from the clone"])
    try clone.git("push", "-q", "origin", "HEAD:main")
    try scene.stage.repository.clone.git("pull", "-q", "origin", "main")
    try scene.stage.repository.push(["posts/other.yaml": post(0, "media: [{path: media/other.mp4}]")])
    try await scene.stage.pass()
    #expect(scene.films.shown == [["media/other.mp4": "from the clone"]])
    #expect(try scene.stage.outcomes("other") == ["published"])
    #expect(scene.server.questions.isEmpty)
    await scene.end()
  }

  @Test("A platform that reads no files gets none, and nothing is fetched for it")
  func others() async throws {
    let scene = try FilmStage(["accounts/acme.yaml": "platform: stage\n"])
    try await scene.stage.pass()
    #expect(try scene.stage.outcomes() == ["published"])
    #expect(scene.server.questions.isEmpty && scene.names().isEmpty)
    await scene.end()
  }

  @Test("Who wants the same file at the same time waits for one download")
  func shared() async throws {
    let gate = Gate()
    let scene = try FilmStage(
      after: gate, ["posts/launch.yaml": post(0, "media: [{path: media/teaser.mp4}]").replacing("[acme]", with: "[acme, beta]")])
    let pass = Task { try await scene.stage.pass() }
    await scene.server.waitForDownloads(1)
    gate.open()
    #expect(try await pass.value.outcomes == [.published: 2])
    #expect(scene.films.shown.count == 2)
    #expect(scene.server.downloads.count == 1 && scene.server.questions.count == 1)
    #expect(scene.names() == [LFSServer.oid(of: Array(FilmStage.film.utf8))])
    await scene.end()
  }

  @Test(
    "What the server says decides: for later is tried again, gone is final, and the platform was not called",
    arguments: [
      (LFSServer.Fault.list(503), "retrying"), (.list(429, headers: ["retry-after": "20"]), "retrying"), (.otherBytes, "retrying"),
      (.object(404), "failed"), (.list(422), "failed"),
    ])
  func refused(fault: LFSServer.Fault, outcome: String) async throws {
    let scene = try FilmStage()
    scene.server.inject(fault)
    try await scene.stage.pass()
    #expect(try scene.stage.outcomes() == [outcome])
    #expect(scene.films.shown.isEmpty)
    let message = try #require(try scene.stage.attempts().first?.error?.message)
    #expect(message.hasPrefix("media/teaser.mp4: ") && !message.contains(LFSServer.canary))
    if outcome == "retrying" {
      try await scene.stage.pass(after: .seconds(300))
      #expect(scene.films.shown == [[Self.path: FilmStage.film]])
    }
    await scene.end()
  }

  @Test("A download that a stop cut short goes on where it was, and the post goes out")
  func stopped() async throws {
    let gate = Gate()
    let scene = try FilmStage(after: gate)
    let engine = try scene.stage.engine()
    let (wakes, _) = AsyncStream.makeStream(of: Void.self)
    let run = Task { try await engine.run(wakes: wakes) }
    await scene.server.waitForDownloads(1)
    await engine.requestStop()
    gate.open()
    #expect(try await run.value.outcomes.isEmpty)
    #expect(scene.films.shown.isEmpty)
    try await scene.stage.pass()
    #expect(try scene.stage.outcomes() == ["published"])
    await scene.end()
  }

  @Test("A question after a restart comes with the files that are still here, and fetches none")
  func recovery() async throws {
    let scene = try FilmStage(leaps: true)
    scene.films.answer(.submitted(Remote(id: "1")))
    try await scene.stage.pass()
    let asked = scene.films.asked.count
    try await scene.stage.pass()
    let later = scene.films.asked.dropFirst(asked)
    #expect(!later.isEmpty && later.allSatisfy { $0[Self.path]?.size == Int64(FilmStage.film.utf8.count) })
    try FileManager.default.removeItem(atPath: scene.folder)
    let before = scene.films.asked.count
    try await scene.stage.pass()
    #expect(scene.films.asked.count > before && scene.films.asked.dropFirst(before).allSatisfy(\.isEmpty))
    #expect(scene.server.downloads.count == 1)
    await scene.end()
  }

  @Test("A file that nothing needs goes a week after its last use, and what a crash left goes at once")
  func cleaned() async throws {
    let scene = try FilmStage()
    let name = LFSServer.oid(of: Array(FilmStage.film.utf8))
    try await scene.stage.pass()
    for litter in [".posthorn-new-1", name + ".part"] { try scene.write(litter) }
    let (fresh, old) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
    for other in [fresh, old + ".part"] { try scene.write(other) }
    try scene.age(old + ".part", days: 8)
    try scene.age(fresh, days: 6)
    try await scene.stage.pass()
    #expect(scene.names() == [name, fresh].sorted())
    try scene.age(name, days: 8)
    try await scene.stage.pass()
    #expect(scene.names() == [fresh])
    await scene.end()
  }

  @Test("A file that another try will need stays, however long that takes")
  func needed() async throws {
    let scene = try FilmStage()
    let name = LFSServer.oid(of: Array(FilmStage.film.utf8))
    scene.films.answer(.failed(.busy))
    try await scene.stage.pass()
    try scene.age(name, days: 8)
    try await scene.stage.pass()
    #expect(scene.names() == [name])
    await scene.end()
  }

  @Test("A server that moved is asked at its new place, for old posts too")
  func moved() async throws {
    let scene = try FilmStage()
    try scene.stage.repository.clone.commit([".lfsconfig": "[lfs]\n\turl = http://127.0.0.1:\(try Loopback.deadPort())/\n"])
    try scene.stage.repository.clone.pushOnTop()
    try await scene.stage.pass()
    #expect(try scene.stage.attempts().first?.error?.code == "lfs.refused")
    try scene.stage.repository.clone.commit([".lfsconfig": "[lfs]\n\turl = \(scene.server.url)\n"])
    try scene.stage.repository.clone.pushOnTop()
    try await scene.stage.pass(after: .seconds(300))
    #expect(try scene.stage.outcomes() == ["retrying", "published"])
    await scene.end()
  }

  @Test("A daemon brings what is due within a quarter of an hour, so that the platform need not wait for it")
  func ahead() async throws {
    let scene = try FilmStage([
      "posts/launch.yaml": post(600, "media: [{path: media/teaser.mp4}]"),
      "posts/later.yaml": post(3600, "media: [{path: media/later.mp4}]"),
    ])
    try scene.stage.repository.push(["media/later.mp4": scene.server.put(Array("another film".utf8))])
    let engine = try scene.stage.engine()
    let (wakes, _) = AsyncStream.makeStream(of: Void.self)
    let run = Task { try await engine.run(wakes: wakes) }
    try await eventually("the film") { scene.names() == [LFSServer.oid(of: Array(FilmStage.film.utf8))] }
    await engine.requestStop()
    #expect(try await run.value.outcomes.isEmpty)
    #expect(scene.films.shown.isEmpty && scene.server.questions.count == 1)
    await scene.end()
  }

  @Test("A disk without room for the file makes it wait, and says so", .enabled(if: SmallDisk.isPossible, "needs root"))
  func full() async throws {
    let scene = try FilmStage()
    let disk = try scene.mount("1m")
    try await scene.stage.pass()
    #expect(try scene.stage.attempts().first?.error?.code == "media.room")
    #expect(try scene.stage.outcomes() == ["retrying"])
    scene.unmount(disk)
    try await scene.stage.pass(after: .seconds(300))
    #expect(try scene.stage.outcomes() == ["retrying", "published"])
    await scene.end()
  }

  @Test("Before that, what nothing pending needs makes room for it", .enabled(if: SmallDisk.isPossible, "needs root"))
  func room() async throws {
    let scene = try FilmStage()
    let disk = try scene.mount("140m")
    defer { scene.unmount(disk) }
    let old = String(repeating: "a", count: 64)
    try Data(count: 13_000_000).write(to: URL(fileURLWithPath: scene.folder + "/" + old))
    try await scene.stage.pass()
    #expect(try scene.stage.outcomes() == ["published"])
    #expect(scene.names() == [LFSServer.oid(of: Array(FilmStage.film.utf8))])
    await scene.end()
  }

  @Test("A folder that is a link to elsewhere is not written through, and holds up nothing else")
  func link() async throws {
    let scene = try FilmStage(["posts/plain.yaml": post(0), "accounts/acme.yaml": "platform: films\n"])
    try FileManager.default.createDirectory(atPath: scene.stage.host.path("state"), withIntermediateDirectories: true)
    symlink(scene.stage.host.path, scene.folder)
    try await scene.stage.pass()
    #expect(try scene.stage.attempts().first?.error?.code == "media.local")
    #expect(try scene.stage.outcomes("plain") == ["published"])
    await scene.end()
  }
}
