import Foundation
import Git
import Schedule
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("The branch of the records, when the settings name another one")
struct RecordBranchTests {
  private static let onPosthorn = "record: {branch: posthorn}\n"

  /// A post that went out, and was recorded on the branch `posthorn`.
  private func stage(_ claims: ClaimsChoice, _ more: [String: String] = [:]) async throws -> Stage {
    let stage = try Stage(["posthorn.yaml": Self.onPosthorn, "posts/launch.yaml": post(0, "grace: 4h")].merging(more) { $1 })
    try await stage.pass(by: "one", claims: claims)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    return stage
  }

  private func attempts(_ stage: Stage, on branch: String) throws -> [String] {
    try stage.repository.names(under: "history/", on: branch).compactMap { $0.split(separator: "/").dropLast().last.map(String.init) }
      .sorted()
  }

  @Test(
    "Row 72: A new state directory sends nothing again once the branch of the records is removed from the settings or renamed",
    arguments: [nil, "record: {branch: records}\n", "grace: 2h\n"])
  func fresh(settings: String?) async throws {
    let stage = try await stage(.push)
    try stage.repository.push(["posthorn.yaml": settings, "posts/next.yaml": post(30)])
    try await stage.pass(after: .seconds(30), by: "two", claims: .push)
    try await stage.pass(after: .seconds(1), by: "three", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    let branch = settings?.contains("records") == true ? "records" : "main"
    #expect(try attempts(stage, on: branch) == ["next"])
  }

  @Test("Row 72: The same under local claims, where the one that published is gone", arguments: [nil, "record: {branch: records}\n"])
  func local(settings: String?) async throws {
    let stage = try await stage(.local)
    try stage.repository.push(["posthorn.yaml": settings])
    #expect(try await stage.pass(after: .seconds(61), by: "two").claimFailure != nil)
    #expect(try await stage.pass(after: .seconds(830), by: "two").claimFailure != nil)
    try await stage.pass(after: .seconds(3360), by: "two")
    try await stage.pass(after: .seconds(3700), by: "two")
    try await stage.pass(after: .seconds(700), by: "two")
    #expect(stage.platform.calls.map(\.id) == ["launch"])
  }

  @Test(
    "Row 72: A branch name that cannot be one holds everything in a new state directory, and nothing is recorded anywhere",
    arguments: [
      ClaimsChoice.push, .local,
    ])
  func invalid(claims: ClaimsChoice) async throws {
    let stage = try await stage(claims)
    let main = try stage.repository.push(["posthorn.yaml": "record: {branch: \"posthorn \"}\n", "posts/next.yaml": post(30)])
    let report = try await stage.pass(after: .seconds(30), by: "two", claims: claims)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    #expect(try stage.repository.upstream.git("rev-parse", "main") == main)
    guard claims == .push else { return }
    #expect(report.held == 1 && report.settingsProblem?.contains("posthorn.yaml:1:18: ") == true, "\(report)")
    try stage.repository.push(["posthorn.yaml": Self.onPosthorn])
    try await stage.pass(after: .seconds(1), by: "three", claims: claims)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("Row 72: What was recorded on a branch that is gone is in doubt, and never sent again", arguments: [ClaimsChoice.push, .local])
  func gone(claims: ClaimsChoice) async throws {
    let stage = try await stage(.push)
    try stage.repository.push(["posthorn.yaml": "record: {branch: records}\n"])
    try stage.repository.upstream.git("update-ref", "-d", "refs/heads/posthorn")
    try await stage.pass(after: .seconds(1), by: "two", claims: claims)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    #expect(try attempts(stage, on: "records") == ["launch"])
    let record = try #require(try stage.repository.files(under: "history/", on: "records").values.first)
    #expect(record.contains("\"in_doubt\""))
  }

  @Test(
    "Row 72: A state directory that lives goes on where the settings say, and what it recorded before is found by a new one, be it many changes later"
  )
  func living() async throws {
    let stage = try await stage(.push)
    for (number, settings) in ["record: {branch: records}\n", nil, "record: {branch: third}\n"].enumerated() {
      try stage.repository.push(["posthorn.yaml": settings, "posts/next\(number).yaml": post(60 * (number + 1), "grace: 4h")])
      try await stage.pass(after: .seconds(60), by: "one", claims: .push)
    }
    #expect(try attempts(stage, on: "posthorn") == ["launch"] && attempts(stage, on: "records") == ["next0"])
    #expect(try attempts(stage, on: "main") == ["next1"] && attempts(stage, on: "third") == ["next2"])
    try await stage.pass(after: .seconds(1), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next0", "next1", "next2"])
  }

  @Test("Row 72: A branch that only the other side of a merge has named is looked at, too", arguments: [ClaimsChoice.push, .local])
  func merged(claims: ClaimsChoice) async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, "grace: 4h")])
    let clone = stage.repository.clone
    try clone.git("branch", "side")
    try stage.repository.push(["posthorn.yaml": Self.onPosthorn])
    try await stage.pass(by: "one", claims: claims)
    let main = try stage.repository.push(["posthorn.yaml": "record: {branch: records}\n"])
    // As `git pull` does it for somebody with a commit of their own.
    try clone.git("checkout", "-q", "side")
    try clone.commit(["schedule/posts/other.yaml": post(86_400)], message: "a change")
    try clone.git("merge", "-q", "--no-edit", main)
    try clone.git("push", "-q", "origin", "HEAD:main")
    try FileManager.default.removeItem(atPath: stage.host.path("one"))
    try await stage.pass(after: .seconds(1), by: "one", claims: claims)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
  }

  @Test("Row 72: An older copy of a state directory finds what was recorded on a branch that it has never heard of")
  func copy() async throws {
    let stage = try Stage(["posthorn.yaml": Self.onPosthorn, "posts/early.yaml": post(), "posts/launch.yaml": post(60, "grace: 4h")])
    try await stage.pass(by: "one")
    try FileManager.default.copyItem(atPath: stage.host.path("one"), toPath: stage.host.path("copy"))
    try stage.repository.push(["posthorn.yaml": "record: {branch: records}\n"])
    try await stage.pass(after: .seconds(60), by: "one")
    #expect(stage.platform.calls.map(\.id) == ["early", "launch"])
    for name in ["one", "copy"] where name == "one" { try FileManager.default.removeItem(atPath: stage.host.path(name)) }
    try FileManager.default.moveItem(atPath: stage.host.path("copy"), toPath: stage.host.path("one"))
    try await stage.pass(after: .seconds(1), by: "one")
    #expect(stage.platform.calls.map(\.id) == ["early", "launch"])
  }

  @Test(
    "Row 72: A claim on the branch that claims went to before keeps everybody else away, a copy of its holder's state directory too",
    arguments: ["two", "copy"])
  func claims(other: String) async throws {
    let stage = try await stage(.push)
    if other == "copy" { try FileManager.default.copyItem(atPath: stage.host.path("one"), toPath: stage.host.path("copy")) }
    try stage.repository.push(["posts/next.yaml": post(120)])
    let one = try stage.engine(by: "one", claims: .push)
    let (isHeld, goesOn) = AsyncStream<Void>.makeStream()
    stage.platform.preparation.withLock { $0 = { _ in for await _ in isHeld {} } }
    stage.time.advance(to: stage.time.now + .seconds(119))
    let pass = Task { try await one.reconcile() }
    try await eventually("it is claimed") {
      try stage.repository.names(under: "status/claims/", on: "posthorn").contains { $0.contains("next") }
    }
    stage.platform.preparation.withLock { $0 = nil }
    try stage.repository.push(["posthorn.yaml": "record: {branch: records}\n"])
    try await stage.pass(after: .seconds(2), by: other, claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    goesOn.finish()
    _ = try await pass.value
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("Row 72: What a dead runner claimed where claims went to before is in doubt once the claim has run out, aloud, and never sent")
  func deadElsewhere() async throws {
    let stage = try await stage(.push)
    try stage.repository.push(["posts/next.yaml": post(120)])
    let one = try stage.engine(by: "one", claims: .push)
    let (isHeld, goesOn) = AsyncStream<Void>.makeStream()
    stage.platform.preparation.withLock { $0 = { _ in for await _ in isHeld {} } }
    stage.time.advance(to: stage.time.now + .seconds(119))
    let pass = Task { try await one.reconcile() }
    try await eventually("it is claimed") {
      try stage.repository.names(under: "status/claims/", on: "posthorn").contains { $0.contains("next") }
    }
    stage.platform.preparation.withLock { $0 = nil }
    try stage.repository.push(["posthorn.yaml": "record: {branch: records}\n"])
    #expect(try await stage.pass(after: .seconds(440), by: "two", claims: .push).outcomes == [:])
    #expect(try await stage.pass(after: .seconds(20), by: "two", claims: .push).outcomes == [.inDoubt: 1])
    #expect(try await stage.pass(after: .seconds(1), by: "three", claims: .push).outcomes == [:])
    let record = try #require(try stage.repository.files(under: "history/", on: "records").values.first)
    #expect(record.contains("posthorn resolve next acme"))
    await one.requestStop()
    goesOn.finish()
    _ = try await pass.value
    #expect(stage.platform.calls.map(\.id) == ["launch"])
  }
}

@Suite("Settings with an error")
struct SettingsErrorTests {
  @Test(
    "The last good settings stand, whatever is wrong, and a pass says what and where",
    arguments: [
      "record: {branch: \"a b\"}\n", "record: {branch: main/sub}\n", "grace: soon\n", "retry: {delays: never}\n", "grace: 1h\ngrace: 2h\n",
      "policy: [\n",
      "grace: \u{0}\n", "folder", "link", "both", "large",
    ])
  func lastGood(error: String) async throws {
    let stage = try Stage(["posthorn.yaml": "record: {branch: posthorn}\n", "posts/launch.yaml": post()])
    try await stage.pass()
    let files: [String: String?] =
      switch error {
      case "folder": ["posthorn.yaml": nil, "posthorn.yaml/x.yaml": "grace: 1h\n"]
      case "both": ["posthorn.yml": "grace: 2h\n"]
      case "large": ["posthorn.yaml": "# " + String(repeating: "x", count: 1 << 20)]
      case "link": ["posthorn.yaml": nil]
      default: ["posthorn.yaml": error]
      }
    if error == "link" {
      let path = stage.repository.clone.path + "/schedule/posthorn.yaml"
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "accounts/acme.yaml")
      try stage.repository.push(["posts/next.yaml": post()])
    } else {
      for (name, text) in files.sorted(by: { ($0.value == nil ? 0 : 1, $0.key) < ($1.value == nil ? 0 : 1, $1.key) }) {
        try stage.repository.clone.commit(["schedule/\(name)": text])
      }
      try stage.repository.push(["posts/next.yaml": post()])
    }
    for pass in 1...2 {  // from the journal, too
      let report = try await stage.pass(after: .seconds(1))
      #expect(report.settingsProblem?.contains("schedule/posthorn.y") == true, "\(pass): \(report)")
    }
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    #expect(try stage.repository.names(under: "history/", on: "main").isEmpty)
    #expect(try stage.repository.names(under: "history/", on: "posthorn").count == 2)
    let fresh = try await stage.pass(after: .seconds(1), by: "fresh", claims: .push)
    #expect(fresh.settingsProblem?.contains("everything is held") == true || fresh.claimFailure != nil, "\(fresh)")
  }

  @Test(
    "An unknown key, or an unknown account under notify, holds nothing",
    arguments: [
      "graze: 1h\nrecord: {branch: posthorn}\n", "notify: [{on: [failed], account: nobody}]\nrecord: {branch: posthorn}\n",
    ])
  func harmless(settings: String) async throws {
    let stage = try Stage(["posthorn.yaml": settings, "posts/launch.yaml": post()])
    #expect(try await stage.pass().settingsProblem == nil)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
    #expect(try stage.repository.names(under: "history/", on: "posthorn").count == 1)
  }
}
