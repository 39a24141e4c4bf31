import Foundation
import Git
import Logging
import Platforms
import Schedule
import Signatures
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("A person's word that is pushed, for jobs that start with an empty disk")
struct PushedRetryTests {
  /// A post that failed for good, and a key that all jobs have.
  private func failed() async throws -> (stage: Stage, key: SigningKey) {
    let (stage, key) = (try Stage(["posts/launch.yaml": post()]), SigningKey())
    stage.sealKey.withLock { $0 = key }
    stage.platform.answer(.failed(DeliveryError(.content, code: "http.400", message: "no")))
    try await stage.pass(by: "one", claims: .push)
    #expect(try stage.outcomes() == ["failed"])
    return (stage, key)
  }

  @Test("What failed is tried again by the next job, once, as another arming, and the history says who wanted it")
  func retry() async throws {
    let (stage, key) = try await failed()
    #expect(try await stage.word(key).retry(.launch, nil, now: stage.time.now) == [.said(.launch)])
    try await stage.pass(after: .seconds(60), by: "two", claims: .push)
    try await stage.pass(after: .seconds(60), by: "three", claims: .push)
    #expect(try stage.outcomes() == ["failed", "retrying", "published"])
    #expect(try stage.attempts().map(\.saidBy) == [nil, "ada@mars", nil])
    #expect(stage.platform.calls.map(\.attempt) == [1, 3] && Set(stage.platform.calls.map(\.key)).count == 2)
    #expect(try stage.status()?.deliveries.map(\.state) == [.published])
    #expect(try stage.subjects().contains("try launch to acme again"))
    #expect(try stage.repository.recordedPaths().allSatisfy { $0.hasPrefix("schedule/history/") || $0.hasPrefix("schedule/status/") })
  }

  @Test("It may go out within its grace after the word, however long it has been over, and so may its retries", arguments: [true, false])
  func grace(isPatient: Bool) async throws {
    let (stage, key) = try await failed()
    stage.time.advance(to: .noon + .seconds(30 * 86_400))
    _ = try await stage.word(key).retry(.launch, .acme, now: stage.time.now)
    if isPatient {
      stage.platform.answer(.failed(.busy))
      try await stage.pass(after: .seconds(60), by: "two", claims: .push)
      try await stage.pass(after: .seconds(301), by: "three", claims: .push)
      #expect(try stage.outcomes() == ["failed", "retrying", "retrying", "published"])
    } else {
      try await stage.pass(after: .seconds(3601), by: "two", claims: .push)
      #expect(try stage.outcomes() == ["failed", "retrying", "missed"])
    }
  }

  @Test("A runner that keeps its disk hears it, too")
  func hears() async throws {
    let (stage, key) = try await failed()
    _ = try await stage.word(key).retry(.launch, nil, now: stage.time.now)
    try await stage.pass(after: .seconds(60), by: "one", claims: .push)
    try await stage.pass(after: .seconds(60), by: "one", claims: .push)
    #expect(try stage.outcomes() == ["failed", "retrying", "published"])
  }

  @Test(
    "A word without the seal of a key that the host has has nothing sent, however long the post has been over",
    arguments: [0, 30 * 86_400],
    ["one", "two"])
  func forged(later: Int, by runner: String) async throws {
    let (stage, _) = try await failed()
    stage.time.advance(to: .noon + .seconds(later))
    // The forger's key comes along with the word.
    #expect(try await stage.word(SigningKey()).retry(.launch, nil, now: stage.time.now) == [.said(.launch)])
    try await stage.pass(after: .seconds(60), by: runner, claims: .push)
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.status()?.deliveries.map(\.state) != [.published])
  }

  @Test("Hosts that share no key obey nobody's word")
  func keyless() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(DeliveryError(.content, code: "http.400", message: "no")))
    try await stage.pass(by: "one", claims: .push)
    let key = SigningKey()
    let record = try #require(try stage.attempts().first)
    var word = record
    (word.attempt, word.outcome, word.saidBy, word.nextAttemptAt) = (2, .retrying, "ada@mars", .noon)
    word.seal = nil
    for isSealed in [false, true] {
      if isSealed { word.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: word.bytes())) }
      try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
      try stage.repository.push([
        word.file: String(decoding: word.bytes(), as: UTF8.self), KeyRecord.file(of: key.publicKey.id): try key.file(),
      ])
      try await stage.pass(after: .seconds(60), by: "two, \(isSealed)", claims: .push)
    }
    #expect(stage.platform.calls.count == 1)
  }

  @Test("What went out, or may have, is not tried again, and it says what to do instead", arguments: [true, false])
  func refused(isOut: Bool) async throws {
    let (stage, key) = (try Stage(["posts/launch.yaml": post()]), SigningKey())
    stage.sealKey.withLock { $0 = key }
    if !isOut { stage.platform.answer(.unknown(.lost)) }
    try await stage.pass(by: "one", claims: .push)
    let tip = try stage.repository.upstream.git("rev-parse", "main")
    let answers = try await stage.word(key).retry(.launch, nil, now: stage.time.now)
    guard case .refused(.launch, let why)? = answers.first else {
      Issue.record("\(answers)")
      return
    }
    #expect(why.contains(isOut ? "never sent again" : "posthorn resolve"))
    #expect(try stage.repository.upstream.git("rev-parse", "main") == tip)
    #expect(try await stage.word(key).retry(.other, nil, now: stage.time.now) == [])
  }
}

