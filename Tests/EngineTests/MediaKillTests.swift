import Engine
import Foundation
import Git
import HTTP
import Logging
import Schedule
import StateDirectory
import Support
import Testing

#if FAILPOINTS
  @Suite("Killed while a file comes to the disk")
  struct MediaKillTests {
    @Test(
      "Row 1: whatever of it is here is whole or goes on: it is downloaded once, and the post goes out once",
      arguments: ["media.arrived", "media.verified", "media.renamed"])
    func killed(point: String) async throws {
      let scene = try FilmStage()
      setenv(Child.variable, "\(scene.stage.repository.upstream.path):\(scene.stage.host.path("state")):\(point)", 1)
      await #expect(processExitsWith: .signal(SIGKILL)) { try await Child.pass() }
      unsetenv(Child.variable)
      #expect(scene.names().count == 1)
      try await scene.stage.pass()
      #expect(scene.films.shown == [[MediaTests.path: FilmStage.film]])
      #expect(try scene.stage.outcomes() == ["published"])
      #expect(scene.server.downloads.count == 1)
      #expect(scene.names() == [LFSServer.oid(of: Array(FilmStage.film.utf8))])
      await scene.end()
    }
  }

  /// A pass in a process of its own, which is killed.
  private enum Child {
    static let variable = "POSTHORN_TEST_MEDIA_KILL"

    static func pass() async throws {
      let parts = (ProcessInfo.processInfo.environment[variable] ?? "").split(separator: ":").map(String.init)
      setenv("POSTHORN_FAILPOINT", "\(parts[2])=kill", 1)
      let client = Client(.init(policy: .init(allowsPrivateHosts: true)))
      let engine = try Engine(
        Engine.Options(host: "stage", version: "0"), location: .bare(path: parts[0], branch: "main"), access: Access(),
        state: try Folder(at: parts[1]), zones: Stage.zones, platforms: [FilmPlatform()], credentialStamp: { _ in "first" },
        isLockHeld: { true }, media: MediaAccess(send: { request throws(HTTPError) in try await client.send(request) }),
        clock: TestClock(leaps: false).clock, logger: Logger(label: "stage") { _ in SwiftLogNoOpLogHandler() })
      _ = try await engine.reconcile()
    }
  }
#endif
