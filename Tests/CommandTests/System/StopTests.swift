import Failpoints
import Foundation
import Schedule
import Support
import Testing

@Suite("Asked to stop, or given little")
struct StopTests {
  #if FAILPOINTS
    @Test("Row 65: SIGTERM at every failpoint: the daemon ends by itself, and what it left is done by the next one")
    func everywhere() async throws {
      let server = try GitDaemon()
      let violations = try await each(Failpoint.allCases) { point in
        guard let kind = point == .stopDraining ? .ordinary : point.scenario else { return [] }
        let scenario = try await KillScenario.begin(kind, point.rawValue, at: server)
        let daemon = try Daemon(
          launching: scenario.host.options + ["--interval", "1h"], environment: scenario.environment("\(point.rawValue)=pause"))
        if point == .stopDraining {
          _ = try await daemon.line(containing: " running ")
          daemon.requestStop()
        }
        try await daemon.pause()
        daemon.requestStop()
        daemon.resume()
        let ending = try await daemon.ending()
        guard ending.status == point.exitWhenStopped else { return ["it ended with \(ending)"] }
        return try await scenario.verdict(after: [ending], hasStopped: true)
      }
      #expect(violations == [])
    }
  #endif

  @Test("Row 65: with 64 descriptors, more deliveries than that at once all go out, once each, and are recorded")
  func descriptors() async throws {
    let names = (1...120).map { "p\($0)" }
    let scenario = try await KillScenario.begin(.ordinary, "descriptors", at: GitDaemon(), accounts: [.hook], posts: names) { _, _ in
      .accept
    }
    let command = ["sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\"", Posthorn.path, "reconcile"] + scenario.host.options
    let environment = scenario.environment(nil)
    _ = try await onThread { try Support.run(command, environment: environment) }
    #expect(try await scenario.verdict(after: []) == [])
    #expect(Set(try await scenario.outcomes().values) == [.published])
  }
}

extension Failpoint {
  /// How a daemon ends that is asked to stop there.
  fileprivate var exitWhenStopped: Int32 {
    switch self {
    case .segmentCreated: 128 + SIGTERM  // it has not begun to listen, and nothing has begun
    case .stopDraining: 3  // asked a second time, it ends at once
    default: 0
    }
  }
}
