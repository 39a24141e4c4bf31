import Foundation
import Platforms
import Schedule
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Claims that somebody forged, whoever it is that can push")
struct ForgedClaimsTests {
  /// Longer than a claim and everybody's patience last.
  private let runOut = Duration.seconds(460)

  @Test("Row 75: A claim publishes no content that no commit of the branch asks for", arguments: ForgedOrigin.allCases)
  func origin(_ origin: ForgedOrigin) async throws {
    let stage = try Stage(["posts/launch.yaml": post(86_400)])
    let claim = try stage.claim(of: "owned", from: origin)
    try stage.repository.push(["status/claims/owned/acme.json": claim])
    try await stage.pass(after: runOut, by: "one", claims: .push)
    try await stage.pass(after: runOut, by: "two", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 0)
    // What a commit of the branch once asked for may have been sent before it was withdrawn.
    #expect(try stage.outcomes("owned") == (origin == .withdrawn ? ["in_doubt"] : []))
    #expect(try stage.outcomes() == [])
  }

  @Test("An earlier version of a post is not sent again because a claim names it: it is in doubt")
  func earlierVersion() async throws {
    let stage = try Stage(["posts/launch.yaml": post(caption: "With a mistake.")])
    let claim = try stage.forged()
    try stage.repository.push(["posts/launch.yaml": post(), "status/claims/launch/acme.json": claim])
    try await stage.pass(after: runOut, by: "one", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 0)
    #expect(try stage.outcomes() == ["in_doubt"])
  }

  @Test("Row 74: A claim on another attempt of what went out sends nothing, and goes away", arguments: ["one", "two"])
  func published(seenBy runner: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass(by: "one", claims: .push)
    try stage.repository.push(["status/claims/launch/acme.json": try stage.forged(["attempt": 2])])
    try await stage.pass(after: runOut, by: runner, claims: .push)
    #expect(stage.platform.calls.count == 1 && stage.platform.asked == 0)
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.repository.names(under: "status/claims/") == [])
  }

  @Test(
    "Where a claim says anything but what the branch makes of it, nobody is asked in its words: a doubt is said aloud",
    arguments: [
      ("attempt", .int(5)), ("key", .string("msg_0123456789abcdef0123456789abcdef")),
      ("content_sha256", .string(String(repeating: "0", count: 64))), ("platform", "webhook"),
      ("media", [["path": "media/other.png", "sha256": .null]]), ("steps", [["name": "publish_id", "value": "7"]]),
      ("scheduled_at", "2026-11-27T11:59:00.000Z"), ("path", "schedule/posts/other.yaml"),
    ] as [(String, JSON)])
  func facts(field: String, value: JSON) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try stage.repository.push(["status/claims/launch/acme.json": try stage.forged([field: value])])
    let report = try await stage.pass(after: runOut, by: "one", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 0)
    #expect(report.outcomes == [.inDoubt: 1])
    let attempt = try #require(try stage.attempts().first)
    #expect(attempt.attempt == 1 && attempt.error?.message.contains("posthorn resolve launch acme") == true)
    #expect(attempt.key == deliveryKey(.launch, scheduledAt: .noon, firstAttempt: 1), "the record says what the branch makes of it")
  }

  @Test("A claim lets nothing go out that is held or late", arguments: ["suspend: true", "grace: 5m"])
  func held(_ line: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, caption: "Doors open.", line)])
    try stage.repository.push(["status/claims/launch/acme.json": try stage.forged()])
    try await stage.pass(after: runOut, by: "one", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 0)
    #expect(try stage.outcomes() == ["in_doubt"])
  }

  @Test("A claim on what is due later goes away, and it goes out at its time, once")
  func early() async throws {
    let stage = try Stage(["posts/launch.yaml": post(7200)])
    try stage.repository.push(["status/claims/launch/acme.json": try stage.forged(at: .noon + .seconds(7200))])
    try await stage.pass(after: runOut, by: "one", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 0)
    try await stage.pass(after: .seconds(7200) - runOut, by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.time) == [.noon + .seconds(7200)])
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("A claim that says to hold for years delays its delivery no longer than an honest one")
  func future() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let claim = try stage.forged(["valid_until": "2099-01-01T00:00:00.000Z", "claimed_at": "2098-01-01T00:00:00.000Z"])
    try stage.repository.push(["status/claims/launch/acme.json": claim])
    try await stage.pass(by: "one", claims: .push)
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    try await stage.pass(after: runOut, by: "two", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 1, "what the branch asks for is settled")
    #expect(try stage.outcomes() == ["published"])
  }

  @Test("A claim in the name of the very process that finds it is not taken for its own")
  func ownName() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let engine = try stage.engine(by: "one", claims: .push)
    let (life, incarnation) = (await engine.life.id, await engine.incarnation.id)
    try stage.repository.push([
      "status/claims/launch/acme.json": try stage.forged(["life": .string(life), "incarnation": .string(incarnation)])
    ])
    _ = try await engine.reconcile()
    #expect(stage.platform.calls.isEmpty)
    #expect(try stage.outcomes() == [])
  }

  @Test("Who can push to the branch of the records alone publishes nothing with it")
  func recordBranch() async throws {
    let stage = try Stage(["posts/launch.yaml": post(86_400), "posthorn.yaml": "record: {branch: posthorn}\n"])
    try stage.repository.clone.git("checkout", "-q", "-b", "posthorn")
    try stage.repository.clone.commit(["schedule/posts/owned.yaml": post(caption: "Buy this.")])
    let claim = try stage.forged(post: "owned", commit: "posthorn")
    try stage.repository.clone.commit(["schedule/status/claims/owned/acme.json": claim])
    try stage.repository.clone.git("push", "-q", "origin", "posthorn")
    try await stage.pass(after: runOut, by: "one", claims: .push)
    #expect(stage.platform.calls.isEmpty && stage.platform.asked == 0)
  }

  @Test("A claim that says what a platform has accepted is believed of none that never says so")
  func accepted() async throws {
    let webhook = HonestPlatform()
    let stage = try Stage(others: { _ in [webhook] }, ["accounts/acme.yaml": "platform: honest\n", "posts/launch.yaml": post()])
    let claim = try stage.forged(["platform": "honest", "remote": ["id": "7", "url": .null]])
    try stage.repository.push(["status/claims/launch/acme.json": claim])
    try await stage.pass(after: runOut, by: "one", claims: .push)
    #expect(try stage.outcomes() == ["in_doubt"])
  }

  @Test("By a clock that is in doubt no claim has run out")
  func clock() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.pass(by: "one", claims: .push)
    try stage.repository.push(["posts/next.yaml": post(60), "status/claims/next/acme.json": try stage.forged(post: "next", commit: nil)])
    stage.time.set(by: .seconds(600))
    try await stage.pass(by: "one", claims: .push) { .noon }
    #expect(try stage.outcomes("next") == [])
    #expect(stage.platform.calls.map(\.id) == ["launch"] && stage.platform.asked == 0)
  }
}

