import Engine
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
}
