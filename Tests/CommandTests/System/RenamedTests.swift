import Schedule
import Support
import Testing

@Suite("A post that went out and gets another name, with the real program")
struct RenamedTests {
  /// A host that has published `launch` and whose clone has its records.
  private func host() async throws -> Host {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try await host.reconcile()
    #expect(host.outbox().count == 1)
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    return host
  }

  @Test("validate, both hooks, plan, status and why name the old post and the line to write, and it goes out once")
  func words() async throws {
    let host = try await host()
    let clone = host.repository.clone
    #expect(try Program.run(["hooks", "install"], in: clone.path).status == 0)
    try clone.git("mv", "schedule/posts/launch.yaml", "schedule/posts/launch-v2.yaml")
    let said = ["went out to acme as launch at ", "\"id: launch\"", "\"repeats: launch\""]
    for arguments in [["validate"], ["validate", "--since", "origin/main"], ["hooks", "run", "pre-commit"]] {
      let ending = try Program.run(arguments, in: clone.path)
      #expect(
        ending.status == 1 && (said + ["[post.renamed]"]).allSatisfy((ending.output + ending.errors).contains), "\(arguments): \(ending)")
    }
    try clone.git("commit", "-q", "--no-verify", "-m", "Another name")
    for arguments in [["validate", "--since", "origin/main", "--rev", "HEAD"], ["plan", "origin/main..HEAD"]] {
      let ending = try Program.run(arguments, in: clone.path)
      #expect(said.allSatisfy(ending.output.contains), "\(arguments): \(ending)")
    }
    let plan = try Program.run(["plan", "origin/main..HEAD", "--format", "json"], in: clone.path)
    #expect(plan.output.contains("\"change\": \"hold\"") && !plan.output.contains("\"add\""))
    let hooked = try Program.run(["hooks", "install", "--server", "--state", host.state], in: host.repository.upstream.path)
    #expect(hooked.status == 0, "\(hooked)")
    let refusal = try #require(throws: ProgramFailure.self) { try clone.git("push", "-q", "origin", "main") }
    #expect((said + ["[post.renamed]", "the push is refused"]).allSatisfy(refusal.output.contains), "\(refusal.output)")
    try host.repository.upstream.git("config", "core.hooksPath", "/nowhere")
    try clone.git("push", "-q", "origin", "main")
    for _ in 1...2 { try await host.reconcile(exit: 1) }
    #expect(host.outbox().count == 1)
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    for command in ["status", "why"] {
      let ending = try Program.run([command, "launch-v2"], in: clone.path)
      #expect(
        (said + ["held"]).allSatisfy {
          ending.output.replacing("\n", with: " ").split(separator: " ").joined(separator: " ").contains(
            $0.split(separator: " ").joined(separator: " "))
        }, "\(ending)")
    }
    let retry = try await host.posthorn("retry", "launch-v2")
    #expect(retry.status == 3 && retry.errors.contains("--again"), "\(retry)")
    #expect(try await host.posthorn("retry", "launch-v2", "--again").status == 0)
    try await host.reconcile()
    #expect(host.outbox().count == 2)
  }

  @Test("A renamed file with other words is warned of, and goes out; with repeats: nobody is warned")
  func reworded() async throws {
    let host = try await host()
    let clone = host.repository.clone
    try clone.git("mv", "schedule/posts/launch.yaml", "schedule/posts/launch-v2.yaml")
    let text = try Posthorn.text(clone.path + "/schedule/posts/launch-v2.yaml").replacing("Doors open.", with: "Doors opened.")
    try clone.commit(["schedule/posts/launch-v2.yaml": text])
    let warning = try Program.run(["validate", "--since", "origin/main"], in: clone.path)
    #expect(warning.status == 0 && warning.output.contains("[post.reworded]") && warning.output.contains("as launch at"), "\(warning)")
    try clone.commit(["schedule/posts/launch-v2.yaml": text + "repeats: launch\n"])
    #expect(try !Program.run(["validate", "--since", "origin/main"], in: clone.path).output.contains("post.re"))
    try clone.git("push", "-q", "origin", "HEAD:main")
    try await host.reconcile()
    #expect(host.outbox().count == 2)
  }

  @Test("An account's file that is renamed with its posts: what went out to it is told as out, and does not go out again")
  func account() async throws {
    let host = try await host()
    let clone = host.repository.clone
    try clone.git("mv", "schedule/accounts/acme.yaml", "schedule/accounts/news.yaml")
    let text = try Posthorn.text(clone.path + "/schedule/posts/launch.yaml").replacing("[acme]", with: "[news]")
    try clone.commit(["schedule/posts/launch.yaml": text])
    let ending = try Program.run(["validate", "--since", "origin/main"], in: clone.path)
    #expect(
      ending.status == 0 && ending.output.contains("news is acme under a new name") && ending.output.contains("[post.published]"),
      "\(ending)")
    #expect(try Program.run(["plan", "origin/main..HEAD"], in: clone.path).output.contains("went out to acme as launch"))
    try clone.git("push", "-q", "origin", "HEAD:main")
    try await host.reconcile(exit: 1)
    #expect(host.outbox().count == 1 && host.outbox("news").isEmpty)
  }

  @Test(
    "While it is being sent, its new name waits for how that ends: it goes out once, or under the new name where it was refused",
    arguments: [200, 503])
  func underWay(status: Int) async throws {
    let gate = Gate()
    let receiver = try Receiver { $0.number == 1 ? .after(gate, .reply(status)) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    let daemon = try await host.daemon()
    await receiver.waitForArrivals(1)
    let text = try Posthorn.text(host.repository.clone.path + "/schedule/posts/launch.yaml")
    try host.repository.push(["posts/launch.yaml": nil, "posts/v2.yaml": text])
    daemon.wake()
    try await daemon.until("the hold's record") {
      try host.status("v2")?.deliveries.first?.reason?.contains("it is going out to hook as launch") == true
    }
    #expect(receiver.arrivals.count == 1)
    gate.open()
    if status == 200 {
      try await daemon.until("the hold's end") {
        try host.status("v2")?.deliveries.first?.reason?.contains("it went out to hook as launch at") == true
      }
      #expect(receiver.arrivals.count == 1)
    } else {
      try await daemon.until("the new name's record") { try host.attempts("v2") == ["1 published"] }
      #expect(receiver.arrivals.count == 2)
    }
    #expect(try await daemon.stop() == 0)
  }
}
