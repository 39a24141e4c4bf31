import Foundation
import Platforms
import Schedule
import Signatures
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Claims under seal, against whoever can push")
struct SealedClaimsTests {
  private static let file = "status/claims/launch/acme.json"
  /// Longer than a claim and everybody's patience last.
  private static let runOut = Duration.seconds(460)

  @Test("A claim is under the seal of its holder, and the commit that makes it makes the key known")
  func sealed() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.lose(launchBy: "one")
    #expect(try stage.hasGoodClaim())
    #expect(try stage.repository.names(under: "status/keys/").count == 1)
    #expect(try stage.repository.names(under: "history/") == [])
  }

  @Test("What a platform accepted is noted on the claim under a new seal, and the next runner asks for it")
  func accepted() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    try await stage.submit(launchBy: "one")
    #expect(try stage.hasGoodClaim() && stage.claim(at: "main").remote == Remote(id: "7"))
    stage.platform.answer(confirm: [.published(Remote(id: "8"))])
    try await stage.pass(after: Self.runOut, by: "two", claims: .push)
    #expect(try stage.attempts().map(\.remote?.id) == ["8"])
  }

  @Test(
    "What a claim says that a platform accepted ends nothing where nobody vouches for the claim: it is in doubt, and nobody is asked",
    arguments: SealFault.allCases)
  func remote(_ fault: SealFault) async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.submit(launchBy: "one")
    try stage.spoil(fault)
    let asked = stage.platform.asked
    stage.platform.answer(settle: [.published(Remote(id: "9"))], confirm: [.published(Remote(id: "9"))])
    try await stage.pass(after: Self.runOut, by: "two", claims: .push)
    let attempt = try #require(try stage.attempts().first)
    #expect(attempt.outcome == .inDoubt && attempt.remote == nil && stage.platform.asked == asked)
    #expect(attempt.error?.message.contains("posthorn resolve launch acme") ?? false)
    #expect(attempt.host == "two" && attempt.startedAt == .noon, "the record says what the branch makes of it")
    #expect(try stage.repository.names(under: "status/claims/") == [])
  }

  @Test("Under policy.require_sealed the claim of a key that is not pinned says nothing either")
  func requiresPinned() async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post(), "posthorn.yaml": "policy: {require_sealed: true}\n"])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.submit(launchBy: "one")
    stage.sealKey.withLock { $0 = SigningKey() }
    stage.platform.answer(confirm: [.published(Remote(id: "9"))])
    try await stage.pass(after: Self.runOut, by: "two", claims: .push)
    #expect(try stage.outcomes() == ["in_doubt"])
  }

  @Test(
    "A claim without a good seal keeps its delivery as long as an honest one, and it is asked about in our words then",
    arguments: SealFault.allCases)
  func delay(_ fault: SealFault) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.lose(launchBy: "one")
    try stage.spoil(fault)
    try await stage.pass(after: .seconds(440), by: "two", claims: .push)
    #expect(try stage.outcomes() == [] && stage.platform.asked == 0)
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    try await stage.pass(after: .seconds(20), by: "three", claims: .push)
    #expect(try stage.outcomes() == ["published"] && stage.platform.asked == 1)
  }

  @Test(
    "Whoever writes over a living claim one that is over ends nobody's term: nothing is taken over before, and it ends like an honest one then",
    arguments: Overwriting.allCases)
  func overwritten(_ how: Overwriting) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.lose(launchBy: "one")
    try stage.overwrite(how)
    for runner in ["two", "two", "three"] { try await stage.pass(after: .seconds(145), by: runner, claims: .push) }
    #expect(try stage.outcomes() == [] && stage.platform.asked == 0 && stage.platform.calls.count == 1)
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    try await stage.pass(after: .seconds(20), by: "two", claims: .push)
    #expect(try stage.outcomes() == ["published"] && stage.platform.asked == 1 && stage.platform.calls.count == 1)
  }

  @Test(
    "An older claim of its holder that somebody puts back does not end a newer one, and one of long ago none", arguments: [true, false])
  func replayed(isOld: Bool) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.lose(launchBy: "one")
    let key = try #require(stage.sealKey.withLock { $0 })
    if isOld {
      // One of two hours ago, which the history of the last hour does not have.
      try stage.reseal(until: "2026-11-27T10:05:00.000Z", with: key)
      let old = try #require(try stage.repository.file(Self.file))
      try stage.repository.upstream.git("update-ref", "refs/heads/main", "main~1")
      try stage.repository.clone.git("fetch", "-q")
      try stage.repository.clone.git("reset", "-q", "--hard", "origin/main")
      try stage.reseal(until: "2026-11-27T12:06:40.000Z", with: key)
      try stage.repository.push([Self.file: old])
    } else {
      let old = try #require(try stage.repository.file(Self.file))
      try stage.reseal(until: "2026-11-27T12:06:40.000Z", with: key)
      try stage.repository.push([Self.file: old])
    }
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    for runner in ["two", "three"] { try await stage.pass(after: .seconds(270), by: runner, claims: .push) }
    #expect(try stage.outcomes() == [] && stage.platform.asked == 0)
    try await stage.pass(after: .seconds(20), by: "two", claims: .push)
    #expect(try stage.outcomes() == ["published"] && stage.platform.asked == 1)
  }

  @Test("Nor does it end one for a process that has looked before, however often it comes back")
  func replayedAgain() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.lose(launchBy: "one")
    let old = try #require(try stage.repository.file(Self.file))
    let daemon = SourceRepository.of(stage.repository, state: try Folder(at: stage.host.path("daemon")))
    let holder = ClaimHolder(
      host: "two", incarnation: "two", life: .drawn(), version: "0", validity: .seconds(300), patience: .seconds(150))
    func left(_ seconds: Int64) async throws -> Int {
      try await daemon.leftBehind(for: holder, now: .noon + .seconds(seconds)) { _ in false }.count
    }
    _ = try await daemon.fetch(now: .noon)
    #expect(try await left(451) == 1)
    try stage.reseal(until: "2026-11-27T12:06:40.000Z", with: try #require(stage.sealKey.withLock { $0 }))
    let new = try stage.repository.file(Self.file)
    for text in [old, new, old, "{}", old] {
      try stage.repository.push([Self.file: text])
      #expect(try await left(451) == 0)
      #expect(try await left(549) == 0)
    }
    #expect(try await left(551) == 1)
  }

  @Test("A claim that says to hold for ever gives way to one of ours, which says what the branch does and nothing that the other one said")
  func forEver() async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    try await stage.lose(launchBy: "one")
    try stage.rewrite { members in
      members["valid_until"] = "9999-12-31T00:00:00.000Z"
      members["remote"] = ["id": "9", "url": .null]
      members["key"] = "msg_0123456789abcdef0123456789abcdef"
      members["seal"] = nil
    }
    try await stage.pass(by: "two", claims: .push)
    let claim = try stage.claim(at: "main")
    #expect(try stage.hasGoodClaim() && claim.host == "two" && claim.remote == nil)
    #expect(claim.validUntil == .noon + .seconds(300) && claim.intent.key == deliveryKey(claim.id, scheduledAt: .noon, firstAttempt: 1))
    #expect(try stage.outcomes() == [] && stage.platform.asked == 0)
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    try await stage.pass(after: Self.runOut, by: "three", claims: .push)
    #expect(try stage.attempts().map(\.remote?.id) == ["7"])
    #expect(stage.platform.calls.count == 1, "that of the lost runner")
  }

  @Test(
    "What a daemon knows of its own delivery is written on no claim that another one made, or that somebody put there",
    arguments: [true, false])
  func foreign(isSealed: Bool) async throws {
    let stage = try Stage(leaps: true, ["posts/launch.yaml": post()])
    try await stage.submit(launchBy: "one")
    let other = SigningKey()
    try stage.rewrite { members in
      members["incarnation"] = isSealed ? "elsewhere" : members["incarnation"]
      members["remote"] = .null
      members["seal"] = isSealed ? Seal(of: .object(members), with: other)?.json : nil
    }
    let before = try stage.repository.file(Self.file)
    try await stage.pass(after: .seconds(1), by: "one", claims: .push)
    #expect(try stage.repository.file(Self.file) == before)
  }
}

