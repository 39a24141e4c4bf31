import Failpoints
import Foundation
import Schedule
import Support
import Testing

@Suite("A person's word for jobs, with the real program")
struct PushedWordTests {
  /// A laptop that has the jobs' key and no state directory.
  private func laptop(_ runners: Runners) throws -> Host {
    let place = try #require(runners.access.firstIndex(of: "--seal-key"))
    return try Host(runners.repository, access: Array(runners.access[place...]))
  }

  @Test("posthorn retry --push: a job with an empty disk tries again what failed, once, and audit finds nothing wrong")
  func retry() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(400) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    let runners = try Runners(host)
    try await runners.fresh().reconcile(exit: 1)
    let laptop = try laptop(runners)
    let said = try await laptop.posthorn("retry", "launch", "--push")
    #expect(said.status == 0 && said.errors.contains("tries again: launch to hook"), "\(said)")
    try await runners.fresh().reconcile()
    try await runners.fresh().reconcile()
    #expect(try host.attempts("launch") == ["1 failed", "2 retrying", "3 published"])
    #expect(receiver.arrivals.count == 2)
    let again = try await laptop.posthorn("retry", "launch", "hook", "--push")
    #expect(again.status == 3 && again.errors.contains("never sent again"), "\(again)")
    let audit = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(audit.status == 0, "\(audit)")
    #expect(try host.strayPaths() == [])
  }

  @Test("posthorn resolve --push: a job with an empty disk takes a doubt as ended, and sends it again only once somebody says that, too")
  func resolve() async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(500) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    let runners = try Runners(host)
    try await runners.fresh().reconcile(exit: 1)
    let laptop = try laptop(runners)
    let early = try await laptop.posthorn("retry", "launch", "--push")
    #expect(early.status == 3 && early.errors.contains("posthorn resolve launch hook --published --push"), "\(early)")
    let said = try await laptop.posthorn("resolve", "launch", "hook", "--not-published", "--push")
    #expect(said.status == 0 && said.errors.contains("posthorn retry launch hook --push"), "\(said)")
    try await runners.fresh().reconcile()
    #expect(receiver.arrivals.count == 1)
    let twice = try await laptop.posthorn("resolve", "launch", "hook", "--published", "--push")
    #expect(twice.status == 3 && twice.errors.contains("only what is in doubt is resolved"), "\(twice)")
    #expect(try await laptop.posthorn("retry", "launch", "--push").status == 0)
    try await runners.fresh().reconcile()
    #expect(try host.attempts("launch") == ["1 in_doubt", "2 failed", "3 retrying", "4 published"])
    #expect(receiver.arrivals.count == 2)
    let audit = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(audit.status == 0, "\(audit)")
    let seen = try await laptop.posthorn("resolve", "launch", "hook", "--seen", "--push")
    #expect(seen.status == 2 && seen.errors.contains("--push goes with"), "\(seen)")
  }

  @Test("posthorn resume --burst --push: a job with an empty disk lets it go, by the commit that posthorn status names")
  func burst() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "posthorn.yaml": "policy: {burst: 1}\n", "posts/a.yaml": post(), "posts/b.yaml": post(caption: "B."),
    ])
    let runners = try Runners(host)
    try await runners.fresh(nil).reconcile(exit: 1)
    let reason = try #require(try host.status("a")?.deliveries.first?.reason)
    let commit = try #require(reason.split(separator: " ").last.map(String.init))
    let said = try await laptop(runners).posthorn("resume", "--burst", commit, "--push")
    #expect(said.status == 0, "\(said)")
    let job = try await runners.fresh(nil)
    try await job.reconcile()
    #expect(job.outbox().count == 2)
    let audit = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(audit.status == 0, "\(audit)")
  }

  @Test("Without the jobs' key, or with a request that jobs cannot hear, nothing is written, and it says what to type")
  func refused() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let tip = try host.repository.upstream.git("rev-parse", "main")
    let keyless = try await host.posthorn("retry", "launch", "--push")
    #expect(keyless.status == 2 && keyless.errors.contains("--seal-key FILE"), "\(keyless)")
    let clock = try await host.posthorn("resume", "--clock", "--push")
    #expect(clock.status == 2 && clock.errors.contains("--push goes with --burst"), "\(clock)")
    let never = try await laptop(try Runners(host)).posthorn("retry", "launch", "--push")
    #expect(never.status == 3 && never.errors.contains("no attempt of launch was ever recorded"), "\(never)")
    #expect(try host.repository.upstream.git("rev-parse", "main") == tip)
  }

  @Test("A claim, and a word, that nobody vouches for are named by audit, and the claim by doctor while it stands")
  func named() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    let runners = try Runners(host)
    try await runners.fresh(nil).kill(at: .claimWon)
    let file = "status/claims/launch/acme.json"
    var members = try JSON.parse(Array(try #require(try host.repository.file(file)).utf8)).object ?? [:]
    let doctor = try laptop(runners)
    #expect(try await !doctor.posthorn("doctor").output.contains(file))
    members["seal"] = nil
    var word = BurstWord(commit: try host.repository.upstream.git("rev-parse", "main"), by: "x", at: .distantPast, host: "x", version: "0")
    word.seal = nil
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try host.repository.push([file: JSON.object(members).text(), BurstWord.file: String(decoding: word.bytes(), as: UTF8.self)])
    let found = try await doctor.posthorn("doctor")
    #expect(found.status == 1 && found.output.contains("schedule/\(file)") && found.output.contains("it has no seal"), "\(found)")
    let audit = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(audit.status == 1 && audit.output.contains("schedule/\(file)") && audit.output.contains("seal.missing"), "\(audit)")
    #expect(audit.output.contains("schedule/\(BurstWord.file)"), "\(audit)")
    try host.repository.push([file: nil, BurstWord.file: nil])
    #expect(try await !doctor.posthorn("doctor").output.contains(file))
  }
}
