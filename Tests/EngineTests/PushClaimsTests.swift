import Platforms
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

@Suite("Claims that are pushed, pass by pass, each runner with an empty state directory")
struct PushClaimsTests {
  @Test("The claim is a commit of its own before the call, and the record of the outcome removes it")
  func life() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/later.yaml": post(3600)])
    try await stage.pass(by: "one", claims: .push)
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.subjects() == ["publish launch to acme", "claim launch for acme", "a change"])
    #expect(try stage.repository.names(under: "status/claims/") == [])
    #expect(try stage.claim(at: "main~1").host == "one")
    #expect(try stage.repository.file("status/claims.json")?.contains(#""since": "2026-11-27T12:00:00.000Z""#) == true)
    #expect(try stage.repository.recordedPaths().allSatisfy { $0.hasPrefix("schedule/history/") || $0.hasPrefix("schedule/status/") })
    #expect(try stage.repository.upstream.fsck() == "")
  }

  @Test("What is due within the minute is claimed in the same commit, and goes out at its time")
  func horizon() async throws {
    let stage = try Stage(leaps: true, ["posts/a.yaml": post(), "posts/b.yaml": post(59)])
    try await stage.pass(by: "one", claims: .push)
    #expect(stage.platform.calls.first { $0.id == "b" }?.time == .noon + .seconds(59))
    #expect(try stage.subjects().filter { $0.hasPrefix("claim") } == ["claim 2 deliveries"])
  }

  @Test("A fresh runner knows that nobody began what has neither claim nor record: it goes out late, within its grace")
  func fresh() async throws {
    let stage = try Stage([
      "posts/launch.yaml": post(), "posts/next.yaml": post(600), "posts/old.yaml": post(800, caption: "Late.", "grace: 1m"),
    ])
    try await stage.pass(by: "one", claims: .push)
    try await stage.pass(after: .seconds(900), by: "two", claims: .push)
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.outcomes("next") == ["published"])
    #expect(try stage.outcomes("old") == ["missed"])
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("What was due before claims were made here, and has no record, is in doubt; what is due after it is not")
  func switched() async throws {
    let stage = try Stage(["posts/first.yaml": post()])
    try await stage.pass()
    try stage.repository.push(["posts/launch.yaml": post(30), "posts/next.yaml": post(120)])
    try await stage.pass(after: .seconds(60), by: "one", claims: .push)
    try await stage.pass(after: .seconds(120), by: "two", claims: .push)
    #expect(try stage.outcomes("launch") == ["in_doubt"])
    #expect(try stage.outcomes("next") == ["published"])
    #expect(stage.platform.calls.map(\.id) == ["first", "next"])
  }

  @Test("Where claims are made, a daemon that makes none publishes nothing, until a person removes the file that says so")
  func unclaimed() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass(by: "one", claims: .push)
    try stage.repository.push(["posts/next.yaml": post(60)])
    let report = try await stage.pass(after: .seconds(60), by: "two")
    #expect("\(try #require(report.claimFailure))".contains("start it with --claims push"))
    #expect(stage.platform.calls.count == 1)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["status/claims.json": nil])
    try await stage.pass(after: .seconds(1), by: "three")
    #expect(try stage.outcomes("next") == ["in_doubt"])
  }

  @Test("A retry by another runner is the next attempt under the same key, at its time")
  func retry() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(.busy))
    try await stage.pass(by: "one", claims: .push)
    try await stage.pass(after: .seconds(200), by: "two", claims: .push)
    #expect(stage.platform.calls.count == 1)
    try await stage.pass(after: .seconds(101), by: "three", claims: .push)
    #expect(try stage.outcomes() == ["retrying", "published"])
    #expect(Set(stage.platform.calls.map(\.key)).count == 1)
  }

  @Test("A runner that has a state directory hears what others published meanwhile")
  func hears() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(600)])
    try await stage.pass(by: "one", claims: .push)
    try await stage.pass(after: .seconds(600), by: "two", claims: .push)
    try stage.repository.push(["posts/next.yaml": post(900)])
    try await stage.pass(after: .seconds(300), by: "one", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    #expect(try stage.outcomes("next") == ["published"])
  }

  @Test("What left counts against an account's limits, whichever runner sent it")
  func limits() async throws {
    let stage = try Stage([
      "accounts/acme.yaml": "platform: stage\nlimits: {per_day: 1}\n", "posts/a.yaml": post(),
      "posts/b.yaml": post(60, caption: "Next.", "grace: 2d"),
    ])
    try await stage.pass(by: "one", claims: .push)
    try await stage.pass(after: .seconds(60), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["a"])
    try await stage.pass(after: .seconds(86_400), by: "three", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["a", "b"])
  }

  @Test("Two runners at the same time: each delivery goes out once, and is recorded once")
  func pair() async throws {
    let names = (1...20).map { "launch-\($0)" }
    let stage = try Stage(Dictionary(uniqueKeysWithValues: names.map { ("posts/\($0).yaml", post()) }))
    async let one = stage.pass(by: "one", claims: .push)
    async let two = stage.pass(by: "two", claims: .push)
    let published = try await [one, two].map { $0.outcomes[.published] ?? 0 }
    #expect(published.reduce(0, +) == 20)
    #expect(stage.platform.calls.map(\.id).sorted() == names.sorted())
    for name in names { #expect(try stage.outcomes(name) == ["published"]) }
    #expect(try stage.repository.names(under: "status/claims/") == [])
  }

  @Test("What a lost runner may have sent is asked about once its claim has run out, and not before", arguments: [true, false])
  func lost(isKnown: Bool) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.lose(launchBy: "one")
    try await stage.pass(after: .seconds(300), by: "two", claims: .push)
    #expect(try stage.outcomes() == [])
    stage.platform.answer(settle: isKnown ? [.published(Remote(id: "7"))] : [])
    try await stage.pass(after: .seconds(151), by: "three", claims: .push)
    #expect(try stage.outcomes() == [isKnown ? "published" : "in_doubt"])
    #expect(stage.platform.calls.count == 1, "that of the lost runner")
    #expect(try stage.attempts().map(\.host) == ["three"])
    #expect(try stage.subjects().contains("take over launch for acme"))
    #expect(try stage.repository.names(under: "status/claims/") == [])
  }

  @Test("What a job leaves submitted is asked about by the next one, under the platform's name for it")
  func submitted() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    try await stage.submit(launchBy: "one")
    stage.platform.answer(confirm: [.published(Remote(id: "8"))])
    try await stage.pass(after: .seconds(400), by: "two", claims: .push)
    #expect(try stage.attempts().map(\.remote?.id) == ["8"])
    #expect(try stage.outcomes() == ["published"])
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.repository.names(under: "status/claims/") == [])
  }

  @Test("Where two ask about it, because the first was taken for dead, the first record counts, and the other one adds nothing")
  func submittedTwice() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    try await stage.submit(launchBy: "one")
    stage.platform.answer(confirm: [.published(Remote(id: "8"))])
    try await stage.pass(after: .seconds(400), by: "two", claims: .push)
    let tip = try stage.repository.upstream.git("rev-parse", "main")
    try await stage.pass(by: "one", claims: .push)
    #expect(try stage.repository.upstream.git("rev-parse", "main") == tip, "there is nothing to add")
    #expect(try stage.status()?.deliveries.map(\.state) == [.published])
    #expect(stage.platform.calls.count == 1)
  }

  @Test("What a platform works on for more than a day is in doubt, however many jobs have asked")
  func submittedForEver() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    try await stage.submit(launchBy: "one")
    try await stage.pass(after: .seconds(43_200), by: "two", claims: .push)
    #expect(try stage.outcomes() == [])
    try await stage.pass(after: .seconds(43_200), by: "three", claims: .push)
    #expect(try stage.outcomes() == ["in_doubt"])
    #expect(stage.platform.calls.count == 1)
  }

  @Test("Claims are where the records are: on record.branch, which protects the branch of the posts")
  func recordBranch() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(900), "posthorn.yaml": "record: {branch: posthorn}\n"])
    try await stage.pass(by: "one", claims: .push)
    // What is upstream once the claim was pushed: the runner is lost with its disk.
    let claim = try stage.repository.upstream.git("rev-list", "-1", "--grep=^claim launch", "posthorn")
    try stage.repository.upstream.git("update-ref", "refs/heads/posthorn", claim)
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    try await stage.pass(after: .seconds(451), by: "two", claims: .push)
    try await stage.pass(after: .seconds(449), by: "three", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    #expect(try stage.repository.names(under: "history/", on: "posthorn").count == 2)
    #expect(try stage.repository.names(under: "status/claims/", on: "posthorn") == [])
    #expect(try stage.subjects() == ["a change"])
    #expect(try await stage.pass(by: "four").claimFailure is AnotherDaemon)
  }

  @Test("A claim that nobody can read holds its delivery back, and the error says which file it is")
  func damaged() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post()])
    try stage.repository.push(["status/claims/launch/acme.json": "{}\n"])
    let report = try await stage.pass(by: "one", claims: .push)
    #expect(report.held == 1 && report.claimFailure == nil)
    #expect(try stage.status()?.deliveries.first?.reason?.contains("run: git rm -r schedule/status/claims/launch/acme.json") == true)
    #expect(stage.platform.calls.map(\.id) == ["next"], "no other delivery suffers for it")
  }
}

extension Stage {
  /// The claim on the post `launch` as of a commit.
  func claim(at commit: String) throws -> ClaimRecord {
    let text = try repository.upstream.git("show", "\(commit):schedule/status/claims/launch/acme.json")
    return try ClaimRecord(json: try JSON.parse(Array(text.utf8)))
  }

  /// Has a runner publish the post `launch` to a platform that does not say yet what came of it.
  func submit(launchBy runner: String) async throws {
    platform.answer(.submitted(Remote(id: "7")))
    try await pass(by: runner, claims: .push)
    #expect(try status()?.deliveries.map(\.state) == [.submitted])
    #expect(try claim(at: "main").remote == Remote(id: "7"))
    // Held back, nobody asks for its claim to begin it, which a clock that leaps would do without end.
    try repository.push(["posts/launch.yaml": post(0, caption: "Doors open.", "suspend: true")])
  }

  /// Has a runner claim the post `launch`, and vanish with its disk.
  func lose(launchBy runner: String) async throws {
    try await pass(by: runner, claims: .push)
    // What is upstream once the claim was pushed, and nothing of what came after.
    try repository.upstream.git(
      "update-ref", "refs/heads/main", try repository.upstream.git("rev-list", "-1", "--grep=^claim launch", "main"))
  }
}
