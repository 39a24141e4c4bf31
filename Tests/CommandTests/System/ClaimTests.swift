import Failpoints
import Foundation
import Schedule
import Signatures
import Support
import Testing

extension ClaimRecord {
  /// The file, as whoever has the key writes it.
  func text(sealedWith key: SigningKey) throws -> String {
    var record = self
    record.seal = nil
    record.seal = Seal(key: key.publicKey.id, signature: try key.signature(of: Seal.message(of: record.json)))
    return record.json.text()
  }
}

/// Runners of scheduled jobs: each has an empty disk, and the same repository.
struct Runners: Sendable {
  let repository: ContentRepository
  let access: [String]
  /// What all of them seal with.
  let key = SigningKey()

  init(_ host: Host) throws {
    let file = host.repository.folder.path("seal.key")
    try host.repository.folder.write(key.pem, to: "seal.key")
    (repository, access) = (host.repository, host.access + ["--claims", "push", "--seal-key", file])
  }

  /// A runner that never ran before, logged in to `account`.
  func fresh(_ account: String? = "hook") async throws -> Host {
    let host = try Host(repository, access: access)
    if let account { try await host.login(account) }
    return host
  }

  /// Makes the claims upstream as old as they are ten minutes later.
  func age() throws {
    try repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    let past = Instant(seconds: Int64(Date().timeIntervalSince1970) - 600)
    var files: [String: String?] = [:]
    for (name, text) in try repository.files(under: "status/claims/") {
      var claim = try ClaimRecord(json: try JSON.parse(Array(text.utf8)))
      (claim.intent, claim.validUntil) = (claim.intent.repeated(as: claim.intent.attempt, at: past), past)
      files[name] = try claim.text(sealedWith: key)
    }
    try repository.push(files)
  }

  func claims() throws -> [ClaimRecord] {
    try repository.files(under: "status/claims/").values.map { try ClaimRecord(json: try JSON.parse(Array($0.utf8))) }
  }
}

@Suite("--claims push: runners without a disk, and a standby")
struct ClaimTests {
  @Test(
    "Two jobs at once, as often as cron starts them: each delivery arrives once, and the history says so",
    arguments: [Transport.ssh, .https])
  func race(_ transport: Transport) async throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let names = (1...20).map { "launch-\($0)" }
    var files = Dictionary(uniqueKeysWithValues: names.map { ("posts/\($0).yaml", post(to: "hook", caption: $0)) })
    files["accounts/hook.yaml"] = webhook(receiver.url("/in"))
    let (host, server) = try transport.host(files)
    defer { withExtendedLifetime(server) {} }
    let runners = try Runners(host)
    for _ in 1...2 {
      let (one, two) = (try await runners.fresh(), try await runners.fresh())
      async let first = one.reconcile()
      async let second = two.reconcile()
      _ = try await (first, second)
    }
    #expect(receiver.arrivals.count == names.count)
    #expect(Set(receiver.arrivals.map { $0.headers["webhook-id"] }).count == names.count)
    for name in names { #expect(try host.attempts(name) == ["1 published"]) }
    #expect(try runners.claims() == [])
    #expect(try host.strayPaths() == [])
    let audit = try await Posthorn.run(["audit", "--repo", host.repository.upstream.path], environment: ["HOME": host.home.path])
    #expect(audit.status == 0, "\(audit)")
  }

  @Test(
    "A job that is killed once its claim is pushed has sent nothing: its disk tells so where it stood; any other one waits, and is in doubt",
    arguments: [Failpoint.claimSent, .claimWon], [true, false])
  func killed(at point: Failpoint, keepsDisk: Bool) async throws {
    let (receiver, runners) = try due("dedupes: false")
    defer { receiver.stop() }
    let dead = try await runners.fresh()
    try await dead.kill(at: point)
    #expect(try runners.claims().map(\.id.post.text) == ["launch"])
    #expect(receiver.arrivals.isEmpty)
    if keepsDisk {
      try await dead.reconcile()
      #expect(try dead.attempts("launch") == ["1 published"])
      #expect(receiver.arrivals.count == 1)
    } else {
      try await runners.fresh().reconcile()
      #expect(try dead.attempts("launch") == [], "the claim still holds")
      try runners.age()
      try await runners.fresh().reconcile(exit: 1)
      #expect(try dead.attempts("launch") == ["1 in_doubt"])
      #expect(receiver.arrivals.isEmpty)
    }
    #expect(try runners.claims() == [])
  }

