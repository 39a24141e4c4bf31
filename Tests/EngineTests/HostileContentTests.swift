import Engine
import Foundation
import Git
import Schedule
import Support
import Testing

@Suite("Content that somebody broke, or made to break something")
struct HostileContentTests {
  @Test(
    "Row 61: a post that breaks keeps its identity, so it is held and not cancelled, and goes out once it is mended",
    arguments: ["caption: [", "id: NO ID AT ALL\n", "scheduled_time: soon\n", "\u{1B}", "- a\n- b\n"])
  func broken(text: String) async throws {
    let sound = post(3600, "id: launch")
    let stage = try Stage(["posts/teaser.yaml": sound])
    try await stage.pass()
    try stage.repository.push(["posts/teaser.yaml": text])
    try await stage.pass(after: .seconds(60))
    let held = try #require(try stage.status("teaser"))
    #expect(held.post.text == "launch" && held.deliveries.map(\.state) == [.held], "\(held)")
    try stage.repository.push(["posts/teaser.yaml": sound])
    try await stage.pass(after: .seconds(3600))
    #expect(try stage.outcomes() == ["published"])
  }

  @Test(
    "Row 61: a folder whose name collides with that of the posts holds them; nothing is cancelled, and they go out once it is gone",
    arguments: ["Posts/x.yaml", "POSTS/x.yaml"])
  func collidingFolder(file: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(3600)])
    try await stage.pass()
    try stage.repository.push([file: post(3600, "id: other")])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.outcomes() == [] && stage.status()?.deliveries.map(\.state) == [.held])
    try stage.repository.push(["posts/next.yaml": post(3600)])
    try stage.repository.push([file: nil])
    try await stage.pass(after: .seconds(3600))
    #expect(try stage.outcomes() == ["published"] && stage.outcomes("next") == ["published"])
  }

  @Test(
    "Row 61: of two posts whose names differ in case or composition only both are held",
    arguments: [("launch", "Launch"), ("é", "e\u{301}")])
  func collidingPosts(one: String, other: String) async throws {
    let stage = try Stage(["posts/fine.yaml": post()])
    try stage.commit([
      ("100644", "posts/\(one).yaml", post(0, "id: one")), ("100644", "posts/\(other).yaml", post(0, "id: other")),
    ])
    try await stage.pass()
    #expect(stage.platform.calls.map(\.id) == ["fine"])
  }

  @Test(
    "Rows 61 and 88: what stands beside the content folder under nearly its name changes nothing: posts are read and recorded, and it is not",
    arguments: ["Schedule/readme", "SCHEDULE"])
  func collidingRoot(twin: String) async throws {
    let server = try GitDaemon()
    let stage = try Stage(servedBy: server, ["posts/launch.yaml": post(3600)])
    try await stage.pass()
    try stage.repository.clone.commit([twin: "hello"])
    try stage.repository.clone.pushOnTop()
    try stage.repository.push(["posts/next.yaml": post(1800), "accounts/acme.yaml": "platform: stage\ntimezone: UTC\n"])
    let report = try await stage.pass(after: .seconds(3600))
    #expect(report.fetchFailure == nil && report.recordFailure == nil, "\(report)")
    #expect(try stage.outcomes() == ["published"] && stage.outcomes("next") == ["published"])
    #expect(try stage.repository.upstream.fsck() == "")
  }

  @Test(
    "Row 61: what stands beside a claim's folders hides no claim: another runner does not send the post again",
    arguments: ["schedule/Status/x", "SCHEDULE/x", "schedule/status/CLAIMS/x", "schedule/status/claims/LAUNCH/x"])
  func collidingClaims(twin: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    // Its record is kept from being made, so that the claim stays.
    try stage.repository.push(["history/2026": "mine"])
    try await stage.pass(by: "one", claims: .push)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.clone.commit([twin: "x"])
    try stage.repository.clone.pushOnTop()
    try await stage.pass(after: .seconds(10), by: "two", claims: .push)
    #expect(stage.platform.calls.count == 1)
  }

  @Test(
    "Row 61: what somebody puts beside the records, at any level, hides none from a runner that goes on: nothing is sent again",
    arguments: [
      "schedule/HISTORY/x", "schedule/history/2026/11/27/LAUNCH/x", "schedule/Status/x", "schedule/status/KEYS/x", "Schedule/history/x",
    ])
  func collidingRecords(twin: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(60)])
    try await stage.pass(by: "two", claims: .push)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.clone.commit([twin: "x"])
    try stage.repository.clone.pushOnTop()
    try await stage.pass(after: .seconds(60), by: "one", claims: .push)
    let report = try await stage.pass(after: .seconds(10), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch"] && report.fetchFailure == nil && report.recordFailure == nil, "\(report)")
    #expect(try stage.status()?.deliveries.map(\.state) == [.published] && stage.repository.upstream.fsck() == "")
  }

  @Test(
    "Row 61: what collides with accounts or settings holds what depends on them, and the rest of the repository is adopted and recorded")
  func collidingContext() async throws {
    for twin in ["ACCOUNTS/x", "accounts/Acme.yaml", "Posthorn.yaml", "MEDIA/x"] {
      let stage = try Stage(["posts/launch.yaml": post(60), "posthorn.yaml": "grace: 2h\n", "media/a.txt": "a"])
      try await stage.pass()
      try stage.repository.push([twin: "platform: stage\n", "posts/next.yaml": post(90)])
      let report = try await stage.pass(after: .seconds(100))
      #expect(report.fetchFailure == nil && report.recordFailure == nil, "\(twin): \(report)")
      let isFree = twin == "MEDIA/x" || twin == "Posthorn.yaml"
      #expect(stage.platform.calls.map(\.id).sorted() == (isFree ? ["launch", "next"] : []), "\(twin)")
      #expect(try stage.status("next")?.deliveries.map(\.state) == [isFree ? .published : .held], "\(twin)")
      try stage.repository.push([twin: nil])
      try await stage.pass(after: .seconds(10))
      #expect(stage.platform.calls.map(\.id).sorted() == ["launch", "next"], "\(twin)")
    }
  }

  @Test("Row 61: what somebody puts beside the records hides none of them: they stay whole, and a new state directory finds them")
  func collidingHistory() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    try stage.repository.push(["History/x": "x", "Status/x": "x", "posts/next.yaml": post()])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.repository.upstream.fsck() == "" && stage.outcomes("next") == ["published"])
    try FileManager.default.removeItem(atPath: stage.host.path("state"))
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.map(\.id).sorted() == ["launch", "next"])
  }

  @Test("Row 61: a link is never read as a post, not even when its account changes, and the settings may be none")
  func links() async throws {
    let stage = try Stage(["posts/fine.yaml": post(60)])
    try await stage.pass()
    try stage.commit([
      ("120000", "posts/launch.yaml", post()), ("120000", "posthorn.yaml", "grace: 0s\n"), ("160000", "posts/sub.yaml", ""),
    ])
    try await stage.pass()
    try stage.repository.push(["accounts/acme.yaml": "platform: stage\nhandle: acme\n"])
    try await stage.pass(after: .seconds(120))
    #expect(stage.platform.calls.map(\.id) == ["fine"])
    #expect(try stage.status()?.state.rawValue == "held")
  }

  @Test("Row 61: more than 2 GiB of posts in one fetch are an error, and the last good schedule stands")
  func tooMuch() async throws {
    let stage = try Stage(["posts/launch.yaml": post(3600)])
    try await stage.pass()
    let heavy = String(repeating: "\u{1}", count: 1 << 20)
    try stage.commit((0..<2056).map { ("100644", "posts/heavy-\($0).yaml", heavy) })
    let report = try await stage.pass(after: .seconds(3600))
    #expect((report.fetchFailure as? GitError)?.reason == .tooLarge, "\(String(describing: report.fetchFailure))")
    #expect(try stage.outcomes() == ["published"])
  }

  /// A file below `media/`, and how a post that takes it along ends.
  static let attachments: [(mode: String, text: String, outcome: String)] = [
    ("100644", "pixels", "published"), ("120000", "teaser.jpg", "failed"), ("160000", "", "failed"),
    ("100644", "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "ab", count: 32))\nsize 12\n", "published"),
    ("100644", "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "AB", count: 32))\nsize 12\n", "failed"),
    ("100644", "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize -1\n", "failed"),
  ]

  @Test(
    "Row 61: media come from the commit's tree, no link is followed, and a pointer of Git LFS is sound or refused", arguments: attachments)
  func media(mode: String, text: String, outcome: String) async throws {
    let stage = try Stage([:])
    try stage.commit([(mode, "media/a.jpg", text), ("100644", "posts/launch.yaml", post(0, "media: [{path: media/a.jpg}]"))])
    try await stage.pass()
    #expect(try stage.outcomes() == [outcome])
    guard let oid = text.firstRange(of: "sha256:"), outcome == "published" else { return }
    #expect(try stage.attempts().first?.media.first?.sha256 == String(text[oid.upperBound...].prefix(64)))
  }

  @Test("Row 61: a forged record with the highest number or a path that leads elsewhere stops nothing")
  func forgedRecord() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    let (file, text) = try #require(try stage.repository.files(under: "history/").first)
    let forged = text.replacing("\"attempt\": 1", with: "\"attempt\": 9223372036854775807")
    let astray = text.replacing("launch", with: "other").replacing("schedule/posts/", with: "schedule/posts/../../../")
    try stage.repository.push([file.replacing(".1.json", with: ".2.json"): forged, file.replacing("launch", with: "other"): astray])
    try FileManager.default.removeItem(atPath: stage.host.path("state"))
    let report = try await stage.pass(after: .seconds(60))
    #expect(report.fetchFailure == nil && report.recordFailure == nil)
    #expect(stage.platform.calls.count == 1)
  }
}
