import Engine
import Schedule
import Support
import Testing

@Suite("Records that somebody's files are in the way of")
struct ObstructedRecordTests {
  /// What is pushed, and which files of records it keeps from being written.
  static let obstacles: [(mode: String, path: String, kept: [String])] = [
    ("100644", "status/posts/launch.json/x", ["status/posts/launch.json"]),
    ("160000", "status/posts/launch.json", ["status/posts/launch.json"]),
    ("100644", "status/posts/sub", ["status/posts/sub/launch.json"]),
    ("100644", "status", ["status/posts/launch.json", "status/posts/other.json"]),
    ("100644", "history/2026", ["history/2026/11/27/launch/acme.1.json", "history/2026/11/27/other/acme.1.json"]),
    ("120000", "history/2026/11/27/launch", ["history/2026/11/27/launch/acme.1.json"]),
    ("160000", "history/2026/11/27/launch/acme.1.json", ["history/2026/11/27/launch/acme.1.json"]),
  ]

  @Test(
    "What stands in the way of a record keeps that one waiting, is named, and holds up no other; once it is gone the record is made",
    arguments: obstacles)
  func inTheWay(mode: String, path: String, kept: [String]) async throws {
    let launch = kept[0].contains("/sub/") ? "sub/launch" : "launch"
    let server = try GitDaemon()
    let stage = try Stage(servedBy: server, ["posts/\(launch).yaml": post(), "posts/other.yaml": post()])
    try stage.commit([(mode, path, "mine")])
    let report = try await stage.pass()
    #expect(report.recordFailure == nil && report.fetchFailure == nil && report.unwritable >= kept.count, "\(report)")
    let expected = [
      "history/2026/11/27/launch/acme.1.json", "history/2026/11/27/other/acme.1.json", "status/posts/\(launch).json",
      "status/posts/other.json",
    ]
    for file in expected {
      let isKept = kept.contains(file)
      let text = (try? stage.repository.file(file)) ?? nil  // a submodule has none
      #expect(isKept == (text?.hasPrefix("{") != true), "\(file)")
    }
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.clone.git("rm", "-rq", "--cached", "schedule/\(path)")
    try stage.repository.clone.git("commit", "-qm", "out of the way")
    try stage.repository.clone.git("push", "-q", "origin", "HEAD:main")
    let again = try await stage.pass(after: .seconds(60))
    #expect(again.unwritable == 0 && stage.platform.calls.count == 2, "\(again)")
    for file in expected { #expect(try stage.repository.file(file)?.hasPrefix("{") == true, "\(file)") }
  }

  @Test("A claim stays while the record of its outcome cannot be written: no runner with an empty disk sends the post again")
  func claimStays() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/other.yaml": post()])
    try stage.commit([("100644", "history/2026/11/27/launch/acme.1.json/x", "mine")])
    #expect(try await stage.pass(by: "one", claims: .push).unwritable == 1)
    #expect(try stage.repository.names(under: "status/claims/") == ["status/claims/launch/acme.json"])
    #expect(try stage.repository.file("history/2026/11/27/other/acme.1.json") != nil)
    try await stage.pass(after: .seconds(1800), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id).sorted() == ["launch", "other"])
  }

  @Test("What is removed is a status file, and no folder that somebody made in its place")
  func folderStays() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try stage.commit([("100644", "status/posts/launch.json/notes", "mine")])
    try await stage.pass()
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["posts/launch.yaml": nil, "posts/moved/launch.yaml": post()])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.status("moved/launch")?.state.rawValue == "published")
    #expect(try stage.repository.file("status/posts/launch.json/notes") == "mine\n")
  }
}