/// How a forger ends a claim, they think.
enum Overwriting: CaseIterable {
  case unsealed, foreignKey, goneAndBack, withoutKeys, oldDates
}

/// Why the seal of a claim is not good.
enum SealFault: CaseIterable {
  case none, changed, foreignKey
}

extension Seal {
  fileprivate init?(of json: JSON, with key: SigningKey) {
    guard let signature = try? key.signature(of: Seal.message(of: json)) else { return nil }
    self.init(key: key.publicKey.id, signature: signature)
  }
}

extension SigningKey {
  /// The file in which a repository names it.
  func file() throws -> String {
    var record = KeyRecord(id: publicKey.id, publicKey: publicKey.bytes, since: .noon, host: "x", incarnation: "x")
    record.seal = Seal(key: record.id, signature: try signature(of: record.bytes()))
    return String(decoding: record.bytes(), as: UTF8.self)
  }
}

extension Stage {
  private static var claimFile: String { "status/claims/launch/acme.json" }

  /// Whether the claim on the post `launch` is under the seal of a key that the repository has.
  fileprivate func hasGoodClaim() throws -> Bool {
    let json = try JSON.parse(Array(try repository.file(Self.claimFile)?.utf8 ?? "".utf8))
    guard let seal = Seal(of: json), let text = try repository.file(KeyRecord.file(of: seal.key)) else { return false }
    let key = VerifyingKey(try KeyRecord(json: try JSON.parse(Array(text.utf8))).publicKey)
    return key?.isValid(seal.signature, of: Seal.message(of: json)) ?? false
  }