  @Test(
    """
    A job that is killed while it sends: once its claim has run out the next one is in doubt, unless the receiver drops repeats: then it is \
    sent again as it was, under the same id
    """,
    arguments: [(false, Failpoint.callAnswered), (true, .callAnswered), (true, .claimWon)])
  func killedAfter(dedupes: Bool, point: Failpoint) async throws {
    let (receiver, runners) = try due("dedupes: \(dedupes)")
    defer { receiver.stop() }
    let dead = try await runners.fresh()
    try await dead.kill(at: point)
    let wasSent = point == .callAnswered
    #expect(receiver.arrivals.count == (wasSent ? 1 : 0))
    try runners.age()
    try await runners.fresh().reconcile(exit: dedupes ? 0 : 1)
    #expect(try dead.attempts("launch") == [dedupes ? "1 published" : "1 in_doubt"])
    #expect(receiver.arrivals.count == (dedupes && wasSent ? 2 : 1))
    #expect(Set(receiver.arrivals.map(\.body)).count == 1)
    #expect(Set(receiver.arrivals.map { $0.headers["webhook-id"] }).count == 1)
    #expect(try runners.claims() == [])
  }

  @Test("Rows 1 and 2: a job that is killed while it takes over what another one left: the third brings it to its end, once")
  func killedTakingOver() async throws {
    let (receiver, runners) = try due("dedupes: true")
    defer { receiver.stop() }
    try await runners.fresh().kill(at: .claimWon)
    try runners.age()
    try await runners.fresh().kill(at: .takeoverRead)
    #expect(receiver.arrivals.isEmpty)
    let third = try await runners.fresh()
    try await third.reconcile()
    #expect(try third.attempts("launch") == ["1 published"])
    #expect(receiver.arrivals.count == 1)
    #expect(try runners.claims() == [])
  }

  @Test("The choice of claims is the host's, in a variable or in the file of --config too", arguments: ["variable", "file"])
  func chosen(by place: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posthorn.yaml": "record: {branch: posthorn}\n"])
    var environment = ["HOME": host.home.path]
    if place == "file" {
      try host.home.write("claims: push\n", to: "options.yaml")
      environment["POSTHORN_CONFIG"] = host.home.path("options.yaml")
    } else {
      environment["POSTHORN_CLAIMS"] = "push"
    }
    let ending = try await Posthorn.run(["reconcile"] + host.options, environment: environment)
    #expect(ending.status == 0, "\(ending)")
    #expect(try host.attempts("launch", on: "posthorn") == ["1 published"])
    let subjects = try host.repository.upstream.git("log", "--format=%s", "posthorn").split(separator: "\n")
    #expect(subjects == ["publish launch to acme", "claim launch for acme"])
    #expect(try host.repository.upstream.git("rev-list", "--count", "main") == "1")
    let other = try Host(host.repository)
    let refused = try await other.reconcile(exit: 3)
    #expect(refused.errors.contains("start it with --claims push"), "\(refused)")
  }