@Suite("Claims that cannot be read")
struct UnreadableClaimsTests {
  @Test(
    "Row 87: a claim that cannot be read holds its own delivery, says what to do, and lets go when it is gone",
    arguments: ClaimShape.allCases)
  func held(_ shape: ClaimShape) async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post()])
    try stage.put(shape)
    let report = try await stage.pass(by: "one", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["next"])
    #expect(report.held == 1)
    #expect(report.recordFailure == nil && report.claimFailure == nil, "\(String(describing: report.recordFailure))")
    #expect(try stage.status()?.deliveries.first?.reason?.contains("git rm") == true)
    let clone = stage.repository.clone
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    try clone.git("rm", "-q", "-r", "schedule/status/claims/launch")
    try clone.git("commit", "-q", "-m", "It was nothing.")
    try clone.pushOnTop()
    try await stage.pass(by: "one", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["next", "launch"])
  }

  @Test("What somebody puts beside the folder does not hide the claim of another daemon")
  func twin() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try stage.repository.push(["status/claims/launch/acme.json": try stage.forged(), "status/Claims/x": "x"])
    try await stage.pass(by: "one", claims: .push)
    #expect(stage.platform.calls.isEmpty)
  }

  @Test(
    "Where status/claims.json cannot be read or was forged, a daemon without claims holds, says what to type, and goes on after a person's word",
    arguments: [
      "garbage",
      "{\"schema\": 1, \"claims\": \"push\", \"since\": \"2026-01-01T00:00:00.000Z\", \"host\": \"x\", \"incarnation\": \"x\", \"version\": \"0\"}",
    ])
  func claiming(_ text: String) async throws {
    let server = try GitDaemon()
    let stage = try Stage(servedBy: server, ["posts/launch.yaml": post()])
    try stage.repository.push(["status/claims.json": text])
    let report = try await stage.pass(by: "one")
    #expect("\(try #require(report.claimFailure))".contains("posthorn resume --take-over"))
    #expect(stage.platform.calls.isEmpty && report.fetchFailure == nil && report.recordFailure == nil)
    let person = try stage.engine(by: "one")
    try await person.open()
    guard case .replaced = try await person.takeOverRepository() else {
      Issue.record("the daemon that claims was there to be replaced")
      return
    }
    try await person.close()
    try await stage.pass(by: "one")
    #expect(stage.platform.calls.map(\.id) == ["launch"])
  }
}

