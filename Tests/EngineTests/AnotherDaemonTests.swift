import Foundation
import Logging
import Schedule
import StateDirectory
import Support
import Testing

@testable import Engine

@Suite("Two state directories on one repository under local claims, pass by pass")
struct AnotherDaemonTests {
  @Test("The first publication is preceded by a word about who publishes, and no other one by anything")
  func keeps() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(60)])
    try await stage.pass(by: "one")
    try await stage.pass(after: .seconds(60), by: "one")
    #expect(try stage.subjects() == ["publish next to acme", "publish launch to acme", "publish from here on", "a change"])
    #expect(try stage.daemon()?.keeper.host == "one")
  }

  @Test("Row 33: the second holds what is due and says who publishes; the first answers it and goes on")
  func second() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(60)])
    try await stage.pass(by: "one")
    let asking = try await stage.pass(after: .seconds(60), by: "two")
    #expect(asking.claimFailure.map { "\($0)" }?.contains("one (state directory") == true)
    #expect(asking.claimFailure.map { "\($0)" }?.contains("posthorn resume --take-over") == true)
    try await stage.pass(after: .seconds(1), by: "one")
    let answered = try await stage.pass(after: .seconds(1), by: "two")
    #expect(answered.claimFailure.map { "\($0)" }?.contains("is alive") == true)
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["posts/third.yaml": post(120)])
    // An answer is believed for a while: a second one that runs every minute does not ask every minute.
    let asked = try stage.subjects().count
    try await stage.pass(after: .seconds(120), by: "two")
    try await stage.pass(after: .seconds(60), by: "two")
    #expect(try stage.subjects().count == asked)
    try await stage.pass(by: "one")
    #expect(stage.platform.calls.map(\.id) == ["launch", "next", "third"])
    #expect(
      try stage.subjects().filter { !$0.hasPrefix("publish ") } == [
        "a change", "answer another daemon", "ask whether another daemon publishes", "a change",
      ])
  }

  @Test(
    "A first one that stays silent for as long as its passes may be apart is gone; what it may have sent is in doubt, the rest goes out")
  func silence() async throws {
    let stage = try Stage([
      "posts/launch.yaml": post(), "posts/next.yaml": post(60, "grace: 3h"), "posts/later.yaml": post(4000, "grace: 3h"),
    ])
    try await stage.pass(by: "one")
    try await stage.pass(after: .seconds(61), by: "two")
    #expect(try await stage.pass(after: .seconds(3590), by: "two").claimFailure != nil)
    try await stage.pass(after: .seconds(600), by: "two")
    #expect(try stage.daemon()?.keeper.host == "two")
    #expect(try stage.outcomes("next") == ["in_doubt"])
    #expect(try stage.outcomes("later") == ["published"])
    // The first one comes back, and finds that it is the second now.
    try stage.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try stage.repository.push(["posts/last.yaml": post(5000, "grace: 3h")])
    let back = try await stage.pass(after: .seconds(1000), by: "one")
    #expect(back.claimFailure.map { "\($0)" }?.contains("two (state directory") == true)
    try await stage.pass(by: "two")
    #expect(stage.platform.calls.map(\.id) == ["launch", "later", "last"])
  }

  @Test("A wall clock that is set forward makes nobody gone while the same process waits")
  func setForward() async throws {
    let repository = try ContentRepository(files: ["accounts/acme.yaml": "platform: stage\n"])
    let folder = try TemporaryFolder("claims")
    let time = TestClock(leaps: false)
    func directory(_ name: String) throws -> LocalClaims {
      LocalClaims(
        .of(repository, state: try Folder(at: folder.path(name))), party: .init(host: name, incarnation: name, place: name), version: "0",
        lock: HeldLock(path: "lock") { true }, clock: time.clock, logger: Logger(label: "claims") { _ in SwiftLogNoOpLogHandler() })
    }
    let (one, two) = (try directory("one"), try directory("two"))
    func another(_ claims: LocalClaims) async throws -> AnotherDaemon? {
      try await claims.another(branch: nil, at: nil, asking: true) { _, _ in }
    }
    #expect(try await another(one) == nil)
    _ = try await one.claim([.example("launch")])
    #expect(try await another(two) != nil)
    time.set(by: .seconds(86_000))
    #expect(try await another(two) != nil)
    await #expect(throws: AnotherDaemon.self) { try await two.claim([.example("launch")]) }
    time.advance(to: time.now + .seconds(3601))
    #expect(try await another(two) == nil)
    #expect(try await another(one) != nil)
    await #expect(throws: AnotherDaemon.self) { try await one.permit(Claim.example("launch").id) }
  }

  @Test("A person's word that the first one is gone ends the wait")
  func word() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(120)])
    try await stage.pass(by: "one")
    try await stage.pass(after: .seconds(61), by: "two")
    #expect(try await stage.takeOver(by: "two") == "one")
    #expect(try await stage.takeOver(by: "two") == nil)
    try await stage.pass(after: .seconds(60), by: "two")
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test("A state directory that was lost and made again where it was waits for nobody")
  func samePlace() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(120)])
    try await stage.pass(by: "one")
    let first = try stage.daemon()?.keeper.incarnation
    try FileManager.default.removeItem(atPath: stage.host.path("one"))
    try await stage.pass(after: .seconds(60), by: "one")
    try await stage.pass(after: .seconds(60), by: "one")
    #expect(try stage.outcomes("next") == ["published"])
    #expect(try stage.daemon()?.keeper.incarnation != first)
  }

  @Test("A copy of a state directory is another one: it asks the process that has the first, and publishes nothing while that one answers")
  func copied() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(60)])
    try await stage.pass(by: "one")
    try FileManager.default.copyItem(atPath: stage.host.path("one"), toPath: stage.host.path("copy"))
    let asking = try await stage.pass(after: .seconds(60), by: "copy")
    #expect(asking.claimFailure.map { "\($0)" }?.contains("a copy of this state directory") == true)
    try await stage.pass(after: .seconds(1), by: "one")
    #expect(try await stage.pass(after: .seconds(1), by: "copy").claimFailure.map { "\($0)" }?.contains("is alive") == true)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
    #expect(try stage.outcomes("next") == ["published"])
  }

  @Test("A state directory that was moved asks, too, and goes on where it was when nobody answers")
  func moved() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posts/next.yaml": post(60, "grace: 3h")])
    try await stage.pass(by: "one")
    try FileManager.default.moveItem(atPath: stage.host.path("one"), toPath: stage.host.path("moved"))
    #expect(try await stage.pass(after: .seconds(60), by: "moved").claimFailure != nil)
    #expect(try await stage.pass(after: .seconds(3599), by: "moved").claimFailure != nil)
    #expect(try await stage.pass(after: .seconds(2), by: "moved").claimFailure == nil)
    #expect(stage.platform.calls.map(\.id) == ["launch", "next"])
  }

  @Test(
    "Two that begin at the same moment on a repository without a past: one publishes, the other one says that it does not", arguments: 1...3
  )
  func race(_: Int) async throws {
    let stage = try Stage(["posts/launch.yaml": post()])
    async let one = stage.pass(by: "one")
    async let two = stage.pass(by: "two")
    let reports = try await [one, two]
    #expect(stage.platform.calls.count == 1)
    #expect(reports.count { $0.claimFailure == nil } == 1)
    #expect(try stage.outcomes() == ["published"])
  }

  @Test(
    "A record of who publishes that somebody spoiled is passed over and written anew",
    arguments: ["{", "[]", #"{"schema": 1, "claims": "none"}"#])
  func spoiled(_ text: String) async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "status/daemon.json": text])
    try await stage.pass(by: "one")
    #expect(try stage.outcomes() == ["published"])
    #expect(try stage.daemon()?.keeper.host == "one")
  }

  @Test("Records on a branch of their own say who publishes, too")
  func ownBranch() async throws {
    let stage = try Stage(["posts/launch.yaml": post(), "posthorn.yaml": "record: {branch: records}\n"])
    try await stage.pass(by: "one")
    #expect(try stage.daemon(on: "records")?.keeper.host == "one")
    #expect(try await stage.pass(by: "two").claimFailure != nil)
    #expect(try stage.daemon(on: "records")?.asked?.party.host == "two")
    try await stage.pass(by: "one")
    #expect(try stage.daemon(on: "records")?.refused?.party.host == "two")
    #expect(stage.platform.calls.count == 1)
  }
}

extension Stage {
  func daemon(on branch: String = "main") throws -> DaemonRecord? {
    try repository.file(DaemonRecord.file, on: branch).map { try DaemonRecord(json: try JSON.parse(Array($0.utf8))) }
  }

  /// A person says that the other daemon is gone, while no daemon runs here.
  @discardableResult
  func takeOver(by runner: String) async throws -> String? {
    let engine = try engine(by: runner)
    try await engine.open()
    let word = try await engine.takeOverRepository()
    try await engine.close()
    guard case .replaced(let party) = word else { return nil }
    return party.host
  }
}