@Suite("A person's word on a doubt that is pushed, for jobs that start with an empty disk")
struct PushedResolveTests {
  private static let words = [PersonsWord("published", url: "https://example.org/1"), PersonsWord("not-published")].compactMap(\.self)

  private func doubtful() async throws -> (stage: Stage, key: SigningKey) {
    let (stage, key) = (try Stage(["posts/launch.yaml": post()]), SigningKey())
    stage.sealKey.withLock { $0 = key }
    stage.platform.answer(.unknown(.lost))
    try await stage.pass(by: "one", claims: .push)
    #expect(try stage.outcomes() == ["in_doubt"])
    return (stage, key)
  }

  @Test("It ends the doubt once, nothing is sent, and the history says whose word it is", arguments: words, ["one", "two"])
  func resolved(word: PersonsWord, by runner: String) async throws {
    let (stage, key) = try await doubtful()
    #expect(try await stage.word(key).resolve(.launch, word, now: stage.time.now) == .said(.launch))
    guard case .refused? = try await stage.word(key).resolve(.launch, word, now: stage.time.now) else {
      Issue.record("a word that was said is said again")
      return
    }
    try await stage.pass(after: .seconds(60), by: runner, claims: .push)
    let report = try await stage.pass(after: .seconds(60), by: "three", claims: .push)
    #expect(report.held == 0 && stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == ["in_doubt", word.isPublished ? "published" : "failed"])
    #expect(try stage.attempts().map(\.saidBy) == [nil, "ada@mars"])
    #expect(try stage.attempts().last?.remote?.url == word.url)
    #expect(try stage.status()?.state == (word.isPublished ? .published : .failed))
  }

  @Test("Without the seal of a key that the host has it ends nothing", arguments: words, ["one", "two"])
  func forged(word: PersonsWord, by runner: String) async throws {
    let (stage, _) = try await doubtful()
    #expect(try await stage.word(SigningKey()).resolve(.launch, word, now: stage.time.now) == .said(.launch))
    try await stage.pass(after: .seconds(60), by: runner, claims: .push)
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.status()?.state == .inDoubt)
  }

  @Test("It ends what is held because nobody vouches for a record, by what the posts say and not by that record", arguments: words)
  func unsealed(word: PersonsWord) async throws {
    let (stage, key) = try await doubtful()
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["posts/other.yaml": post(60, caption: "Other.")])
    var forged = try #require(try stage.attempts().first)
    (forged.post, forged.path, forged.outcome, forged.seal) = (.other, "schedule/posts/evil.yaml", .published, nil)
    forged.incarnation = "00000000000000000000000000000000"
    try stage.repository.push([forged.file: String(decoding: forged.bytes(), as: UTF8.self)])
    #expect(try await stage.pass(after: .seconds(60), by: "two", claims: .push).held == 1)
    let id = DeliveryID(post: .other, account: .acme)
    #expect(try await stage.word(key).resolve(id, word, now: stage.time.now) == .said(id))
    for runner in ["two", "three"] {
      #expect(try await stage.pass(after: .seconds(1), by: runner, claims: .push).held == 0, "\(runner)")
    }
    #expect(stage.platform.calls.count == 1)
    let said = try #require(try stage.attempts("other").last)
    #expect(said.outcome == (word.isPublished ? .published : .failed) && said.path == "schedule/posts/other.yaml" && said.attempt == 2)
    #expect(said.scheduledAt == .noon + .seconds(60))
  }

  @Test("What is in no doubt is not resolved, and it says how it stands")
  func refused() async throws {
    let (stage, key) = (try Stage(["posts/launch.yaml": post()]), SigningKey())
    stage.sealKey.withLock { $0 = key }
    try await stage.pass(by: "one", claims: .push)
    let tip = try stage.repository.upstream.git("rev-parse", "main")
    guard case .refused(.launch, let why)? = try await stage.word(key).resolve(.launch, Self.words[1], now: stage.time.now) else {
      Issue.record("it is resolved")
      return
    }
    #expect(why.contains("it went out"))
    #expect(try await stage.word(key).resolve(DeliveryID(post: .other, account: .acme), Self.words[0], now: stage.time.now) == nil)
    #expect(try stage.repository.upstream.git("rev-parse", "main") == tip)
  }
}

