import Foundation
import Support
import Testing

@Suite("posthorn validate --since and --ignore")
struct ValidateSinceTests {
  private let folder: TemporaryFolder
  private let git: GitClient
  private let bad = "accounts: [acme]\nscheduled_time: 2036-11-27\n"

  init() throws {
    folder = try TemporaryFolder("since")
    git = try GitClient.create(at: folder.path)
    try git.commit([
      "schedule/accounts/acme.yaml": "platform: outbox\ntimezone: Etc/UTC\n",
      "schedule/accounts/other.yaml": "platform: outbox\ntimezone: UTC\n",
      "schedule/posts/old-bad.yaml": bad, "schedule/posts/uses-other.yaml": "scheduled_time: 2036-11-27T09:00\naccounts: [other]\n",
    ])
  }

  private func paths(_ arguments: String...) throws -> [String] {
    let ending = try Program.run(["validate", "--format", "json"] + arguments, in: folder.path)
    let found = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]] ?? []
    #expect(ending.status == (found.contains { $0["severity"] as? String == "error" } ? 1 : 0), "\(ending.errors)")
    return found.compactMap { $0["path"] as? String }.map { String($0.dropFirst("schedule/".count)) }
  }

  @Test("Only what changed is told: committed, staged, or just written, from where the histories part")
  func changed() throws {
    try git.git("checkout", "-q", "-b", "topic")
    #expect(try paths("--since", "main") == [])
    #expect(try paths() == ["posts/old-bad.yaml"])
    try git.commit(["schedule/posts/committed.yaml": bad])
    try folder.write(bad, to: "schedule/posts/2036/staged.yaml")
    try git.git("add", "-A")
    try folder.write(bad, to: "schedule/posts/written.yaml")
    let expected = ["posts/2036/staged.yaml", "posts/committed.yaml", "posts/written.yaml"]
    #expect(try paths("--since", "main") == expected)
    try git.git("stash", "-q", "-u")
    try git.git("checkout", "-q", "main")
    try git.commit(["schedule/posts/on-main.yaml": bad])
    try git.git("checkout", "-q", "topic")
    #expect(try paths("--since", "main") == ["posts/committed.yaml"])
    #expect(try paths("--since", "main~1", "--rev", "main") == ["posts/on-main.yaml"])
    #expect(try paths("--since", "main~1", "--rev", "main", "schedule/posts/old-bad.yaml") == [])
  }

  @Test("An id that a file in another folder has by its name is found, in a range and in the work tree")
  func taken() throws {
    let post = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"
    try git.commit(["schedule/posts/2035/01/taken.yaml": post, "schedule/posts/2036/11/near.yaml": post])
    try git.commit(["schedule/posts/2036/11/taken.yaml": post + "caption: hello\n"])
    let expected = ["posts/2036/11/taken.yaml"]
    #expect(try paths("--since", "HEAD~1", "--rev", "HEAD") == expected)
    #expect(try paths("--since", "HEAD~1") == expected)
  }

  @Test("Of a change among very many posts it is said how far it was compared")
  func far() throws {
    let post = "scheduled_time: 2036-11-27T09:00\naccounts: [acme]\n"
    for month in 1...3 {
      for number in 0..<100 {
        try folder.write("\(post)caption: \(month) \(number)\n", to: "schedule/posts/\(month)/post-\(month)-\(number).yaml")
      }
    }
    try git.commit([:])
    try git.commit(["schedule/posts/2/post-2-50.yaml": "\(post)caption: 2 49\n", "schedule/posts/old-bad.yaml": nil])
    for arguments in [["--since", "HEAD~1"], ["--since", "HEAD~1", "--rev", "HEAD"]] {
      let ending = try Program.run(["validate"] + arguments, in: folder.path)
      #expect(ending.status == 0 && ending.output.contains("says the same to acme") && ending.output.contains("1 post, 0 accounts"))
      #expect(ending.errors == "compared with the 65 posts in the nearest folders; posthorn validate compares all of them\n")
    }
  }

  @Test("What a removed account breaks elsewhere is told, and what was broken before is not")
  func further() throws {
    try git.commit(["schedule/accounts/other.yaml": nil])
    #expect(try paths("--since", "HEAD~1") == ["posts/uses-other.yaml"])
    #expect(try paths("--since", "HEAD~1", "--rev", "HEAD") == ["posts/uses-other.yaml"])
  }

  @Test("A post in a pull request that is past already is new there, though the branch has it")
  func past() throws {
    try git.commit(["schedule/posts/past.yaml": "scheduled_time: 2016-11-27T09:00\naccounts: [acme]\n"])
    #expect(try paths() == ["posts/old-bad.yaml"])
    #expect(try paths("--since", "HEAD~1") == ["posts/past.yaml"])
    #expect(try paths("--since", "HEAD~1", "--rev", "HEAD") == ["posts/past.yaml"])
  }

  @Test("A commit that is not here ends with 3 and says how to get it")
  func missing() throws {
    let ending = try Program.run(["validate", "--since", "origin/main"], in: folder.path)
    #expect(ending.status == 3 && ending.errors.contains("no commit origin/main here") && ending.errors.contains("git fetch"))
    #expect(try Program.run(["validate", "--since", "HEAD", "-"], in: folder.path, input: "").status == 2)
  }

  @Test(
    "Ignored files are not told about",
    arguments: [
      ("drafts/", true), ("drafts", true), ("schedule/posts/drafts", true), ("posts/drafts", false), ("**/drafts/*.yaml", true),
      ("b?d.yaml", true), ("*.yml", false), ("schedule/**/bad.yaml", true), ("/schedule/posts/*.yaml", false), ("*a*d*.y*l", true),
    ])
  func ignored(glob: String, isIgnored: Bool) throws {
    try folder.write(bad, to: "schedule/posts/drafts/bad.yaml")
    #expect(try paths("--ignore", "old-*", "--ignore", glob) == (isIgnored ? [] : ["posts/drafts/bad.yaml"]))
  }

  private func status(_ state: String) -> String {
    """
    {"schema": 1, "post": "doors", "path": "posts/doors.yaml", "state": "\(state)", "scheduled_at": "2026-01-01T09:00:00.000Z",
     "published_at": "2026-01-01T09:00:01.000Z", "deliveries": [{"account": "acme", "platform": "outbox", "state": "\(state)", "reason": null,
     "attempts": 1, "next_attempt_at": null, "remote": null, "error": null}]}

    """
  }

  @Test("An edit of what went out is told, in the work tree and in a range; a move, and an edit of what did not go out, are not")
  func published() throws {
    let post = "scheduled_time: 2026-01-01T09:00\naccounts: [acme]\ncaption: Open\n"
    try git.commit([
      "schedule/posts/doors.yaml": post, "schedule/status/posts/doors.json": status("published"), "schedule/posts/old-bad.yaml": nil,
    ])
    #expect(try paths() == [])
    try folder.write(post + "title: Doors\n", to: "schedule/posts/doors.yaml")
    #expect(try paths() == ["posts/doors.yaml"])
    try git.commit([:])
    #expect(try paths() == [])
    #expect(try paths("--since", "HEAD~1") == ["posts/doors.yaml"])
    #expect(try paths("--since", "HEAD~1", "--rev", "HEAD") == ["posts/doors.yaml"])
    try git.git("mv", "schedule/posts/doors.yaml", "schedule/doors.yaml")
    try FileManager.default.createDirectory(atPath: folder.path("schedule/posts/2026"), withIntermediateDirectories: true)
    try git.git("mv", "schedule/doors.yaml", "schedule/posts/2026/doors.yaml")
    #expect(try paths() == [])
    try folder.write(post, to: "schedule/posts/2026/doors.yaml")
    #expect(try paths() == ["posts/2026/doors.yaml"])
    try git.git("reset", "-q", "--hard")
    try git.commit(["schedule/status/posts/doors.json": status("failed")])
    try folder.write(post, to: "schedule/posts/doors.yaml")
    #expect(try paths() == [])
  }

  @Test("A new time for what went out is told as long as it is to come")
  func moved() throws {
    try git.commit([
      "schedule/posts/doors.yaml": "scheduled_time: 2036-01-01T09:00\naccounts: [acme]\n",
      "schedule/status/posts/doors.json": status("published"), "schedule/posts/old-bad.yaml": nil,
    ])
    let ending = try Program.run(["validate"], in: folder.path)
    #expect(
      ending.status == 0
        && ending.output.hasPrefix(
          "schedule/posts/doors.yaml:1:17: warning: doors went out to acme at 2026-01-01T09:00:01.000Z and never goes out there again")
    )
    #expect(try paths("--rev", "HEAD") == ["posts/doors.yaml"])
  }

  @Test("A post whose zone got other rules since its last attempt is told both instants; one whose time was changed is not")
  func zoneChanged() throws {
    let instant = "2036-11-27T13:00:00.000Z"
    let record = """
      {"schema": 1, "post": "doors", "path": "schedule/posts/doors.yaml", "account": "acme", "platform": "outbox", "attempt": 1,
       "outcome": "retrying", "scheduled_at": "\(instant)", "scheduled_time": "2036-11-27T09:00:00", "timezone": "America/New_York",
       "tzdata": "2025b", "started_at": "\(instant)", "finished_at": "\(instant)", "next_attempt_at": "2036-11-27T15:00:00.000Z",
       "key": "msg_1", "content_sha256": "", "media": [], "remote": null, "error": null, "host": "mars", "incarnation": "a", "version": "1",
       "source": {"commit": "\(String(repeating: "1", count: 40))", "blob": "\(String(repeating: "2", count: 40))", "author": "a", "committer": "b"}}
      """
    try git.commit([
      "schedule/posts/doors.yaml": "scheduled_time: 2036-11-27T09:00\ntimezone: America/New_York\naccounts: [acme]\n",
      "schedule/status/posts/doors.json": status("retrying").replacing("2026-01-01T09:00:00.000Z", with: instant),
      "schedule/history/2036/11/27/doors/acme.1.json": record, "schedule/posts/old-bad.yaml": nil,
    ])
    let output = try Program.run(["validate"], in: folder.path).output
    #expect(
      output.contains("2036-11-27T09:00 in America/New_York was \(instant) by tzdata 2025b, and is 2036-11-27T14:00:00.000Z by"),
      "\(output)")
    try folder.write("scheduled_time: 2036-11-27T10:00\ntimezone: America/New_York\naccounts: [acme]\n", to: "schedule/posts/doors.yaml")
    #expect(try paths() == [])
  }
}
