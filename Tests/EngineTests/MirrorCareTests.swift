import Engine
import Foundation
import Schedule
import Support
import Testing

@Suite("A mirror that breaks more than once")
struct MirrorCareTests {
  /// Leaves half a reference, as a power cut does.
  private func damage(_ stage: Stage) throws {
    let path = stage.host.path("state/mirror.git/refs/posthorn/upstream/main")
    try Data(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(11)).write(to: URL(fileURLWithPath: path))
  }

  @Test("Twice within an hour stops recording and nothing else; when the hour is over it is fetched anew, and what happened is recorded")
  func twice() async throws {
    let server = try GitDaemon()
    let stage = try Stage(leaps: true, furthest: .seconds(60), servedBy: server, ["posts/launch.yaml": post(800)])
    try await stage.pass()
    try damage(stage)
    #expect(try await stage.pass(after: .seconds(60)).fetchFailure == nil)
    try damage(stage)
    let report = try await stage.pass(after: .seconds(740))
    #expect(report.isRecordingStopped && report.outcomes == [.published: 1])
    #expect(report.recordFailure.map { "\($0)".contains("nothing is recorded until 2026-11-27T13:01:00.000Z") } == true)
    #expect(try stage.outcomes() == [])
    let again = try await stage.pass(after: .seconds(2861))
    #expect(!again.isRecordingStopped && again.recordFailure == nil)
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("More than an hour apart it is fetched anew each time")
  func apart() async throws {
    let server = try GitDaemon()
    let stage = try Stage(servedBy: server, [:])
    for _ in 1...3 {
      try await stage.pass(after: .seconds(3601))
      try damage(stage)
    }
    #expect(try await stage.pass(after: .seconds(3601)).fetchFailure == nil)
  }

  @Test("Too many packs are no damage: the mirror is fetched anew as often as that happens, and what upstream lost is taken along")
  func packs() async throws {
    let server = try GitDaemon()
    let stage = try Stage(servedBy: server, ["posts/launch.yaml": post(3600)])
    try await stage.pass()
    let packs = stage.host.path("state/mirror.git/objects/pack")
    let kept = try stage.repository.upstream.git("rev-parse", "main")
    try stage.repository.push(["posts/other.yaml": post(7200)])
    try await stage.pass()
    let scheduled = try stage.repository.upstream.git("rev-parse", "main")
    try stage.repository.upstream.git("update-ref", "refs/heads/main", kept)
    for _ in 1...2 {
      for number in 0...200 { try Data().write(to: URL(fileURLWithPath: "\(packs)/pack-\(number).pack")) }
      #expect(try await stage.pass().fetchFailure.map { "\($0)".contains("was rewritten") } == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: packs).count { $0.hasSuffix(".pack") } < 4)
      let mirror = GitClient(at: stage.host.path("state/mirror.git"))
      #expect(try mirror.git("rev-parse", "refs/posthorn/kept/\(scheduled)") == scheduled)
    }
    #expect(try await stage.pass(after: .seconds(3600)).outcomes == [.published: 1])
  }
}