@Suite("A person's word that is said on a host")
struct SaidWordTests {
  @Test("A machine that is lost takes no word along: what was sent because of it, or failed again, needs nobody", arguments: [true, false])
  func lost(isPublished: Bool) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    let refusal = CommitResult.failed(DeliveryError(.content, code: "http.400", message: "no"))
    if isPublished { stage.platform.answer(refusal) } else { stage.platform.answer(refusal, refusal) }
    try await stage.pass()
    let engine = try stage.engine()
    try await engine.open()
    #expect(try await engine.retry(.launch, nil, by: "ada@mars").armed == [.launch])
    try await engine.close()
    try await stage.pass(after: .seconds(60))
    #expect(try stage.outcomes() == ["failed", "retrying", isPublished ? "published" : "failed"])
    stage.restartMachine()
    let report = try await stage.pass(after: .seconds(7200), by: "another")
    #expect(report.held == 0 && stage.platform.calls.count == 2, "\(report)")
    #expect(try stage.status()?.state == (isPublished ? .published : .failed))
  }

  @Test("A pass beside it, and one after it, count no word as an attempt")
  func uncounted() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.platform.answer(.failed(DeliveryError(.content, code: "http.400", message: "no")))
    try await stage.pass()
    let engine = try stage.engine()
    try await engine.open()
    _ = try await engine.retry(.launch, .acme, by: "ada@mars")
    try await engine.close()
    #expect(try await stage.pass(after: .seconds(60)).outcomes == [.published: 1])
    #expect(try stage.attempts().map(\.key).count == 3 && Set(try stage.attempts().map(\.key)).count == 3)
  }
}

@Suite("A person's word on a burst that is pushed, for jobs that start with an empty disk")
struct PushedBurstTests {
  /// Two posts that are due at once, where none may be, held by a first job.
  private func held(_ grace: String = "grace: 4h") async throws -> (stage: Stage, key: SigningKey) {
    let stage = try Stage([
      "posts/a.yaml": post(0, caption: "A.", grace), "posts/b.yaml": post(60, caption: "B.", grace),
      "posthorn.yaml": "policy: {burst: 1}\n",
    ])
    let key = SigningKey()
    stage.sealKey.withLock { $0 = key }
    #expect(try await stage.pass(by: "one", claims: .push).held >= 1)
    #expect(stage.platform.calls.isEmpty)
    return (stage, key)
  }

  /// The commit as the status of a post names it.
  private func named(_ stage: Stage) throws -> String {
    let reason = try #require(try stage.status("a")?.deliveries.first?.reason)
    return String(try #require(reason.split(separator: " ").last))
  }

  @Test("The next job lets it go, whatever was recorded since; a runner that keeps its disk hears it, too", arguments: ["one", "two"])
  func letsGo(runner: String) async throws {
    let (stage, key) = try await held()
    #expect(try await stage.word(key).letGo(burst: try named(stage), now: stage.time.now) != nil)
    try await stage.pass(after: .seconds(60), by: runner, claims: .push)
    try await stage.pass(after: .seconds(60), by: runner, claims: .push)
    #expect(stage.platform.calls.map(\.id).sorted() == ["a", "b"])
  }

  @Test("It means what the posts were at the commit: what was edited or added since is held")
  func later() async throws {
    let (stage, key) = try await held()
    let commit = try named(stage)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push([
      "posts/a.yaml": post(0, caption: "Buy this.", "grace: 5h"), "posts/c.yaml": post(60, caption: "C.", "grace: 4h"),
      "posts/d.yaml": post(60, caption: "D.", "grace: 4h"),
    ])
    #expect(try await stage.word(key).letGo(burst: commit, now: stage.time.now) != nil)
    try await stage.pass(after: .seconds(60), by: "two", claims: .push)
    #expect(stage.platform.calls.map(\.id) == ["b"])
  }

  @Test("It means what is due within an hour: putting it back later lets nothing go")
  func old() async throws {
    let (stage, key) = try await held()
    _ = try await stage.word(key).letGo(burst: try named(stage), now: stage.time.now - .seconds(3601))
    try await stage.pass(after: .seconds(60), by: "two", claims: .push)
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("Without the seal of a key that the host has it lets nothing go", arguments: ["one", "two"])
  func forged(runner: String) async throws {
    let (stage, _) = try await held()
    _ = try await stage.word(SigningKey()).letGo(burst: try named(stage), now: stage.time.now)
    #expect(try await stage.pass(after: .seconds(60), by: runner, claims: .push).held == 2)
    #expect(stage.platform.calls.isEmpty)
  }

  @Test("A commit that the branch does not have is none")
  func unknown() async throws {
    let (stage, key) = try await held()
    #expect(try await stage.word(key).letGo(burst: "0000000", now: stage.time.now) == nil)
  }
}

extension DeliveryID {
  fileprivate static var launch: DeliveryID { Claim.example("launch").id }
}

extension PostID {
  fileprivate static var launch: PostID { DeliveryID.launch.post }
  fileprivate static var other: PostID { Claim.example("other").id.post }
}

extension AccountName {
  fileprivate static var acme: AccountName { DeliveryID.launch.account }
}

extension Stage {
  /// A person at another machine, who has this key.
  fileprivate func word(_ key: SigningKey) throws -> PushedWord {
    PushedWord(
      by: "ada@mars", Engine.Options(host: "laptop", version: "0"), sealedWith: key,
      location: .bare(path: repository.upstream.path, branch: "main"), access: Access(), state: try Folder(at: host.path("laptop")),
      zones: Stage.zones, platforms: [ScriptedPlatform.schema], logger: Logger(label: "word") { _ in SwiftLogNoOpLogHandler() })
  }
}
