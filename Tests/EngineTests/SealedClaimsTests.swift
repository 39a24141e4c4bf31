import Foundation
import Platforms
import Schedule
import Signatures
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
