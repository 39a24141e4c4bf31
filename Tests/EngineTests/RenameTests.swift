import Engine
import Platforms
import Schedule
import Support
import Synchronization
import Testing

/// Ways in which what went out may come back under another name: what the repository had, and what is pushed then.
private struct Rename: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var before: [String: String] = ["posts/launch.yaml": post()]
  /// One push, and one pass, after another; the last one asks for it again.
  var pushes: [[String: String?]]
  /// The post, and the account, that it comes back as; `nil` where it keeps its name.
  var comesBack: (file: String, account: String)?

  init(_ name: String, before: [String: String]? = nil, _ pushes: [String: String?]..., as file: String?, to account: String = "acme") {
    testDescription = name
    if let before { self.before = before }
    self.pushes = pushes
    comesBack = file.map { ($0, account) }
  }

  static let news = post().replacing("[acme]", with: "[news]")
  static let both = post().replacing("[acme]", with: "[acme, beta]")
  static let stage = "platform: stage\n"

  static let all = [
    Rename("its file has another name", ["posts/launch.yaml": nil, "posts/launch-v2.yaml": post()], as: "launch-v2"),
    Rename("it gets an id", ["posts/launch.yaml": post(0, "id: doors")], as: "launch"),
    Rename("it loses its id", before: ["posts/launch.yaml": post(0, "id: doors")], ["posts/launch.yaml": post()], as: "launch"),
    Rename(
      "its id changes", before: ["posts/launch.yaml": post(0, "id: doors")], ["posts/launch.yaml": post(0, "id: gates")], as: "launch"),
    Rename("another name in another folder", ["posts/launch.yaml": nil, "posts/2026/11/launch-v2.yaml": post()], as: "2026/11/launch-v2"),
    Rename("another name and ending", ["posts/launch.yaml": nil, "posts/launch-v2.yml": post()], as: "launch-v2.yml"),
    Rename(
      "another name, and the same instant in another zone",
      ["posts/launch.yaml": nil, "posts/v2.yaml": post(3600).replacing("UTC", with: "Europe/Berlin")], as: "v2"),
    Rename(
      "another name, another grace and a comment", ["posts/launch.yaml": nil, "posts/v2.yaml": "# v2\n" + post(0, "grace: 2h")], as: "v2"),
    Rename(
      "another name, and the caption in quotes", ["posts/launch.yaml": nil, "posts/v2.yaml": post(caption: "\"Doors open.\"")], as: "v2"),
    Rename(
      "another name, and the caption as a block", ["posts/launch.yaml": nil, "posts/v2.yaml": post(caption: "|\n  Doors open.")], as: "v2"),
    Rename(
      "another name, and its words in an override",
      ["posts/launch.yaml": nil, "posts/v2.yaml": post(0, caption: "Hello", "overrides: {acme: {caption: Doors open.}}")], as: "v2"),
    Rename(
      "it is divided into a post for each account", before: ["posts/launch.yaml": both, "accounts/beta.yaml": stage],
      ["posts/launch.yaml": post(), "posts/beta.yaml": post().replacing("[acme]", with: "[beta]")], as: "beta", to: "beta"),
    Rename("two copies take its place", ["posts/launch.yaml": nil, "posts/a.yaml": post(), "posts/b.yaml": post()], as: "b"),
    Rename("it goes, and comes back later under another name", ["posts/launch.yaml": nil], ["posts/v2.yaml": post()], as: "v2"),
    Rename(
      "it gets another name twice", ["posts/launch.yaml": nil, "posts/v2.yaml": post()], ["posts/v2.yaml": nil, "posts/v3.yaml": post()],
      as: "v3"),
    Rename(
      "its account has another name", ["accounts/acme.yaml": nil, "accounts/news.yaml": stage, "posts/launch.yaml": news], as: "launch",
      to: "news"),
    Rename(
      "its account and its file have other names",
      ["accounts/acme.yaml": nil, "accounts/news.yaml": stage, "posts/launch.yaml": nil, "posts/v2.yaml": news], as: "v2", to: "news"),
    Rename(
      "its account is copied first, and goes later", ["accounts/news.yaml": stage], ["accounts/acme.yaml": nil, "posts/launch.yaml": news],
      as: "launch", to: "news"),
    Rename("it moves to another folder", ["posts/launch.yaml": nil, "posts/2026/launch.yaml": post()], as: nil),
    Rename("it gets another ending", ["posts/launch.yaml": nil, "posts/launch.yml": post()], as: nil),
    Rename("it goes and comes back", ["posts/launch.yaml": nil], ["posts/launch.yaml": post()], as: nil),
    Rename("its name becomes its id", ["posts/launch.yaml": nil, "posts/v2.yaml": post(0, "id: launch")], as: nil),
    Rename(
      "its folder is written in composed letters", before: ["posts/cafe\u{301}/launch.yaml": post()],
      ["posts/cafe\u{301}/launch.yaml": nil], ["posts/caf\u{e9}/launch.yaml": post()], as: nil),
    Rename(
      "its folder is written in another case", before: ["posts/News/launch.yaml": post()],
      ["posts/News/launch.yaml": nil, "posts/news/launch.yaml": post()], as: nil),
    Rename(
      "it is edited, moved, and its time changed", ["posts/launch.yaml": nil, "posts/x/launch.yaml": post(1, caption: "New")], as: nil),
  ]
}

