import Foundation
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("A state directory, and what its machine remembers of it")
struct OwnPlaceTests {
  private let server: GitDaemon
  private let relay: Relay

  init() throws {
    server = try GitDaemon()
    relay = try Relay(to: server.port)
  }

  private func stage(_ more: [String: String] = [:]) throws -> Stage {
    try Stage(
      leaps: true, furthest: .seconds(14), servedBy: server, through: relay.port,
      ["posts/launch.yaml": post(), "posts/next.yaml": post(60, "grace: 3h")].merging(more) { $1 })
  }

  @Test("A start in its own place publishes on time while upstream is down, and what comes later as well")
  func restart() async throws {
    let stage = try stage(["posts/later.yaml": post(120)])
    try await stage.pass()
    relay.set(.down)
    for _ in 1...2 {
      let report = try await stage.pass(after: .seconds(60))
      #expect(report.claimFailure == nil && report.fetchFailure != nil)
    }
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "later"])
  }

  /// How an older copy comes to where the directory was.
  enum Restoring: CaseIterable {
    case inPlaceOfIt, intoIt
  }

  @Test(
    "Row 73: An older copy in the directory's place sends nothing until upstream has answered, and then what it does not know of is not sent",
    arguments: Restoring.allCases)
  func restored(_ way: Restoring) async throws {
    let stage = try stage(["posts/later.yaml": post(120, "grace: 3h")])
    try await stage.pass()
    let files = FileManager.default
    let (state, copy) = (stage.host.path("state"), stage.host.path("copy"))
    try files.copyItem(atPath: state, toPath: copy)
    try await stage.pass(after: .seconds(60))
    try restore(copy, to: state, way)
    relay.set(.down)
    for _ in 1...2 {
      let held = try await stage.pass(after: .seconds(30))
      #expect(held.claimFailure is UnknownOrigin, "\(way): \(String(describing: held.claimFailure))")
    }
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    relay.set(.open)
    try await stage.pass()
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "later"])
    #expect(try stage.outcomes("next") == ["published"])
  }

  @Test("An older copy over the directory is recognized although what it has forgotten was never recorded")
  func unrecorded() async throws {
    let stage = try stage()
    try await stage.pass()
    let (state, copy) = (stage.host.path("state"), stage.host.path("copy"))
    try FileManager.default.copyItem(atPath: state, toPath: copy)
    relay.set(.down)
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    try restore(copy, to: state, .intoIt)
    relay.set(.open)
    try await stage.pass(after: .seconds(1))
    #expect(stage.platform.calls.count == 2)
    #expect(try stage.outcomes("next") == ["in_doubt"])
  }

  private func restore(_ copy: String, to state: String, _ way: Restoring) throws {
    let files = FileManager.default
    switch way {
    case .inPlaceOfIt:
      try files.removeItem(atPath: state)
      try files.moveItem(atPath: copy, toPath: state)
    case .intoIt:
      for name in try files.contentsOfDirectory(atPath: state) { try files.removeItem(atPath: "\(state)/\(name)") }
      for name in try files.contentsOfDirectory(atPath: copy) { try files.moveItem(atPath: "\(copy)/\(name)", toPath: "\(state)/\(name)") }
    }
  }

  @Test("After a restart of the machine nothing goes out until upstream has answered and nobody else has, and then what is due does")
  func reboot() async throws {
    let stage = try stage()
    try await stage.pass()
    stage.restartMachine()
    relay.set(.down)
    let held = try await stage.pass(after: .seconds(60))
    #expect(held.claimFailure.map { "\($0)" }?.contains("posthorn resume --take-over") == true)
    relay.set(.open)
    #expect(try await stage.pass(after: .seconds(60)).claimFailure is AnotherDaemon)
    #expect(try await stage.pass(after: .seconds(3599)).claimFailure is AnotherDaemon)
    #expect(stage.platform.calls.count == 1)
    #expect(try await stage.pass(after: .seconds(2)).claimFailure == nil)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    #expect(try stage.outcomes("next") == ["published"])
  }

  @Test("A person's word that nobody else publishes lets a start go on while upstream is down, and upstream is told afterwards")
  func word() async throws {
    let stage = try stage(["posts/later.yaml": post(120)])
    try await stage.pass()
    let first = try stage.daemon()?.keeper
    stage.restartMachine()
    relay.set(.down)
    #expect(try await stage.pass(after: .seconds(60)).claimFailure is UnknownOrigin)
    let engine = try stage.engine()
    try await engine.open()
    guard case .byWord = try await engine.takeOverRepository() else { return #expect(Bool(false), "upstream was asked") }
    try await engine.close()
    try await stage.pass()
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    relay.set(.open)
    #expect(try await stage.pass(after: .seconds(60)).claimFailure == nil)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "later"])
    #expect(try stage.daemon()?.keeper.incarnation == first?.incarnation)
    #expect(try stage.daemon()?.keeper.life != first?.life)
  }

  @Test("A start after a longer stop than a take-over takes holds while upstream is down, as another one may have taken over")
  func longStop() async throws {
    let stage = try stage()
    try await stage.pass()
    relay.set(.down)
    let held = try await stage.pass(after: .seconds(3700))
    #expect(held.claimFailure is Unheard, "\(String(describing: held.claimFailure))")
    #expect(stage.platform.calls.count == 1)
    relay.set(.open)
    try await stage.pass(after: .seconds(10))
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("Whoever publishes for another one's place learns what that one has sent, and does not send it again", arguments: [true, false])
  func takenBack(isRecorded: Bool) async throws {
    let stage = try stage(["posts/later.yaml": post(180, "grace: 3h")])
    try await stage.pass(by: "one")
    try await stage.takeOver(by: "two")
    if !isRecorded { stage.platform.preparation.withLock { $0 = { [relay] _ in relay.set(.down) } } }
    try await stage.pass(after: .seconds(60), by: "two")
    stage.platform.preparation.withLock { $0 = nil }
    relay.set(.open)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    try await stage.pass(by: "one")
    try await stage.takeOver(by: "one")
    try await stage.pass(after: .seconds(120), by: "one")
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "later"])
  }

  @Test(
    "Row 71: Whoever was suspended in the middle of an attempt while another one took over sends nothing of it, upstream answering or not",
    arguments: [true, false])
  func suspended(isAnswering: Bool) async throws {
    let stage = try stage(["posts/late.yaml": post(7620, "grace: 3h")])
    try await stage.pass(by: "one")
    // Two is there before the post is due, so that it sends it; nobody hears of it yet.
    relay.set(.down)
    try await stage.pass(after: .seconds(3900), by: "two")
    relay.set(.open)
    let isResumed = Mutex(false)
    let takeOver: @Sendable () async -> Void = { [relay] in
      if isResumed.withLock({ was in
        defer { was = true }
        return was
      }) {
        return
      }
      await #expect(throws: Never.self) {
        try await stage.pass(by: "two")
        try await stage.pass(after: .seconds(3601), by: "two")
        try await stage.pass(after: .seconds(20), by: "two")
      }
      if !isAnswering { relay.set(.down) }
    }
    stage.platform.preparation.withLock { $0 = { _ in await takeOver() } }
    let report = try await stage.pass(after: .seconds(100), by: "one")
    #expect(report.claimFailure != nil)
    #expect(stage.platform.calls.map(\.id) == ["launch", "late"])
    // What the first one may have sent before it was silent is in doubt.
    #expect(try stage.outcomes("next") == ["in_doubt"])
    #expect(try stage.daemon()?.keeper.host == "two")
  }
}
