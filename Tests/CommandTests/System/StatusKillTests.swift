import Failpoints
import Foundation
import Schedule
import Support
import Testing

#if FAILPOINTS
  @Suite("Killed while a post is moved")
  struct StatusKillTests {
    private static let points: [Failpoint] = [
      .desiredTemp, .desiredRenamed, .recordBuilt, .recordPacked, .pushConnected, .pushSent, .pushAnswered, .recordRef, .pushMarked,
    ]
    /// Where the post lies after each push.
    private static let ways = [
      ["b/launch.yaml"], ["b/launch.yaml", "c/launch.yaml"], ["b/launch.yaml", "a/launch.yaml"], ["a/launch.yml"],
    ]

    @Test("kill -9 at every point of each pass: one status file is left, where the post lies, and it says that the post is out")
    func moved() async throws {
      let server = try GitDaemon()
      let violations = try await each(Self.points) { point in
        var found: [String] = []
        for (number, places) in Self.ways.enumerated() {
          found += try await moved(places, at: point, server, "\(point.rawValue)-\(number)")
        }
        return found
      }
      #expect(violations == [])
    }

    private func moved(_ places: [String], at point: Failpoint, _ server: GitDaemon, _ name: String) async throws -> [String] {
      let text = post()
      let repository = try server.repository(name, files: ["accounts/acme.yaml": outbox, "posts/a/launch.yaml": text])
      let served = try Host(repository)
      try await served.reconcile()
      var place = "a/launch.yaml"
      for next in places {
        try repository.push(["posts/\(place)": nil, "posts/\(next)": text])
        place = next
        let death = try await Posthorn.run(
          ["reconcile"] + served.options, environment: ["HOME": served.home.path, "POSTHORN_FAILPOINT": "\(point.rawValue)=kill"])
        // Back where its status file is, there may be nothing to record.
        guard death.status == 128 + SIGKILL || next == "a/launch.yaml" else { return ["\(name): it was not passed: \(death)"] }
      }
      try await served.reconcile()
      let status = place.hasSuffix(".yml") ? place : String(place.dropLast(".yaml".count))
      let names = try repository.names(under: "status/posts/")
      let state = try served.status(status)?.state
      return names == ["status/posts/\(status).json"] && state == .published ? [] : ["\(name): \(names), \(String(describing: state))"]
    }
  }
#endif
