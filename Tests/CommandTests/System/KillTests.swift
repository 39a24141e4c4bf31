import Failpoints
import Foundation
import Schedule
import Support
import Testing

#if FAILPOINTS
  @Suite("Killed at any point, and started again")
  struct KillTests {
    @Test("Rows 1 and 65: kill -9, as of an OOM kill, at every failpoint: all goes out once at most, ends and is recorded")
    func everywhere() async throws {
      let server = try GitDaemon()
      let violations = try await each(Failpoint.allCases) { point in
        guard let kind = point.scenario else { return [] }
        let scenario = try await KillScenario.begin(kind, point.rawValue, at: server)
        let death = try await scenario.pass("\(point.rawValue)=kill")
        guard death.status == 128 + SIGKILL else { return ["it was not passed: \(death)"] }
        return try await scenario.verdict(after: [death])
      }
      #expect(violations == [])
    }

    @Test(
      "Rows 1 and 65: killed while it stops, with calls in flight: the next one ends and records them",
      arguments: Failpoint.killed(by: .stop))
    func stopping(point: Failpoint) async throws {
      let scenario = try await KillScenario.begin(.ordinary, "stopping", at: GitDaemon())
      let daemon = try Daemon(
        launching: scenario.host.options + ["--interval", "1h"], environment: scenario.environment("\(point.rawValue)=kill"))
      try await eventually("a call") { !scenario.ledger.requests.isEmpty }
      daemon.requestStop()
      let death = try await daemon.ending()
      #expect(death.status == 128 + SIGKILL)
      #expect(try await scenario.verdict(after: [death]) == [])
    }

    @Test("Row 2: killed in the middle of a call, and again at every point that recovery passes")
    func twice() async throws {
      let server = try GitDaemon()
      let recovery: [Failpoint] = [
        .segmentCreated, .fetchBefore, .confirmAsked, .outcomeAppended, .outcomeFlushed, .recordBuilt, .recordPacked, .pushConnected,
        .pushSent, .pushAnswered, .recordRef, .pushMarked, .checkpointTemp, .checkpointRenamed,
      ]
      let violations = try await each(recovery) { point in
        let scenario = try await KillScenario.begin(.ordinary, point.rawValue, at: server)
        let first = try await scenario.pass("call.sent=kill")
        let second = try await scenario.pass("\(point.rawValue)=kill")
        guard first.status == 128 + SIGKILL, second.status == 128 + SIGKILL else { return ["it was not passed: \(first)\(second)"] }
        return try await scenario.verdict(after: [first, second])
      }
      #expect(violations == [])
    }

    @Test("Row 3: an intent that was flushed and never committed runs again: one call a delivery, and all of them go out")
    func intent() async throws {
      let scenario = try await KillScenario.begin(.ordinary, "intent", at: GitDaemon(), accounts: [.hook]) { _, _ in .accept }
      let death = try await scenario.pass("intent.flushed=kill")
      #expect(death.status == 128 + SIGKILL && scenario.ledger.requests.isEmpty)
      #expect(try await scenario.verdict(after: [death]) == [])
      #expect(Set(try await scenario.outcomes().values) == [.published])
      #expect(scenario.ledger.requests.values.allSatisfy { $0 == 1 })
    }

    @Test(
      "Rows 5, 6 and 7: a call that was begun and has no answer is never repeated blindly, whatever the receiver made of it",
      arguments: [(Failpoint.commitFlushed, 200), (.callSent, 200), (.callSent, 503), (.callAnswered, 200)])
    func begun(point: Failpoint, answer: Int) async throws {
      let server = try GitDaemon()
      let scenario = try await KillScenario.begin(.ordinary, "begun", at: server, accounts: [.hook], posts: ["launch"]) { _, _ in
        answer == 200 ? .accept : .refuse(answer)
      }
      let death = try await scenario.pass("\(point.rawValue)=kill")
      #expect(death.status == 128 + SIGKILL)
      let before = try await receivedOnce(scenario, ifSent: point != .commitFlushed)
      #expect(try await scenario.verdict(after: [death]) == [])
      #expect(Array(try await scenario.outcomes().values) == [.inDoubt])
      #expect(scenario.ledger.requests == before)
    }

    @Test(
      "Row 6: what a platform can be asked for by its name is published once, and there is no doubt",
      arguments: [
        Failpoint.commitFlushed, .outcomeAppended,
      ])
    func named(point: Failpoint) async throws {
      let scenario = try await KillScenario.begin(.ordinary, "named", at: GitDaemon(), accounts: [.acme])
      let death = try await scenario.pass("\(point.rawValue)=kill")
      #expect(death.status == 128 + SIGKILL)
      #expect(try await scenario.verdict(after: [death]) == [])
      #expect(Set(try await scenario.outcomes().values) == [.published])
      #expect(scenario.host.outbox().count == 2)
    }

    /// What the receiver has got; it reads a request that was sent even if the sender is gone.
    private func receivedOnce(_ scenario: KillScenario, ifSent isSent: Bool) async throws -> [DeliveryID: Int] {
      if isSent { try await eventually("the request") { scenario.ledger.requests.count == 1 } }
      return scenario.ledger.requests
    }
  }

  /// Runs several scenarios side by side, and prefixes what is wrong with the point's name.
  func each(
    _ points: [Failpoint], _ body: @escaping @Sendable (Failpoint) async throws -> [String]
  ) async throws -> [String] {
    try await withThrowingTaskGroup(of: [String].self) { group in
      var violations: [String] = []
      for (index, point) in points.enumerated() {
        if index >= 4, let found = try await group.next() { violations += found }
        group.addTask { try await body(point).map { "\(point.rawValue): \($0)" } }
      }
      for try await found in group { violations += found }
      return violations
    }
  }
#endif
