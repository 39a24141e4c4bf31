import Foundation
import Git
import Schedule
import Signatures
import Support
import Synchronization
import Testing

@testable import Engine

/// A team whose clone signs with ssh keys, on a stage that may be told who is allowed to.
private final class Team: Sendable {
  let stage: Stage
  private let keys: TemporaryFolder
  private let allowed = Mutex("")
  var clone: GitClient { stage.repository.clone }

  /// - Parameter files: the first commit, which nobody signed.
  init(_ files: [String: String] = [:]) throws {
    stage = try Stage(files)
    keys = try TemporaryFolder("keys")
    try git(nil, at: "2026-09-01T12:00:00Z").git("commit", "-q", "--amend", "--no-edit")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
  }

  /// A pass of a scheduled job: a name that was not used before has an empty disk.
  @discardableResult
  func pass(by runner: String = "stage", zones: Zones = Stage.zones) async throws -> PassReport {
    try await stage.pass(by: runner, claims: .push, zones: zones)
  }

  /// From here on the host lets this key sign, with limits in OpenSSH's words.
  func allow(_ name: String, _ limits: String = "") throws {
    try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", keys.path(name)])
    let key = try Posthorn.text(keys.path(name + ".pub")).trimmingCharacters(in: .whitespacesAndNewlines)
    let lines = allowed.withLock { text in
      text += "\(name)@example.org \(limits)\(limits.isEmpty ? "" : " ")\(key)\n"
      return text
    }
    let verifier = try SignatureVerifier(allowedSigners: Array(lines.utf8))
    stage.adjustment.withLock {
      $0 = { options in
        options.verifier = {
          { payload, signature, time in
            do throws(SignatureError) {
              _ = try verifier.verify(payload, signature: signature, at: time)
              return nil
            } catch { return error.description }
          }
        }
      }
    }
  }

  /// Somebody who signs with that key, or with none, at a time of their choice.
  func git(_ key: String?, at date: String = "2026-11-27T12:00:00Z", author: String? = nil) -> GitClient {
    let config =
      key.map { [("gpg.format", "ssh"), ("user.signingkey", keys.path($0)), ("commit.gpgsign", "true")] } ?? [("commit.gpgsign", "false")]
    var environment = ["GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": author ?? date, "GIT_CONFIG_COUNT": "\(config.count)"]
    for (index, (name, value)) in config.enumerated() {
      (environment["GIT_CONFIG_KEY_\(index)"], environment["GIT_CONFIG_VALUE_\(index)"]) = (name, value)
    }
    return GitClient(at: clone.path, environment: environment)
  }

  /// Commits on top of what is upstream, and pushes.
  @discardableResult
  func push(_ files: [String: String?], by key: String?, at date: String = "2026-11-27T12:00:00Z", author: String? = nil) throws -> String {
    try clone.git("fetch", "-q", "origin")
    try clone.git("reset", "-q", "--hard", "origin/main")
    let commit = try git(key, at: date, author: author).commit(
      Dictionary(uniqueKeysWithValues: files.map { ("schedule/\($0)", $1) }), message: "a change")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    return commit
  }

  /// A pass that refuses what it finds, and publishes nothing.
  func expectRefused(by runner: String = "stage", _ words: String, zones: Zones = Stage.zones, at place: SourceLocation = #_sourceLocation)
    async throws
  {
    let calls = stage.platform.calls.count
    let report = try await pass(by: runner, zones: zones)
    #expect(report.fetchFailure.map { "\($0)" }?.contains(words) == true, "\(report)", sourceLocation: place)
    #expect(stage.platform.calls.count == calls, sourceLocation: place)
  }
}

@Suite("Signatures that the host asks for", .serialized)
struct SignedPassTests {
  /// A schedule that a signed commit asks signatures for.
  private func protected() async throws -> Team {
    let team = try Team()
    try team.allow("ada")
    try team.push(["posthorn.yaml": "policy: {require_signed: true}\n", "posts/launch.yaml": post()], by: "ada")
    return team
  }

  @Test("Row 76: A new state directory refuses an unsigned commit that takes the policy away, and every later one")
  func takenAway() async throws {
    let team = try await protected()
    try await team.pass()
    try team.push(["posthorn.yaml": nil, "posts/forged.yaml": post()], by: nil)
    try await team.expectRefused(by: "fresh", "it is not signed")
    try await team.expectRefused("it is not signed")
    try team.push(["posts/more.yaml": post()], by: nil)
    try await team.expectRefused(by: "another", "it is not signed")
    // One who may sign vouches for what stands there, and for nothing that was not signed behind the first signature.
    try team.push(["posts/later.yaml": post()], by: "ada")
    try await team.expectRefused(by: "third", "it is not signed")
    #expect(team.stage.platform.calls.map(\.id) == ["launch"])
  }