@Suite("Copies of a runner's state directory under claims that are pushed")
struct CopiedRunnerTests {
  @Test("Row 70: A directory and its copy publish at the same time: each delivery goes out once")
  func together() async throws {
    let names = (1...5).map { "launch-\($0)" }
    let stage = try Stage(["posts/first.yaml": post()])
    try await stage.pass(by: "one", claims: .push)
    try stage.copy("one", to: "two")
    try stage.repository.push(Dictionary(uniqueKeysWithValues: names.map { ("posts/\($0).yaml", post(60)) }))
    stage.time.advance(to: .noon + .seconds(60))
    async let one = stage.pass(by: "one", claims: .push)
    async let two = stage.pass(by: "two", claims: .push)
    _ = try await (one, two)
    #expect(stage.platform.calls.map(\.id).sorted() == ["first"] + names)
    for name in names { #expect(try stage.outcomes(name) == ["published"]) }
  }

  @Test("What the directory has recorded its copy hears, although it stands under its own name")
  func hears() async throws {
    let stage = try Stage(["posts/first.yaml": post(), "posts/launch.yaml": post(600)])
    try await stage.pass(by: "one", claims: .push)
    try stage.copy("one", to: "two")
    let copy = try stage.engine(by: "two", claims: .push)
    try await copy.start()
    await copy.fetchOnce()
    try await stage.pass(after: .seconds(600), by: "one", claims: .push)
    await copy.fetchOnce()
    await copy.untilIdle()
    _ = try await copy.finish()
    #expect(stage.platform.calls.map(\.id) == ["first", "launch"])
  }

  @Test("A copy that has the intent of an attempt under way does not take its claim, which its journal knows nothing was sent under")
  func underWay() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.preparation.withLock { preparation in
      preparation = { [unowned stage] _ async throws(DeliveryError) in
        do { try stage.copy("one", to: "two") } catch { throw DeliveryError(.content, code: "copy", message: "\(error)") }
      }
    }
    // Upstream is as the copy finds it while the first one sends.
    try await stage.lose(launchBy: "one")
    stage.platform.preparation.withLock { $0 = nil }
    try await stage.pass(by: "two", claims: .push)
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == [])
  }

  @Test(
    "The claim of the process before is replaced only where it is certain that this directory is what that one left",
    arguments: [true, false])
  func predecessor(isKnown: Bool) async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": "platform: stage\n"])
    let folder = try TemporaryFolder("claims")
    func runner(_ life: Life, after predecessor: Life? = nil) throws -> PushClaims {
      PushClaims(
        .of(repository, state: try Folder(at: folder.path("state"))), host: "mars", version: "0", incarnation: "one", life: life,
        predecessor: predecessor?.id, lock: HeldLock(path: "lock") { true }, now: { .noon })
    }
    let before = Life.drawn()
    #expect(try await runner(before).holds(.example("launch")))
    let next = try runner(.drawn(), after: isKnown ? before : nil)
    #expect(await !next.holds(.example("launch")), "the journal does not know the claim")
    var resumed = Claim.example("launch")
    resumed.isResumed = true
    var other = Claim.example("launch", attempt: 2)
    other.isResumed = true
    #expect(await !next.holds(other))
    #expect(await next.holds(resumed) == isKnown)
  }
}

/// What a forged claim says where its content comes from.
enum ForgedOrigin: CaseIterable {
  case status, otherBranch, withdrawn, noCommit, nonsense
}

/// What stands in the place of a claim.
enum ClaimShape: CaseIterable {
  case garbage, folder, fileForFolder, link, anothers, huge
}

/// A platform that never leaves anything open.
private final class HonestPlatform: Platform {
  static let schema = PlatformSchema(name: "honest", options: [], parameters: [])

  func prepare(_ publication: Publication, remember: @Sendable (Step) async throws -> Void) async throws(DeliveryError) -> Prepared {
    Prepared(body: [])
  }
  func commit(_ publication: Publication, _ prepared: Prepared, within window: CallWindow) async -> CommitResult? {
    .published(Remote(id: "1"))
  }
  func settle(_ publication: Publication, steps: [Step], committedAt: Instant, within window: CallWindow) async -> CommitResult? {
    .published(Remote(id: "1"))
  }
  func confirm(_ publication: Publication, steps: [Step], remote: Remote) async -> CommitResult { .published(remote) }
}

