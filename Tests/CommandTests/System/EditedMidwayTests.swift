import Failpoints
import Foundation
import Support
import Testing

#if FAILPOINTS
  @Suite("A post that is edited while its daemon lies dead")
  struct EditedMidwayTests {
    @Test("Row 62: killed at any failpoint, then moved, edited, removed and back under a new time: it keeps its identity and goes out once")
    func edited() async throws {
      let server = try GitDaemon()
      let violations = try await each(Failpoint.allCases) { point in
        guard let kind = point.scenario else { return [] }
        let scenario = try await KillScenario.begin(kind, point.rawValue, at: server, accounts: [.hook], posts: ["launch"])
        let death = try await scenario.pass("\(point.rawValue)=kill")
        guard death.status == 128 + SIGKILL else { return ["it was not passed: \(death)"] }
        let repository = scenario.host.repository
        let text = try await onThread { try repository.file("posts/launch.yaml") ?? "" }
        for files in [
          ["posts/launch.yaml": nil, "posts/2026/launch.yaml": text.replacing("Doors open.", with: "Edited.")],
          ["posts/2026/launch.yaml": nil], ["posts/launch.yaml": post(due: -1, to: "hook")],
        ] as [[String: String?]] {
          _ = try await onThread { try repository.push(files) }
          _ = try await scenario.pass()
        }
        return try await onThread { try verdict(scenario, point) }
      }
      #expect(violations == [])
    }

    /// What is wrong with the end of it. Killed after the commit point and before the outcome, nobody can tell whether it went out, so it
    /// does not go out again.
    private func verdict(_ scenario: KillScenario, _ point: Failpoint) throws -> [String] {
      let end = try scenario.host.attempts("launch")
      let isDoubtful = [.commitAppended, .commitFlushed, .callConnected, .callSent, .callAnswered, .confirmAsked].contains(point)
      let keys = Set(scenario.ledger.entries.map(\.key))
      var found = end == ["1 published"] || (isDoubtful && end == ["1 in_doubt"]) ? [] : ["it ended as \(end)"]
      if scenario.ledger.entries.count != keys.count || keys.count > 1 { found.append("it arrived as \(scenario.ledger.entries)") }
      if end == ["1 published"], keys.isEmpty { found.append("it never arrived") }
      return found
    }

    @Test("Row 62: killed right behind its commit point, then called off or too late, it is not sent by asking what became of it")
    func calledOff() async throws {
      for (edit, end) in [(nil, ["1 cancelled"]), (post(due: -60, "grace: 0s"), ["1 missed"])] as [(String?, [String])] {
        let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
        try await host.killed(at: "commit.flushed")
        try host.repository.push(["posts/launch.yaml": edit])
        _ = try await host.posthorn("reconcile")
        #expect(try host.attempts("launch") == end)
        #expect(host.outbox() == [])
      }
    }

    @Test(
      "Row 62: killed before its commit point and removed it is cancelled; back again it goes out once",
      arguments: ["claim.won"])
    func removed(point: String) async throws {
      let text = post()
      let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": text])
      try await host.killed(at: point)
      for file in [nil, text] {
        try host.repository.push(["posts/launch.yaml": file])
        try await host.reconcile()
      }
      #expect(try host.attempts("launch") == ["1 cancelled", "2 published"])
      #expect(host.outbox().count == 1)
    }
  }

  extension Host {
    /// One pass that is killed when it gets to a failpoint.
    fileprivate func killed(at point: String) async throws {
      let ending = try await Posthorn.run(["reconcile"] + options, environment: ["HOME": home.path, "POSTHORN_FAILPOINT": "\(point)=kill"])
      guard ending.status == 128 + 9 else { throw Overdue(description: "the pass was to die at \(point): \(ending)") }
    }
  }
#endif