@Suite("What went out under another name")
struct RenameTests {
  /// Who makes the passes.
  enum Disk: CaseIterable { case lasting, emptyEachTime, lostAfterwards }

  private static let zones = Stage.zones(version: "test", ["UTC": "UTC", "Europe/Berlin": "Europe/Berlin"])

  /// One pass; each with an empty disk, where that is what the test is about.
  @discardableResult
  private func pass(_ stage: Stage, _ disk: Disk, _ number: Int, after wait: Duration = .seconds(60)) async throws -> PassReport {
    let runner = disk == .lasting ? "stage" : "runner\(disk == .emptyEachTime ? number : min(number, 1))"
    return try await stage.pass(after: wait, by: runner, claims: disk == .lasting ? .local : .push, zones: Self.zones)
  }

  @Test(
    "What went out is held where it is asked for again under another name, on a lasting disk and on an empty one, in its grace and after it",
    arguments: Rename.all, Disk.allCases)
  fileprivate func held(rename: Rename, disk: Disk) async throws {
    let stage = try Stage(rename.before)
    try await pass(stage, disk, 0, after: .zero)
    let sent = stage.platform.calls.count
    #expect(sent == (rename.before.count > 1 ? 2 : 1))
    for (index, push) in rename.pushes.enumerated() {
      try stage.repository.push(push)
      let report = try await pass(stage, disk, index + 1)
      #expect(report.heldForPerson > 0 || rename.comesBack == nil || index + 1 < rename.pushes.count)
    }
    for (index, wait) in [60, 7200].enumerated() {
      try await pass(stage, disk, 10 + index, after: .seconds(wait))
      #expect(stage.platform.calls.count == sent, "it went out again")
      guard let (file, account) = rename.comesBack else { continue }
      let delivery = try stage.status(file)?.deliveries.first { $0.account.text == account }
      let reason = try #require(delivery?.reason, "\(String(describing: delivery))")
      #expect(delivery?.state == .held && reason.hasPrefix("renamed: it went out to "), "\(reason)")
      #expect(reason.contains(" at 2026-11-27T12:00:00") && reason.contains("repeats: "))
    }
  }