  @Test("Row 76: A commit that was refused stays refused after an update of the zone data, and without the schedule on disk")
  func remembered() async throws {
    let team = try await protected()
    try await team.pass()
    try team.push(["posthorn.yaml": nil, "posts/forged.yaml": post()], by: nil)
    try await team.expectRefused("it is not signed")
    try await team.expectRefused("it is not signed", zones: Stage.zones(version: "2026g", ["UTC": "UTC"]))
    for file in ["desired", "desired.base"] { try FileManager.default.removeItem(atPath: team.stage.host.path("state/\(file)")) }
    try await team.expectRefused("it is not signed")
  }

  @Test(
    "Row 76: Keys on the host ask for signatures by themselves, whatever the settings say, or fail to say",
    arguments: [
      nil, "policy: {require_signed: false}\n", "policy: {require_signed: never}\n", "policy: [\n",
    ])
  func hostAlone(settings: String?) async throws {
    let team = try Team()
    try team.allow("ada")
    try team.push(["posts/launch.yaml": post()], by: "ada")
    try await team.pass()
    #expect(team.stage.platform.calls.map(\.id) == ["launch"])
    try team.push(["posts/forged.yaml": post()].merging(settings.map { ["posthorn.yaml": $0] } ?? [:]) { $1 }, by: nil)
    for runner in ["stage", "fresh"] { try await team.expectRefused(by: runner, "it is not signed") }
  }

  @Test(
    "Row 76: A history that was rewritten to what nobody signed is refused by a new state directory, too; so is a branch without a signature"
  )
  func rewritten() async throws {
    let team = try await protected()
    let root = try team.clone.git("rev-list", "--max-parents=0", "HEAD")
    try team.clone.git("reset", "-q", "--hard", root)
    try team.git(nil).commit(["schedule/posts/forged.yaml": post()], message: "forged")
    try team.clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try await team.expectRefused(by: "fresh", "nothing vouches for it")
  }

  @Test("A person's word that a branch was rewritten makes up for no signature")
  func rewrittenByWord() async throws {
    let team = try await protected()
    try await team.pass()
    let root = try team.clone.git("rev-list", "--max-parents=0", "HEAD")
    try team.clone.git("reset", "-q", "--hard", root)
    try team.git(nil).commit(["schedule/posts/forged.yaml": post()], message: "forged")
    try team.clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try await team.expectRefused(by: "stage", "was rewritten")
    let engine = try team.stage.engine(claims: .push)
    try await engine.open()
    let tip = try team.clone.git("rev-parse", "HEAD")
    #expect(try await engine.acceptRewritten(tip, by: "ada@mars") == .goesOn(from: tip))
    try await engine.close()
    try await team.expectRefused(by: "stage", "it is not signed")
  }

  @Test(
    "A commit that the host pins is taken for good with all before it; what comes after has to be signed, and the branch has to have it")
  func pinned() async throws {
    let team = try Team(["posts/launch.yaml": post()])
    try team.allow("ada")
    try await team.expectRefused("name a commit that is known to be good with --trust-from")
    let pin = try #require(ObjectID(hex: try team.clone.git("rev-parse", "HEAD")))
    let asking = team.stage.adjustment.withLock { $0 }
    team.stage.adjustment.withLock {
      $0 = { options in
        asking?(&options)
        options.trustedFrom = pin
      }
    }
    try await team.pass(by: "fresh")
    #expect(team.stage.platform.calls.map(\.id) == ["launch"])
    try team.push(["posts/forged.yaml": post()], by: nil)
    try await team.expectRefused(by: "another", "it is not signed")
    try team.clone.git("checkout", "-q", "--orphan", "other")
    try team.git("ada").commit(["schedule/posts/other.yaml": post()], message: "another history")
    try team.clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try await team.expectRefused(by: "third", "which --trust-from names")
  }

  @Test(
    "A host whose keys were forgotten at a restart adopts nothing from a repository that asks for signatures, with no schedule on disk either"
  )
  func forgotten() async throws {
    let team = try await protected()
    try await team.pass()
    team.stage.adjustment.withLock { $0 = nil }
    try team.push(["posthorn.yaml": nil, "posts/forged.yaml": post()], by: nil)
    try await team.expectRefused("this host names nobody who may sign")
    for file in ["desired", "desired.base"] { try FileManager.default.removeItem(atPath: team.stage.host.path("state/\(file)")) }
    try await team.expectRefused("this host names nobody who may sign")
  }

  // MARK: - When a signature was made

  /// A key that was retired on the first of November, after it signed the first commit, and the one that signed the next.
  private func retired() async throws -> Team {
    let team = try Team()
    try team.allow("old", "valid-before=\"20261101\"")
    try team.allow("ada")
    try team.push(["posts/early.yaml": post(7200)], by: "old", at: "2026-10-01T12:00:00Z")
    try team.push(["posts/launch.yaml": post()], by: "ada", at: "2026-11-20T12:00:00Z")
    return team
  }