  /// Somebody pushes the claim with a change.
  fileprivate func rewrite(_ change: (inout [String: JSON]) throws -> Void) throws {
    try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    var members = try JSON.parse(Array(try repository.file(Self.claimFile)?.utf8 ?? "".utf8)).object ?? [:]
    try change(&members)
    try repository.push([Self.claimFile: JSON.object(members).text()])
  }

  /// The holder makes its claim anew.
  fileprivate func reseal(until end: String, with key: SigningKey) throws {
    try rewrite { members in
      members["valid_until"] = .string(end)
      members["seal"] = nil
      members["seal"] = Seal(of: .object(members), with: key)?.json
    }
  }

  fileprivate func overwrite(_ how: Overwriting) throws {
    let over = JSON.string("2026-11-27T11:00:00.000Z")
    let good = try repository.file(Self.claimFile)
    switch how {
    case .unsealed:
      try rewrite { ($0["valid_until"], $0["seal"]) = (over, nil) }
      let spoiled = try repository.file(Self.claimFile)
      for text in ["garbage", spoiled] { try repository.push([Self.claimFile: text]) }
    case .foreignKey:
      let key = SigningKey()
      try repository.push([KeyRecord.file(of: key.publicKey.id): try key.file()])
      try rewrite { members in
        members["valid_until"] = over
        members["seal"] = Seal(of: .object(members), with: key)?.json
      }
    case .goneAndBack:
      try rewrite { $0["seal"] = nil }
      try repository.push([Self.claimFile: nil])
      var members = try JSON.parse(Array((good ?? "").utf8)).object ?? [:]
      (members["valid_until"], members["seal"]) = (over, nil)
      try repository.push([Self.claimFile: JSON.object(members).text()])
    case .withoutKeys:
      try rewrite { ($0["valid_until"], $0["seal"]) = (over, nil) }
      let keys = try repository.names(under: "status/keys/")
      try repository.push(Dictionary(uniqueKeysWithValues: keys.map { ($0, nil) }))
    case .oldDates:
      try rewrite { ($0["valid_until"], $0["seal"]) = (over, nil) }
      let old = GitClient(
        at: repository.clone.path, environment: ["GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z"])
      for number in 1...20 { try old.commit(["notes/\(number).txt": "x"]) }
      try repository.clone.pushOnTop()
    }
  }

  fileprivate func spoil(_ fault: SealFault) throws {
    switch fault {
    case .none: try rewrite { $0["seal"] = nil }
    case .changed: try rewrite { $0["claimed_at"] = "2026-11-27T11:00:00.000Z" }
    case .foreignKey:
      let key = SigningKey()
      try rewrite { $0["seal"] = Seal(of: .object($0), with: key)?.json }
      try repository.push([KeyRecord.file(of: key.publicKey.id): try key.file()])
    }
  }
}