  @Test("Of two daemons one publishes; killed in flight, the other settles what it left and carries on")
  func standby() async throws {
    let gate = Gate()
    let receiver = try Receiver { $0.number == 1 ? .after(gate, .ok) : .ok }
    defer {
      gate.open()
      receiver.stop()
    }
    let runners = try Runners(Host(["accounts/hook.yaml": webhook(receiver.url("/in"))]))
    let hosts = [try await runners.fresh(), try await runners.fresh()]
    let daemons = [try await hosts[0].daemon(), try await hosts[1].daemon()]
    try runners.repository.push(["posts/launch.yaml": post(to: "hook")])
    for daemon in daemons { daemon.wake() }
    await receiver.waitForArrivals(1)
    let holder = try #require(try runners.claims().first).incarnation
    let dead = try hosts[0].incarnation() == holder ? 0 : 1
    try await daemons[dead].crash()
    try runners.age()
    let (heir, host) = (daemons[1 - dead], hosts[1 - dead])
    heir.wake()
    try await heir.until("the settled record") { try host.attempts("launch") == ["1 in_doubt"] }
    try runners.repository.push(["posts/next.yaml": post(to: "hook")])
    heir.wake()
    try await heir.until("the next record") { try host.attempts("next") == ["1 published"] }
    _ = try await heir.stop()
    #expect(receiver.arrivals.count == 2)
  }

  @Test("A claim that the server refuses publishes nothing, and the job says why and ends with 3")
  func refused() async throws {
    let (receiver, server) = (try Receiver(), try GitDaemon())
    defer { receiver.stop() }
    let repository = try server.repository(
      "team", files: ["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    let hook = "\(repository.upstream.path)/hooks/pre-receive"
    try Data("#!/bin/sh\necho 'nobody pushes on a Friday'\nexit 1\n".utf8).write(to: URL(fileURLWithPath: hook))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    let host = try Host(repository, access: ["--claims", "push"])
    try await host.login("hook")
    let ending = try await host.reconcile(exit: 3)
    #expect(ending.output.contains("could not be claimed") && ending.output.contains("nobody pushes on a Friday"), "\(ending)")
    #expect(receiver.arrivals.isEmpty)
    #expect(try repository.upstream.git("rev-list", "--count", "main") == "1")
  }

  @Test(
    "A kind of claims that is none is refused, wherever it stands, with what was meant",
    arguments: [(["--claims", "pusch"], nil), ([], "pusch")] as [([String], String?)])
  func misspelt(_ flags: [String], variable: String?) async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    let ending = try await Posthorn.run(
      ["reconcile"] + host.options + flags,
      environment: ["HOME": host.home.path].merging(variable.map { ["POSTHORN_CLAIMS": $0] } ?? [:]) { $1 })
    #expect(ending.status == 2)
    #expect(ending.errors.contains(#"did you mean "push"?"#), "\(ending)")
  }

  @Test("A work tree without an upstream is no place for claims")
  func workTree() async throws {
    let host = try Host(["accounts/acme.yaml": outbox])
    try host.repository.clone.git("remote", "remove", "origin")
    let alone = try Host(host.repository, repo: host.repository.clone.path, access: ["--claims", "push"])
    let ending = try await alone.posthorn("reconcile")
    #expect(ending.status == 2)
    #expect(ending.errors.contains("work tree without an upstream"), "\(ending)")
  }

  /// A repository with one post that is due to a webhook account.
  private func due(_ setting: String) throws -> (Receiver, Runners) {
    let receiver = try Receiver()
    // It is late, so that a claim can be older than the time that an answer is waited for.
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in"), setting), "posts/launch.yaml": post(due: -1200, to: "hook")])
    return (receiver, try Runners(host))
  }
}

extension Host {
  /// One pass that is killed at a failpoint.
  func kill(at point: Failpoint) async throws {
    let ending = try await Posthorn.run(
      ["reconcile"] + options, environment: ["HOME": home.path, "POSTHORN_FAILPOINT": "\(point.rawValue)=kill"])
    guard ending.status == 128 + SIGKILL else { throw Overdue(description: "it was to be killed at \(point): \(ending)") }
  }

  /// The id of its state directory.
  fileprivate func incarnation() throws -> String {
    String(try String(contentsOfFile: state + "/incarnation", encoding: .utf8).prefix { $0 != " " })
  }
}