extension DeliveryID {
  fileprivate static var launch: DeliveryID { Claim.example("launch").id }
}

extension Stage {
  /// The text of a claim that an honest runner would have made of a post at its instant, but for some fields.
  ///
  /// - Parameter commit: where the post is; `nil` for nowhere.
  fileprivate func forged(
    _ changes: [String: JSON] = [:], post: String = "launch", file: String? = nil, commit: String? = "main", at instant: Instant = .noon
  ) throws -> String {
    let file = file ?? "posts/\(post).yaml"
    let git = repository.clone
    var (source, blob, content) = (String(repeating: "0", count: 40), String(repeating: "0", count: 40), "")
    if let commit {
      source = try git.git("rev-parse", commit)
      blob = try git.git("rev-parse", "\(commit):schedule/\(file)")
      content = try git.git("cat-file", "blob", blob) + "\n"
    }
    let claim = Claim.example(post)
    let old = claim.intent
    let intent = Intent(
      attempt: 1, key: deliveryKey(claim.id, scheduledAt: instant, firstAttempt: 1), path: "schedule/\(file)", platform: "stage",
      scheduledAt: instant, scheduledTime: old.scheduledTime, timezone: "UTC", tzdata: "test",
      contentSHA256: ContentDigest.sha256(content.utf8),
      media: [], source: Source(commit: source, blob: blob, author: old.source.author, committer: old.source.committer), startedAt: .noon)
    let record = ClaimRecord(
      id: claim.id, intent: intent, validUntil: .noon + .seconds(300), host: "elsewhere", incarnation: "elsewhere", life: "elsewhere",
      version: "0")
    guard var members = record.json.object else { return "" }
    members.merge(changes) { $1 }
    return JSON.object(members).text()
  }

  /// A claim on a post that is not scheduled, whose content comes from somewhere else.
  fileprivate func claim(of name: String, from origin: ForgedOrigin) throws -> String {
    let content = post(caption: "Buy this.")
    let clone = repository.clone
    switch origin {
    case .status:
      try repository.push(["status/claims/x.txt": content])
      return try forged(post: name, file: "status/claims/x.txt")
    case .otherBranch:
      try clone.git("checkout", "-q", "-b", "draft")
      try clone.commit(["schedule/posts/\(name).yaml": content])
      try clone.git("push", "-q", "origin", "draft")
      let claim = try forged(post: name, commit: "draft")
      try clone.git("checkout", "-q", "main")
      return claim
    case .withdrawn:
      try repository.push(["posts/\(name).yaml": content])
      let claim = try forged(post: name)
      try repository.push(["posts/\(name).yaml": nil])
      return claim
    case .noCommit:
      try repository.push(["status/claims/x.txt": content])
      let blob = try clone.git("rev-parse", "HEAD:schedule/status/claims/x.txt")
      return try forged(
        ["source": ["commit": .string(blob), "blob": .string(blob), "author": "a", "committer": "c"]], post: name,
        file: "status/claims/x.txt")
    case .nonsense: return try forged(["source": ["commit": "../..", "blob": "", "author": "", "committer": ""]], post: name, commit: nil)
    }
  }

  fileprivate func put(_ shape: ClaimShape) throws {
    let (clone, path) = (repository.clone, "schedule/status/claims/launch/acme.json")
    switch shape {
    case .garbage: try repository.push(["status/claims/launch/acme.json": "garbage"])
    case .folder: try repository.push(["status/claims/launch/acme.json/x": "x"])
    case .fileForFolder: try repository.push(["status/claims/launch": "x"])
    case .anothers: try repository.push(["status/claims/launch/acme.json": try forged(post: "next")])
    case .huge: try repository.push(["status/claims/launch/acme.json": String(repeating: "x", count: 2 << 20)])
    case .link:
      try FileManager.default.createDirectory(atPath: "\(clone.path)/schedule/status/claims/launch", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: "\(clone.path)/\(path)", withDestinationPath: "nowhere")
      try repository.push([:])
    }
  }

  /// Copies a runner's state directory, as a clone of its machine does.
  fileprivate func copy(_ runner: String, to other: String) throws {
    try run(["cp", "-a", host.path(runner), host.path(other)])
  }
}
