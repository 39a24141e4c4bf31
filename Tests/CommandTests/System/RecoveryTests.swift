import Foundation
import Schedule
import Support
import Testing

@Suite("What a lost state directory, a rewritten branch or too much at once can do")
struct RecoveryTests {
  @Test("A new state directory learns from the history upstream: what went out does not go out again")
  func learns() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(), "posts/next.yaml": post(due: 3600)])
    try await host.reconcile()
    try FileManager.default.removeItem(atPath: host.state)
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
    #expect(host.outbox() == [])
    #expect(try host.attempts("next") == [])
  }

  @Test("What was due before a new state directory was made, and has no record, is asked about and never sent blindly")
  func unaccounted() async throws {
    let receiver = try Receiver { _ in .reply(200) }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "accounts/acme.yaml": outbox, "posts/first.yaml": post()])
    try await host.reconcile()
    try FileManager.default.removeItem(atPath: host.state)
    try host.repository.push(["posts/launch.yaml": post(to: "hook")])
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 in_doubt"])
    #expect(receiver.arrivals.isEmpty)
  }

  @Test("On a repository without records a first start publishes what is due")
  func first() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
  }

  @Test("Row 37: a branch that was rewritten arms nothing, its old tip is kept, and the error says what to do")
  func rewritten() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600)])
    try await host.reconcile()
    let old = try host.repository.upstream.git("rev-parse", "main")
    let tree = try host.repository.upstream.git("rev-parse", "main^{tree}")
    let other = try host.repository.upstream.git("commit-tree", "-m", "another history", tree)
    try host.repository.upstream.git("update-ref", "refs/heads/main", other)
    let ending = try await host.posthorn("reconcile")
    #expect(ending.status == 3 && ending.output.contains("was rewritten") && ending.output.contains("resume --rewritten"), "\(ending)")
    #expect(try host.repository.upstream.git("rev-parse", "refs/posthorn/kept/\(old)") == old)
    #expect(host.outbox() == [])
  }

  @Test(
    "doctor, status and who is told of holds name both commits of a branch that was rewritten, until a person names the one to go on from")
  func rewrittenIsSaid() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/ops.yaml": outbox, "posthorn.yaml": "notify: [{on: [held], account: ops}]\n",
      "posts/launch.yaml": post(due: 3600),
    ])
    try host.repository.push(["posts/later.yaml": post(due: 7200, caption: "Later.")])
    try await host.reconcile()
    let (upstream, clone) = (host.repository.upstream, host.repository.clone)
    let old = try upstream.git("rev-parse", "main")
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "running")
    let before = try await host.posthorn("doctor")
    #expect(!before.output.contains("was rewritten"), "\(before)")
    try clone.git("reset", "-q", "--hard", "HEAD~1")
    try clone.git("push", "-q", "--force", "origin", "HEAD:main")
    let tip = try upstream.git("rev-parse", "main")
    let place = ["--repo", upstream.path, "--state", host.state]
    let hook = try await Posthorn.run(
      ["hooks", "run", "post-receive"] + place, environment: ["HOME": host.home.path], input: "\(old) \(tip) refs/heads/main\n")
    let command = "posthorn resume --rewritten \(tip.prefix(12))"
    let words = [String(old.prefix(12)), String(tip.prefix(12)), command]
    #expect(hook.status == 0 && words.allSatisfy(hook.errors.contains), "\(hook)")
    _ = try await daemon.line(containing: command)
    let doctor = try await host.posthorn("doctor")
    #expect(doctor.status == 1 && words.allSatisfy(doctor.output.contains), "\(doctor)")
    let status = try await Posthorn.run(["status", "--exit-code"] + place, environment: ["HOME": host.home.path])
    #expect(status.status == 1 && words.allSatisfy(status.errors.contains), "\(status)")
    try await daemon.until("the notice") { host.outbox("ops").count == 1 }
    let pass = try await host.reconcile(exit: 3)
    #expect(words.allSatisfy(pass.output.contains), "\(pass)")
    let refused = try await host.posthorn("resume", "--rewritten", String(old.prefix(12)))
    #expect(refused.status == 3 && refused.errors.contains(command), "\(refused)")
    let said = try await host.posthorn("resume", "--rewritten", String(tip.prefix(12)))
    #expect(said.status == 0, "\(said)")
    try await daemon.until("what is cancelled") { try host.attempts("later") == ["1 cancelled"] }
    #expect(try await daemon.stop() == 0)
    let after = try await Posthorn.run(["status", "--exit-code"] + place, environment: ["HOME": host.home.path])
    #expect(after.status == 0 && !after.errors.contains("rewritten"), "\(after)")
    let doctorAfter = try await host.posthorn("doctor")
    #expect(!doctorAfter.output.contains("was rewritten"), "\(doctorAfter)")
    #expect(host.outbox("ops").count == 1)
  }

  @Test("More than the policy lets through at once is held until a person lets it go")
  func burst() async throws {
    let host = try Host([
      "accounts/acme.yaml": outbox, "posthorn.yaml": "policy: {burst: 2}\n", "posts/a.yaml": post(), "posts/b.yaml": post(),
      "posts/c.yaml": post(),
    ])
    #expect(try await host.reconcile(exit: 1).output.contains("3 due and held"))
    let reason = try #require(try host.status("a")?.deliveries.first?.reason)
    let commit = try #require(reason.split(separator: " ").last.map(String.init))
    #expect(reason.contains("posthorn resume --burst") && host.outbox() == [])
    #expect(try await host.posthorn("resume", "--burst", commit).status == 0)
    try await host.reconcile()
    #expect(host.outbox().count == 3)
  }

  @Test("Who is named in notify is told of a failure, and the failed delivery is not called again")
  func notified() async throws {
    let receiver = try Receiver { _ in .reply(400) }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/hook.yaml": webhook(receiver.url("/in")), "accounts/ops.yaml": outbox, "posts/launch.yaml": post(to: "hook"),
      "posthorn.yaml": "notify: [{on: [failed], account: ops}]\n",
    ])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 failed"])
    #expect(host.outbox("ops").count == 1)
    #expect(receiver.arrivals.count == 1)
    #expect(try host.history().count == 1)
  }

  @Test("A doubt is notified once, and the pass in which it ends in doubt ends with 1 (I8)")
  func doubtNotified() async throws {
    let receiver = try Receiver { _ in .hangUp }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/hook.yaml": webhook(receiver.url("/in")), "accounts/ops.yaml": outbox, "posts/launch.yaml": post(to: "hook"),
      "posthorn.yaml": "notify: [{on: [in_doubt], account: ops}]\n",
    ])
    try await host.login("hook")
    #expect(try await host.reconcile(exit: 1).output == "1 in_doubt\n")
    let told = try Posthorn.text(host.state + "/outbox/ops/" + (host.outbox("ops").first ?? ""))
    #expect(told.contains("in_doubt: launch to hook") && told.contains("posthorn resolve launch hook"))
    try await host.reconcile()
    #expect(host.outbox("ops").count == 1 && receiver.arrivals.count == 1)
  }

  @Test("A doubt is told after a kill, though it was recorded before: its mark waits until whoever is named was told (I8)")
  func doubtToldLate() async throws {
    let gate = Gate()
    let receiver = try Receiver { $0.target == "/in" ? .hangUp : $0.number == 2 ? .after(gate, .ok) : .ok }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in")), "accounts/ops.yaml": webhook(receiver.url("/ops")),
      "posts/launch.yaml": post(to: "hook"), "posthorn.yaml": "record: {interval: 0s}\nnotify: [{on: [in_doubt], account: ops}]\n",
    ])
    for account in ["hook", "ops"] { try await host.login(account) }
    let daemon = try await host.daemon()
    try await daemon.until("the record, and a notification on its way") {
      try receiver.arrivals.count == 2 && host.attempts("launch") == ["1 in_doubt"]
    }
    try host.repository.push(["posts/second.yaml": post()])
    try await daemon.until("the next record, which is made once the marks of this one are written") { try !host.attempts("second").isEmpty }
    try await daemon.crash()
    gate.open()
    _ = try await daemon.end()

    try await host.reconcile(exit: 1)
    let told = receiver.arrivals.filter { $0.target == "/ops" }
    #expect(told.count == 2 && Set(told.map { $0.headers["webhook-id"] }).count == 1, "the same one again")
    try await host.reconcile()
    #expect(receiver.arrivals.count == 3, "what was told is not told again")
    #expect(try host.attempts("launch") == ["1 in_doubt"])
  }

  @Test("A hold is notified once it keeps something back, and once only, however many passes find it")
  func holdNotified() async throws {
    let hook = try Receiver()
    defer { hook.stop() }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/ops.yaml": webhook(hook.url("/ops")), "posts/launch.yaml": post(due: 4, "suspend: true"),
      "posthorn.yaml": "notify: [{on: [held], account: ops}]\n",
    ])
    try await host.login("ops")
    // It is recorded as held before it is due; that tells nobody.
    let daemon = try await host.daemon()
    try await daemon.until("the notification") { !hook.arrivals.isEmpty }
    #expect(try await daemon.stop() == 0)
    for _ in 1...2 { try await host.reconcile() }
    #expect(hook.arrivals.count == 1)
    #expect(String(decoding: hook.arrivals[0].body, as: UTF8.self).contains("held: launch to acme"))
  }
}
