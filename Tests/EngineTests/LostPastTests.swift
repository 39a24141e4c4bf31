import Foundation
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

/// What one life sent and never recorded, another one has to suppose; by which clock it says until when must not matter.
@Suite("What was sent and never recorded, and a clock that is behind when that is found out")
struct LostPastTests {
  private let server: GitDaemon
  private let relay: Relay
  private let stage: Stage

  init() throws {
    server = try GitDaemon()
    relay = try Relay(to: server.port)
    stage = try Stage(
      leaps: true, furthest: .seconds(14), servedBy: server, through: relay.port,
      ["posts/launch.yaml": post(), "posts/next.yaml": post(60, "grace: 6h"), "posts/unsaid.yaml": post(120, "grace: 6h")])
  }

  /// How a directory comes to know that it has lost a past.
  enum Finding: CaseIterable {
    /// The machine remembers what was there.
    case memory
    /// Upstream has records of it.
    case history
    /// A person says that the other daemon is gone.
    case word
  }

  @Test(
    "Row 73: A directory that finds out by a clock in doubt what it may have lost sends none of it once the clock is right",
    arguments: Finding.allCases)
  func behind(_ finding: Finding) async throws {
    defer { relay.stop() }
    try await stage.pass(by: "one")
    let (state, copy) = (stage.host.path("one"), stage.host.path("copy"))
    try FileManager.default.copyItem(atPath: state, toPath: copy)
    if finding == .word { try await stage.pass(by: "two") }
    try await stage.pass(after: .seconds(60), by: "one")
    relay.set(.down)
    try await stage.pass(after: .seconds(60), by: "one")
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "unsaid"])
    relay.set(.open)
    if finding == .word { stage.restartMachine() } else { try restore(copy, over: state) }
    if finding == .history { try FileManager.default.removeItem(atPath: stage.host.path("memory, first")) }
    let runner = finding == .word ? "two" : "one"
    stage.time.set(by: .seconds(-7200))
    if finding == .word { #expect(try await stage.takeOver(by: runner) == "one") }
    try await stage.pass(by: runner)
    stage.time.set(by: .seconds(7200))
    try await stage.pass(after: .seconds(1), by: runner)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "unsaid"])
    #expect(try stage.outcomes("unsaid") == ["in_doubt"])
  }

  private func restore(_ copy: String, over state: String) throws {
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: state) { try files.removeItem(atPath: "\(state)/\(name)") }
    for name in try files.contentsOfDirectory(atPath: copy) { try files.moveItem(atPath: "\(copy)/\(name)", toPath: "\(state)/\(name)") }
  }
}
