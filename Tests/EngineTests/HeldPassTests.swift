import Engine
import Schedule
import Support
import Testing

/// A push that has what is due a minute later held until a person pushes something else.
private struct Broken: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// What was adopted before it; `nil` where the state directory is new.
  var before: [String: String]?
  var files: [String: String]

  static let zoneless = post(60).replacing("timezone: UTC\n", with: "")
  static let good = ["posts/launch.yaml": post(60)]

  static let all = [
    Broken(testDescription: "a post with an error", files: ["posts/launch.yaml": post(60, "colour: red")]),
    Broken(testDescription: "a post that gets an error", before: good, files: ["posts/launch.yaml": post(60, "colour: red")]),
    Broken(testDescription: "a post that is no YAML any more", before: good, files: ["posts/launch.yaml": "{"]),
    Broken(testDescription: "two posts of one id", files: ["posts/launch.yaml": post(60), "posts/a/launch.yaml": "{"]),
    Broken(
      testDescription: "an account with an error",
      files: ["posts/launch.yaml": post(60), "accounts/acme.yaml": "platform: stage\ncolour: red\n"]),
    Broken(
      testDescription: "an account with an error that names the zone",
      files: ["posts/launch.yaml": zoneless, "accounts/acme.yaml": "platform: stage\ntimezone: UTC\ncolour: red\n"]),
    Broken(
      testDescription: "an account with an error, and settings that name the zone",
      files: [
        "posts/launch.yaml": zoneless, "accounts/acme.yaml": "platform: stage\ncolour: red\n", "posthorn.yaml": "timezone: UTC\n",
      ]),
    Broken(testDescription: "an account that is no YAML", files: ["posts/launch.yaml": post(60), "accounts/acme.yaml": "{"]),
    Broken(
      testDescription: "an account that gets an error", before: good, files: ["accounts/acme.yaml": "platform: stage\ncolour: red\n"]),
    Broken(
      testDescription: "an account that names the zone, and is no YAML any more",
      before: ["posts/launch.yaml": zoneless, "accounts/acme.yaml": "platform: stage\ntimezone: UTC\n"],
      files: ["accounts/acme.yaml": "{"]),
    Broken(testDescription: "an account of no platform", before: good, files: ["accounts/acme.yaml": "platform: pigeon\n"]),
    Broken(testDescription: "settings with an error", files: ["posts/launch.yaml": post(60), "posthorn.yaml": "grace: never\n"]),
  ]
}

@Suite("What a pass says of what a push broke")
struct HeldPassTests {
  @Test("What becomes due and is held for a person is said by that pass and each later one within its grace", arguments: Broken.all)
  fileprivate func counted(broken: Broken) async throws {
    let stage = try Stage(broken.before ?? [:])
    if broken.before != nil { try await stage.pass() }
    try stage.repository.push(broken.files)
    #expect(try await stage.pass().heldForPerson == 0, "it is not due yet")
    for wait in [60, 600] {
      let report = try await stage.pass(after: .seconds(wait))
      #expect(report.held == 1 && report.heldForPerson == 1 && report.outcomes.isEmpty)
    }
    #expect(try await stage.pass(after: .seconds(3600)).heldForPerson == 0)
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("Mended within its grace, what an account's file held goes out once; beyond it, it is missed", arguments: [600, 7200])
  func mended(wait: Int) async throws {
    let stage = try Stage(["posts/launch.yaml": post(60)])
    try await stage.pass()
    try stage.repository.push(["accounts/acme.yaml": "platform: stage\ncolour: red\n"])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.status()?.deliveries.first?.state == .held)
    try stage.repository.push(["accounts/acme.yaml": "platform: stage\n"])
    try await stage.pass(after: .seconds(wait))
    try await stage.pass(after: .seconds(60))
    #expect(try stage.outcomes() == [wait == 600 ? "published" : "missed"])
  }

  @Test("What an account's file holds is no less a burst when it is mended")
  func burst() async throws {
    let stage = try Stage(["posthorn.yaml": "policy: {burst: 2}\n", "posts/launch.yaml": post()])
    try await stage.pass()
    let posts = Dictionary(uniqueKeysWithValues: (1...5).map { ("posts/p\($0).yaml", post(60)) })
    try stage.repository.push(posts.merging(["accounts/acme.yaml": "platform: stage\ncolour: red\n"]) { $1 })
    #expect(try await stage.pass(after: .seconds(60)).heldForPerson == 5)
    try stage.repository.push(["accounts/acme.yaml": "platform: stage\n"])
    #expect(try await stage.pass().heldForPerson == 5)
    #expect(stage.platform.calls.map(\.id) == ["launch"])
  }

  @Test(
    "A post that is removed while its account's file has errors is called off, where it was known to go somewhere",
    arguments: [true, false])
  func removed(wasKnown: Bool) async throws {
    let stage = try Stage(wasKnown ? ["posts/launch.yaml": post(600)] : [:])
    try await stage.pass()
    try stage.repository.push(["accounts/acme.yaml": "{", "posts/launch.yaml": post(600)])
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": nil])
    try await stage.pass()
    #expect(try stage.attempts().map { "\($0.outcome) on \($0.platform)" } == (wasKnown ? ["cancelled on stage"] : []))
  }
}
