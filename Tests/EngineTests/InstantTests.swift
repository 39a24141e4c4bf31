import Engine
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

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

  @Test("A clock that is set back just before the call makes none; the delivery is tried again by its retries")
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
    #expect(stage.platform.calls.isEmpty)
    #expect(try stage.attempts().map(\.error?.code) == ["clock.back"])
    try await stage.pass(after: .seconds(400))
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == ["retrying", "published"])
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
