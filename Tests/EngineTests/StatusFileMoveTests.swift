import Engine
import Foundation
import Platforms
import Schedule
import Support
import Testing

@Suite("Status files of posts whose names are nearly alike")
struct StatusFileMoveTests {
  @Test("Row 89: Of two posts that differ in their ending alone each has its own status, and a doubt stays visible")
  func endings() async throws {
    let stage = try Stage(["posts/same.yaml": post(0, "id: bad"), "posts/same.yml": post(60, "id: ok")])
    stage.platform.answer(.unknown(.lost))
    try await stage.pass()
    try await stage.pass(after: .seconds(60))
    #expect(try stage.status("same")?.state.rawValue == "in_doubt" && stage.status("same.yml")?.state.rawValue == "published")
  }

  @Test("The status that an earlier version kept under the other ending's name goes with the next record, and another post's stays")
  func earlier() async throws {
    let stage = try Stage(["posts/one.yml": post(), "posts/two.yml": post(), "posts/two.yaml": post(3600, "id: other")])
    let old =
      #"{"deliveries": [], "path": "schedule/posts/one.yml", "post": "one", "published_at": null, "scheduled_at": null, "schema": 1}"#
    let others = old.replacing("one.yml", with: "two.yaml")
    try stage.repository.push(["status/posts/one.json": old, "status/posts/two.json": others])
    try await stage.pass()
    #expect(
      try stage.repository.names(under: "status/posts/") == [
        "status/posts/one.yml.json", "status/posts/two.json", "status/posts/two.yml.json",
      ])
    #expect(try stage.outcomes("one") == ["published"])
  }

  @Test("Row 86: A folder that is called like a status file is no obstacle: both posts are recorded")
  func folder() async throws {
    let stage = try Stage(["posts/aa.yaml": post(), "posts/aa.json/bb.yaml": post()])
    let report = try await stage.pass()
    #expect(report.recordFailure == nil && report.unwritable == 0, "\(report)")
    #expect(try stage.status("aa")?.state.rawValue == "published" && stage.status("aa.json_/bb")?.state.rawValue == "published")
  }

  @Test("A post that moves to another ending takes its status along")
  func moved() async throws {
    let stage = try Stage(["posts/launch.yml": post()])
    try await stage.pass()
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["posts/launch.yml": nil, "posts/launch.yaml": post()])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.repository.names(under: "status/posts/") == ["status/posts/launch.json"])
  }

  /// Where a post that went out lies after each push, `nil` where it is gone, and the one status file that is left of it.
  static let moves: [(places: [String?], status: String)] = [
    (["b/launch.yaml"], "b/launch"), (["b/launch.yaml", "c/launch.yaml"], "c/launch"), (["b/launch.yaml", "a/launch.yaml"], "a/launch"),
    (["a/launch.yml"], "a/launch.yml"), ([nil, "b/launch.yaml"], "b/launch"), (["b/launch.yaml", nil, "a/launch.yaml"], "a/launch"),
  ]

  private func move(_ stage: Stage, from old: String?, to new: String?) throws {
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(
      [old.map { ("posts/\($0)", String?.none) }, new.map { ("posts/\($0)", post()) }].compactMap(\.self).reduce(into: [:]) {
        $0.updateValue($1.1, forKey: $1.0)
      })
  }

  @Test(
    "A post that is moved has one status file, whoever runs next: the same directory, or jobs with empty disks", arguments: moves,
    [true, false])
  func oneFile(move: (places: [String?], status: String), isJob: Bool) async throws {
    let stage = try Stage(["posts/a/launch.yaml": post()])
    try await stage.pass(by: "0", claims: .push)
    var place: String? = "a/launch.yaml"
    for (number, next) in move.places.enumerated() {
      try self.move(stage, from: place, to: next)
      try await stage.pass(after: .seconds(60), by: isJob ? "\(number + 1)" : "0", claims: .push)
      place = next
    }
    #expect(try stage.repository.names(under: "status/posts/") == ["status/posts/\(move.status).json"])
    #expect(try stage.status(move.status)?.state == .published && stage.platform.calls.count == 1)
  }

  @Test("A post that is moved while records cannot be pushed, by processes that end, has one status file once they can", arguments: moves)
  func unpushed(move: (places: [String?], status: String)) async throws {
    let server = try GitDaemon()
    let stage = try Stage(servedBy: server, ["posts/a/launch.yaml": post()])
    try await stage.pass()
    let hook = stage.repository.upstream.path + "/hooks/pre-receive"
    var place: String? = "a/launch.yaml"
    for next in move.places {
      try self.move(stage, from: place, to: next)
      try Data("#!/bin/sh\nexit 1\n".utf8).write(to: URL(fileURLWithPath: hook))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
      try await stage.pass(after: .seconds(60))
      try FileManager.default.removeItem(atPath: hook)
      place = next
    }
    try await stage.pass(after: .seconds(60))
    #expect(try stage.repository.names(under: "status/posts/") == ["status/posts/\(move.status).json"])
    #expect(try stage.status(move.status)?.state == .published && stage.platform.calls.count == 1)
  }

  @Test("Two posts that change places, and one whose place another one takes, have the status files of where they lie")
  func swapped() async throws {
    let stage = try Stage(["posts/a/one.yaml": post(0, "id: one"), "posts/b/two.yaml": post(60, caption: "Two.", "id: two")])
    try await stage.pass(after: .seconds(60))
    try await stage.pass(after: .seconds(60))
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["posts/a/one.yaml": post(60, caption: "Two.", "id: two"), "posts/b/two.yaml": post(0, "id: one")])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.status("a/one")?.post.text == "two" && stage.status("b/two")?.post.text == "one")
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push([
      "posts/a/one.yaml": post(86_400, caption: "Three.", "id: three"), "posts/c/two.yaml": post(60, caption: "Two.", "id: two"),
    ])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.repository.names(under: "status/posts/") == ["status/posts/b/two.json", "status/posts/c/two.json"])
  }
}