  @Test("Row 81: A signature counts as of when this host first sees the commit: a retired key schedules nothing by dating its commits back")
  func datedBack() async throws {
    let team = try await retired()
    try await team.pass()
    #expect(team.stage.platform.calls.map(\.id) == ["launch"])
    try team.push(["posts/forged.yaml": post()], by: "old", at: "2026-10-15T12:00:00Z")
    try await team.expectRefused("allowed until an earlier time")
  }

  @Test(
    "Row 81: A new state directory goes by the commit's time, which may not be before its parent's: what an old key signed in its time still counts"
  )
  func datedBackFresh() async throws {
    let team = try await retired()
    try await team.pass(by: "first")
    #expect(team.stage.platform.calls.map(\.id) == ["launch"])
    try team.push(["posts/forged.yaml": post()], by: "old", at: "2026-10-15T12:00:00Z")
    try await team.expectRefused(by: "second", "committed at 2026-10-15T12:00:00.000Z, and a commit before it at 2026-11-2")
  }

  @Test(
    "Row 81: A clock that is behind makes no retired key valid: nothing new is adopted while it is in doubt",
    arguments: ["2026-10-15", "2026-11-27"])
  func clockBehind(date: String) async throws {
    let team = try await retired()
    try await team.pass()
    team.stage.time.set(by: .seconds(-40 * 86_400))
    try team.push(["posts/forged.yaml": post()], by: "old", at: "\(date)T12:00:00Z")
    try await team.expectRefused("posthorn resume --clock")
    team.stage.time.set(by: .seconds(40 * 86_400))
    try await team.expectRefused("allowed until an earlier time")
    #expect(team.stage.platform.calls.map(\.id) == ["launch"])
  }

  @Test("Row 81: A chain of commits that are each dated back is refused, also behind one that nobody had to sign")
  func chain() async throws {
    let team = try await retired()
    try team.push(["status/posts/x.json": "{}\n"], by: nil, at: "2026-10-02T12:00:00Z")
    try team.push(["posts/forged.yaml": post()], by: "old", at: "2026-10-15T12:00:00Z")
    for runner in ["stage", "fresh"] { try await team.expectRefused(by: runner, "a commit before it at 2026-11-20T12:00:00.000Z") }
  }

  @Test("Row 81: A few minutes between two people's clocks are no forgery, and make no retired key valid")
  func skew() async throws {
    let team = try await retired()
    try team.push(["posts/next.yaml": post()], by: "ada", at: "2026-11-20T11:55:00Z")
    try await team.pass()
    #expect(team.stage.platform.calls.map(\.id).sorted() == ["launch", "next"])
    let other = try Team()
    try other.allow("old", "valid-before=\"20261101\"")
    try other.allow("ada")
    try other.push(["posts/launch.yaml": post()], by: "ada", at: "2026-11-01T00:02:00Z")
    try other.push(["posts/forged.yaml": post()], by: "old", at: "2026-10-31T23:59:00Z")
    try await other.expectRefused("allowed until an earlier time")
  }

  @Test("Row 81: A key that is allowed from tomorrow on schedules nothing by dating its commits ahead, nor does an author's date count")
  func datedAhead() async throws {
    let team = try await retired()
    try team.allow("new", "valid-after=\"20261201\"")
    try await team.pass()
    try team.push(["posts/forged.yaml": post()], by: "new", at: "2026-12-24T12:00:00Z")
    for runner in ["stage", "fresh"] { try await team.expectRefused(by: runner, "allowed from a later time") }
    try team.clone.git("reset", "-q", "--hard", "HEAD~1")
    try team.clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try team.push(["posts/forged.yaml": post()], by: "old", author: "2026-10-15T12:00:00Z")
    for runner in ["stage", "fresh"] { try await team.expectRefused(by: runner, "allowed until an earlier time") }
  }

  @Test("Row 81: A merge that is dated back is refused like any commit; one on a branch of its own counts as of its merge's other parent")
  func merge() async throws {
    let team = try await retired()
    let clone = team.clone
    try clone.git("checkout", "-q", "-b", "side", "HEAD~1")
    try team.git("old", at: "2026-10-15T12:00:00Z").commit(["schedule/posts/side.yaml": post()], message: "in its time, as it says")
    try clone.git("checkout", "-q", "main")
    try team.git("old", at: "2026-10-16T12:00:00Z").git("merge", "-q", "--no-ff", "-m", "Merge", "side")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    try await team.expectRefused(by: "fresh", "a commit before it at 2026-11-20T12:00:00.000Z")
  }
}
