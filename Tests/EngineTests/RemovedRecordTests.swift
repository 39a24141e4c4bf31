import Engine
import Foundation
import Schedule
import Support
import Testing

@Suite("Somebody removes records, or writes over them, where claims are pushed")
struct RemovedRecordTests {
  /// How the record of what went out a moment ago is taken away.
  enum Way: CaseIterable, CustomTestStringConvertible {
    case removed, spoiled, anotherOutcome, isLink, wholeHistory, withClaimsAndStatus, merged, inTwoCommits, namedAnew

    var testDescription: String { "\(self)" }

    func take(_ record: String, from clone: GitClient) throws {
      let (history, path) = ("schedule/history", "schedule/\(record)")
      switch self {
      case .removed: try clone.git("rm", "-q", path)
      case .spoiled: try clone.commit([path: "{"])
      case .anotherOutcome:
        let text = try clone.git("show", "HEAD:\(path)")
        try clone.commit([path: text.replacing(#""outcome": "published""#, with: #""outcome": "cancelled""#) + "\n"])
      case .isLink:
        try clone.git("rm", "-q", path)
        try clone.git(
          "update-index", "--add", "--cacheinfo", "120000,\(try clone.git("rev-parse", "HEAD:schedule/posts/launch.yaml")),\(path)")
        try clone.git("commit", "-q", "-m", "a link")
        try clone.git("checkout", "-q", "HEAD", "--", ".")
      case .wholeHistory: try clone.git("rm", "-rq", history)
      case .withClaimsAndStatus: try clone.git("rm", "-rq", history, "schedule/status/posts")
      case .merged:
        // What lacks the record comes first, and the merge changes nothing of it.
        let tip = try clone.git("rev-parse", "HEAD")
        let before = try clone.git("rev-list", "--max-count=1", "--grep=a change", "HEAD")
        let merge = try clone.git("commit-tree", "\(before)^{tree}", "-p", before, "-p", tip, "-m", "Merge branch 'main'")
        try clone.git("reset", "-q", "--hard", merge)
      case .inTwoCommits:
        try clone.commit([path: "{"])
        try clone.git("rm", "-q", path)
      case .namedAnew: try clone.git("mv", path, path.replacing("acme.1", with: "acme.7"))
      }
      if try !clone.git("status", "--porcelain", "--untracked-files=no").isEmpty { try clone.git("commit", "-q", "-m", "tidy up") }
      try clone.git("push", "-q", "origin", "HEAD:main")
    }
  }

  private static func stage() async throws -> Stage {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass(by: "one", claims: .push)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    return stage
  }

  private static let record = "history/2026/11/27/launch/acme.1.json"

  @Test("A runner with an empty disk sends nothing again", arguments: Way.allCases)
  func fresh(_ way: Way) async throws {
    let stage = try await Self.stage()
    try way.take(Self.record, from: stage.repository.clone)
    for seconds in [60, 400, 600] { try await stage.pass(after: .seconds(seconds), by: "fresh \(seconds)", claims: .push) }
    #expect(stage.platform.calls.count == 1)
  }

  @Test("A runner that had read the branch before sends nothing again", arguments: Way.allCases)
  func living(_ way: Way) async throws {
    let stage = try Stage(["posts/early.yaml": post(), "posts/launch.yaml": post(90)])
    try await stage.pass(by: "two", claims: .push)
    try await stage.pass(after: .seconds(90), by: "one", claims: .push)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try way.take(Self.record, from: stage.repository.clone)
    for seconds in [60, 400, 600] { try await stage.pass(after: .seconds(seconds), by: "two", claims: .push) }
    #expect(stage.platform.calls.map(\.id) == ["early", "launch"])
  }

  @Test("Records on a branch of their own are missed there as well", arguments: [Way.removed, .spoiled, .wholeHistory])
  func ownBranch(_ way: Way) async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posthorn.yaml": "record: {branch: records}\n"])
    try await stage.pass(by: "one", claims: .push)
    let clone = try stage.repository.anotherClone("forger")
    try clone.git("checkout", "-q", "records")
    if way == .spoiled { try clone.commit(["schedule/\(Self.record)": "{"]) } else { try clone.git("rm", "-rq", "schedule/history") }
    if way != .spoiled { try clone.git("commit", "-q", "-m", "tidy up") }
    try clone.git("push", "-q", "origin", "HEAD:records")
    for seconds in [60, 400] { try await stage.pass(after: .seconds(seconds), by: "fresh \(seconds)", claims: .push) }
    #expect(stage.platform.calls.count == 1)
  }

  @Test("A forgery that was cleaned up holds nothing")
  func cleanedUp() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(600)])
    try await stage.pass(by: "one", claims: .push)
    let clone = stage.repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    let forged = try clone.git("show", "HEAD:schedule/\(Self.record)").replacing("launch", with: "next")
    try clone.commit(["schedule/\(Self.record.replacing("launch", with: "next"))": forged])
    try clone.git("revert", "--no-edit", "HEAD")
    try clone.git("push", "-q", "origin", "HEAD:main")
    try await stage.pass(after: .seconds(601), by: "fresh", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }
}