  @Test("What is in doubt is held under another name, at another instant too, until the doubt ends", arguments: Disk.allCases)
  func doubt(disk: Disk) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.unknown(.lost))
    try await pass(stage, disk, 0, after: .zero)
    #expect(try stage.outcomes() == ["in_doubt"])
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post()])
    try await pass(stage, disk, 1)
    try stage.repository.push(["posts/v2.yaml": nil, "posts/v3.yaml": post(180)])
    try await pass(stage, disk, 2)
    try await pass(stage, disk, 3, after: .seconds(120))
    #expect(stage.platform.calls.count == 1)
    let reason = try #require(try stage.status("v3")?.deliveries.first?.reason)
    #expect(reason.hasPrefix("renamed: it may have gone out to acme as launch, which is in doubt; write \"id: launch\""), "\(reason)")
  }

  @Test("One change that renames and reschedules it holds it", arguments: Disk.allCases)
  func moved(disk: Disk) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await pass(stage, disk, 0, after: .zero)
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post(600)])
    try await pass(stage, disk, 1)
    #expect(try stage.status("v2")?.deliveries.first?.reason?.contains("as launch at 2026-11-27T12:00:00") == true)
    try stage.repository.push(["posts/v2.yaml": post(900)])
    try await pass(stage, disk, 2)
    try await pass(stage, disk, 3, after: .seconds(900))
    #expect(stage.platform.calls.count == 1)
  }

  @Test(
    "One push of several commits that renames and reschedules it holds it, whichever comes first", arguments: [true, false], Disk.allCases)
  func movedInSteps(isRemovedFirst: Bool, disk: Disk) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await pass(stage, disk, 0, after: .zero)
    let steps: [[String: String?]] = [["schedule/posts/launch.yaml": nil], ["schedule/posts/v2.yaml": post(600)]]
    let clone = stage.repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    for step in isRemovedFirst ? steps : steps.reversed() { try clone.commit(step, message: "a step") }
    try clone.pushOnTop()
    try await pass(stage, disk, 1)
    #expect(try stage.status("v2")?.deliveries.first?.reason?.contains("as launch at 2026-11-27T12:00:00") == true)
    try await pass(stage, disk, 2, after: .seconds(600))
    #expect(stage.platform.calls.count == 1)
  }

  @Test("Two posts that change their names hold each other's words", arguments: Disk.allCases)
  func swapped(disk: Disk) async throws {
    let (old, new) = (post(), post(120, caption: "Soon"))
    let stage = try Stage(["posts/a.yaml": old, "posts/b.yaml": new])
    try await pass(stage, disk, 0, after: .zero)
    try stage.repository.push(["posts/a.yaml": new, "posts/b.yaml": old])
    try await pass(stage, disk, 1)
    #expect(stage.platform.calls.map(\.id) == ["a"])
    #expect(try stage.status("b")?.deliveries.first?.reason?.contains("as a at") == true)
  }

  @Test("repeats: says that it is meant, and it goes out once more", arguments: Disk.allCases)
  func repeats(disk: Disk) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await pass(stage, disk, 0, after: .zero)
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post()])
    try await pass(stage, disk, 1)
    try stage.repository.push(["posts/v2.yaml": post(0, "repeats: other")])
    try await pass(stage, disk, 2)
    #expect(stage.platform.calls.count == 1, "it repeats another one")
    try stage.repository.push(["posts/v2.yaml": post(0, "repeats: launch")])
    try await pass(stage, disk, 3)
    #expect(stage.platform.calls.map(\.id) == ["launch", "v2"])
    try stage.repository.push(["posts/v2.yaml": nil, "posts/v3.yaml": post(0, "repeats: launch")])
    try await pass(stage, disk, 4)
    #expect(stage.platform.calls.count == 2, "it repeats the first, and is the second")
  }

  @Test("id: with the old name keeps it that post, and nothing goes out", arguments: Disk.allCases)
  func kept(disk: Disk) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await pass(stage, disk, 0, after: .zero)
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post()])
    try await pass(stage, disk, 1)
    try stage.repository.push(["posts/v2.yaml": post(0, "id: launch")])
    #expect(try await pass(stage, disk, 2).held == 0)
    #expect(stage.platform.calls.count == 1)
  }

  @Test("A person's word lets it go out once more; without it, retry says why not")
  func word() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post()])
    try await stage.pass(after: .seconds(7200))
    let id = try #require(PostID("v2"))
    let engine = try stage.engine()
    try await engine.open()
    let refused = try await engine.retry(id, nil, by: "ada@mars")
    #expect(refused.armed.isEmpty && refused.renamed.map(\.old.post.text) == ["launch"])
    #expect(try await engine.retry(id, nil, again: true, by: "ada@mars").armed.map(\.post) == [id])
    try await engine.close()
    try await stage.pass(after: .seconds(60))
    #expect(stage.platform.calls.map(\.id) == ["launch", "v2"])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.outcomes("v2") == ["retrying", "published"])
    #expect(try stage.attempts("v2").map(\.saidBy) == ["ada@mars", nil])
  }

  @Test(
    "What says something else is another post, and so is what says the same at another instant in a later change",
    arguments: [
      ([["posts/launch.yaml": nil, "posts/v2.yaml": post(caption: "Doors opened.")]], 0),
      // What is published between them tells whoever has no memory that there were two.
      ([["posts/launch.yaml": nil, "posts/other.yaml": post(30, caption: "Other.")], ["posts/v2.yaml": post(300)]], 300),
    ]
      as [([[String: String?]], Int)], Disk.allCases)
  func others(change: (pushes: [[String: String?]], wait: Int), disk: Disk) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await pass(stage, disk, 0, after: .zero)
    for (index, push) in change.pushes.enumerated() {
      try stage.repository.push(push)
      try await pass(stage, disk, index + 1)
    }
    try await pass(stage, disk, 9, after: .seconds(change.wait))
    #expect(stage.platform.calls.map(\.id).filter { $0 != "other" } == ["launch", "v2"])
  }

  @Test("What did not go out under its old name goes out under the new one", arguments: ["held", "failed"])
  func unsent(state: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, state == "held" ? "suspend: true" : "grace: 1h")])
    if state == "failed" { stage.platform.answer(.failed(DeliveryError(.content, code: "no", message: "no"))) }
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post()])
    try await stage.pass(after: .seconds(60))
    #expect(try stage.outcomes("v2") == ["published"])
  }

  @Test("A hold outlasts a lost schedule on disk, and a restart")
  func lostSchedule() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": post()])
    for name in ["desired", "desired.base"] {
      try await stage.pass(after: .seconds(10))
      try stage.host.write("no schedule", to: "state/\(name)")
    }
    try await stage.pass(after: .seconds(10))
    #expect(stage.platform.calls.count == 1)
  }

  @Test("The whole content folder under another name, with its history, repeats nothing")
  func folder() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass(by: "one", claims: .push)
    let clone = stage.repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    try clone.git("mv", "schedule", "social")
    try clone.git("commit", "-q", "-m", "another folder")
    try clone.git("push", "-q", "origin", "HEAD:main")
    stage.adjustment.withLock { $0 = { $0.folder = "social" } }
    try await stage.pass(after: .seconds(60), by: "two", claims: .push)
    #expect(stage.platform.calls.count == 1)
  }
}
