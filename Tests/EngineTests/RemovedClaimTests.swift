import Git
import Platforms
import Schedule
import Signatures
import StateDirectory
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Somebody removes claims")
struct RemovedClaimTests {
  /// How the claim of a runner goes away that has made its call and not recorded it.
  enum Way: CaseIterable, CustomTestStringConvertible {
    case removed, allOfStatus, merged, spoiledAndRemoved, saidToBeGivenBack

    var testDescription: String { "\(self)" }

    func take(_ claim: String, from clone: GitClient) throws {
      var message = "tidy up"
      switch self {
      case .removed: try clone.git("rm", "-q", claim)
      case .allOfStatus: try clone.git("rm", "-rq", "schedule/status")
      case .merged:
        let tip = try clone.git("rev-parse", "HEAD")
        let before = try clone.git("rev-list", "--max-count=1", "--grep=a change", "HEAD")
        try clone.git("reset", "-q", "--hard", try clone.git("commit-tree", "\(before)^{tree}", "-p", before, "-p", tip, "-m", "Merge"))
      case .spoiledAndRemoved:
        try clone.commit([claim: "{"])
        try clone.git("rm", "-q", claim)
      case .saidToBeGivenBack:
        let blob = try #require(ObjectID(hex: try clone.git("rev-parse", "HEAD:\(claim)")))
        message += "\n\n" + (try GivenBack.line([blob], SigningKey()))
        try clone.git("rm", "-q", claim)
      }
      if try !clone.git("status", "--porcelain", "--untracked-files=no").isEmpty { try clone.git("commit", "-q", "-m", message) }
      try clone.git("push", "-q", "origin", "HEAD:main")
    }
  }

  private static let claim = "schedule/status/claims/launch/acme.json"

  @Test(
    "What was sent under a claim that is gone is not sent again: the claim stands again, and ends like any other one",
    arguments: Way.allCases)
  func sent(_ way: Way) async throws {
    let stage = try Stage(["posts/launch.yaml": post(0, "grace: 2h")])
    stage.sealKey.withLock { $0 = SigningKey() }
    try await stage.lose(launchBy: "one")
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try way.take(Self.claim, from: stage.repository.clone)
    let waiting = try await stage.pass(after: .seconds(60), by: "two", claims: .push)
    #expect(waiting.held + waiting.outcomes.count <= 1)
    stage.platform.answer(settle: [.published(Remote(id: "7"))])
    for runner in ["three", "two", "three"] { try await stage.pass(after: .seconds(200), by: runner, claims: .push) }
    #expect(stage.platform.calls.count == 1)
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.repository.names(under: "status/claims/") == [])
  }

  @Test("A claim that its holder gave back is free at once, in the words of the commit that removes it")
  func givenBack() async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": "platform: stage\n"])
    let folder = try TemporaryFolder("claims")
    func runner(_ name: String) throws -> PushClaims {
      PushClaims(
        .of(repository, state: try Folder(at: folder.path(name))), host: name, version: "0", incarnation: name, life: .drawn(),
        lock: HeldLock(path: "lock") { true }, now: { .noon })
    }
    let (one, two) = (try runner("one"), try runner("two"))
    let claim = Claim.example("launch")
    #expect(try await one.claim([claim])[claim.id] == .held)
    await one.release([claim.id], .givenUp)
    let message = try repository.upstream.git("log", "-1", "--format=%B", "main")
    #expect(message.hasPrefix("give back launch for acme\n") && GivenBack(message: message) != nil)
    #expect(try await two.claim([claim])[claim.id] == .held)
  }

  @Test(
    "A word that claims were given back is a line of one form, and nothing else is",
    arguments: [
      "", "Posthorn-Given-Back: ", "Posthorn-Given-Back: ../../x AAAA 00",
      "Posthorn-Given-Back: \(String(repeating: "0", count: 32)) !! 00",
    ])
  func malformed(_ message: String) { #expect(GivenBack(message: message) == nil) }
}
