import Platforms
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("The moment before the call")
struct InstantTests {
  private let due = Instant.noon + .seconds(2)

  @Test("The commit point is on disk when the instant comes, and the call is made at the instant")
  func ahead() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(2)])
    let written = Mutex<[DeliveryEvent]>([])
    stage.time.insteadOfLeap.withLock {
      $0 = { [due] until in
        guard until == due else { return false }
        written.withLock { $0 = (try? stage.journaled()) ?? [] }  // The expectation below misses what cannot be read.
        return false
      }
    }
    try await stage.pass()
    #expect(written.withLock { $0 }.contains(.committed(at: due)))
    #expect(stage.platform.calls.map(\.time) == [due])
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("A clock that is set back just before the call makes none; the delivery goes out at its instant, and no try is used up")
  func setBack() async throws {
    let stage = try Stage(leaps: true, furthest: .seconds(60), ["posts/launch.yaml": post(2)])
    let isSet = Mutex(false)
    stage.time.insteadOfLeap.withLock {
      $0 = { [due] until in
        guard until == due, !isSet.withLock({ $0 }) else { return false }
        isSet.withLock { $0 = true }
        stage.time.set(by: .seconds(-30))
        return true
      }
    }
    try await stage.pass()
    #expect(stage.platform.calls.map(\.time) == [due] && stage.platform.calls.map(\.attempt) == [1])
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("Row 80: A flush that lasts longer than the grace sends nothing: it is missed")
  func slowFlush() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(2, "grace: 3s")])
    stage.time.whileWaiting(for: due) { [due] in stage.time.advance(to: due + .seconds(9)) }
    try await stage.pass()
    #expect(stage.platform.calls.isEmpty)
    #expect(try stage.outcomes() == ["missed"])
  }

  @Test("A connection that takes longer than the grace sends nothing: it is missed")
  func slowConnection() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(2, "grace: 3s")])
    stage.platform.connecting.withLock { $0 = { [due] in stage.time.advance(to: due + .seconds(9)) } }
    try await stage.pass()
    #expect(stage.platform.calls.isEmpty)
    #expect(try stage.outcomes() == ["missed"])
  }

  @Test("A machine that is paused between its permit and the call asks for another permit, be the pause too short to doubt the clock")
  func paused() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(2)])
    let written = Mutex<[DeliveryEvent]>([])
    stage.time.whileWaiting(for: due) { stage.time.set(by: .seconds(90)) }
    // What cannot be read is not counted.
    stage.platform.connecting.withLock { $0 = { written.withLock { $0 = (try? stage.journaled()) ?? [] } } }
    try await stage.pass()
    #expect(stage.platform.calls.map(\.attempt) == [1])
    #expect(written.withLock { $0.count { $0 == .abandoned } } == 1)
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("A clock that leaps while the commit point is flushed holds what was about to go out, and uses up no try")
  func leap() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(2)])
    stage.time.whileWaiting(for: due) { stage.time.set(by: .seconds(900)) }
    #expect(try await stage.pass().held == 1)
    #expect(stage.platform.calls.isEmpty)
    stage.time.set(by: .seconds(-900))
    try await stage.pass()
    #expect(stage.platform.calls.map(\.attempt) == [1])
    #expect(try stage.outcomes() == ["published"])
  }

  @Test(
    "What is adopted while the commit point is flushed counts: an edit goes out, what was removed is cancelled, what is suspended is held",
    arguments: [
      (post(2, caption: "Doors closed."), ["published"], ["Doors closed."], 0), (nil, ["cancelled"], [], 0),
      (post(2, "suspend: true"), [], [], 1),
    ] as [(String?, [String], [String], Int)])
  func adopted(file: String?, outcomes: [String], sent: [String], held: Int) async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(2)])
    let engine = try stage.engine()
    stage.time.whileWaiting(for: due) {
      _ = try? stage.repository.push(["posts/launch.yaml": file])  // the expectations below miss it
      await engine.fetchOnce()
    }
    let report = try await engine.reconcile()
    #expect(stage.platform.calls.compactMap(\.caption) == sent)
    #expect(try stage.outcomes() == outcomes)
    #expect(report.held == held)
    try await stage.pass()
    #expect(try stage.outcomes() == outcomes && stage.platform.calls.count == sent.count)
  }

  @Test("What was not sent after all counts against no limit of its account")
  func limits() async throws {
    let stage = try Stage(
      leaps: true, furthest: .seconds(60),
      ["accounts/acme.yaml": "platform: stage\nlimits: {per_day: 1}\n", "posts/launch.yaml": post(2)])
    stage.time.whileWaiting(for: due) { stage.time.set(by: .seconds(-30)) }
    try await stage.pass()
    try await stage.pass(after: .seconds(60))
    #expect(try stage.outcomes() == ["published"])
  }
}

extension Stage {
  /// What the journal says of deliveries, as far as it is on disk.
  fileprivate func journaled() throws -> [DeliveryEvent] {
    var events: [DeliveryEvent] = []
    _ = try Journal.read(in: try Folder(at: host.path("state"))) { entry in
      if let event = try? Event(bytes: entry.body), case .delivery(_, let delivery) = event { events.append(delivery) }
    }
    return events
  }
}
