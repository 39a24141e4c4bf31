import Foundation
import Schedule
import Support
import Testing

@Suite("A person's word")
struct WordTests {
  @Test(
    "What was missed goes out when a person says so, at once where a daemon runs and with the next pass otherwise",
    arguments: [true, false])
  func retryMissed(besideDaemon: Bool) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -7200)])
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 missed"])
    if besideDaemon {
      let daemon = try await host.daemon(interval: "1h")
      #expect(try await host.posthorn("retry", "launch").status == 0)
      try await daemon.until("the publication's record") { try host.attempts("launch").count == 3 }
      #expect(try await daemon.stop() == 0)
    } else {
      #expect(try await host.posthorn("retry", "launch", "acme").status == 0)
      try await host.reconcile()
    }
    #expect(try host.attempts("launch") == ["1 missed", "2 retrying", "3 published"])
  }

  @Test("What went out is not sent again, whoever asks")
  func retryPublished() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    try await host.reconcile()
    let ending = try await host.posthorn("retry", "launch")
    #expect(ending.status == 3 && ending.errors.contains("what went out is never sent again"), "\(ending)")
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 published"])
  }

  @Test("A word that changes nothing is answered by how things stand, and with what a person can do", arguments: [true, false])
  func objections(besideDaemon: Bool) async throws {
    let receiver = try Receiver { arrival in .reply(arrival.target == "/busy" ? 503 : 500) }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/acme.yaml": outbox, "accounts/hook.yaml": webhook(receiver.url("/in")),
      "accounts/busy.yaml": webhook(receiver.url("/busy")),
      "posts/out.yaml": post(), "posts/doubt.yaml": post(to: "hook"), "posts/later.yaml": post(due: 3600),
      "posts/again.yaml": post(to: "busy"),
      "posts/quiet.yaml": post() + "suspend: {reason: legal}\n", "posts/bad.yaml": post() + "colour: red\n",
    ])
    for account in ["hook", "busy"] { try await host.login(account) }
    try await host.reconcile(exit: 1)
    let daemon = besideDaemon ? try await host.daemon(interval: "1h") : nil
    if let daemon { _ = try await daemon.line(containing: "running") }
    for (words, answer) in [
      (["retry", "nobody"], "there is no post nobody at"), (["retry", "latr"], "did you mean later?"),
      (["retry", "out"], "out to acme was published at"), (["retry", "out", "hook"], "out does not go to hook, but to acme"),
      (["retry", "doubt"], "posthorn resolve doubt hook --published"),
      (["retry", "later"], "later to acme has not been tried yet, and goes out by itself at"),
      (["retry", "again"], "again to busy is tried again by itself at"), (["retry", "quiet"], "suspended: legal"),
      (["retry", "bad"], "colour"),
      (["resolve", "out", "acme", "--published"], "out to acme was published at"),
      (["resolve", "later", "acme", "--not-published"], "only what is in doubt is resolved"),
      (["resolve", "nobody", "acme", "--published"], "there is no post nobody"),
    ] {
      let ending = try await Posthorn.run(words + host.options, environment: ["HOME": host.home.path])
      #expect(ending.status == 3 && ending.errors.contains(answer), "\(words): \(ending)")
    }
    if let daemon { #expect(try await daemon.stop() == 0) }
  }

  @Test("On a host that never published, nothing is made, and the one that does is named")
  func elsewhere() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: -7200)])
    try await host.reconcile(exit: 1)
    try host.repository.clone.git("pull", "-q", "origin", "main")
    let publisher = try run(["hostname"]).trimmingCharacters(in: .whitespacesAndNewlines)
    for words in [
      ["retry", "launch"], ["resolve", "launch", "acme", "--published"], ["resume", "--clock"], ["resume", "--burst", "1234567"],
    ] {
      let laptop = try TemporaryFolder("laptop")
      let ending = try await Posthorn.run(
        words + ["--repo", host.repository.clone.path, "--state", laptop.path("state")], environment: ["HOME": laptop.path])
      #expect(ending.status == 3 && ending.errors.contains("\(publisher) publishes from this repository"), "\(words): \(ending)")
      #expect(!FileManager.default.fileExists(atPath: laptop.path("state")))
    }
  }

  @Test("The history, why and status tell whose word it is: as git knows them, else the login on this host", arguments: [true, false])
  func saidBy(isKnownToGit: Bool) async throws {
    let receiver = try Receiver { $0.number == 1 ? .reply(500) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    let person = isKnownToGit ? "Ada \"Countess\" Lovelace <ada@example.org>" : "somebody@"
    if isKnownToGit {
      try host.repository.upstream.git("config", "user.name", "Ada \"Countess\" Lovelace")
      try host.repository.upstream.git("config", "user.email", "ada@example.org")
    }
    let daemon = isKnownToGit ? try await host.daemon(interval: "1h") : nil
    if let daemon { _ = try await daemon.line(containing: "running") }
    #expect(try await host.posthorn("resolve", "launch", "hook", "--not-published").status == 0)
    if let daemon {
      try await daemon.until("the word's record") { try host.attempts("launch").count == 2 }
    } else {
      try await host.reconcile()
    }
    let place = ["--repo", host.repository.upstream.path, "--state", host.state]
    let commands = [["history", "launch"], ["why", "launch"], ["status", "launch"], ["status", "launch", "--format", "json"]]
    for command in commands {
      let told = try await Posthorn.run(command + place, environment: ["HOME": host.home.path, "COLUMNS": "200"])
      let name = command.contains("json") ? person.replacing("\"", with: "\\\"") : person
      #expect(told.output.contains(name) && told.output.contains(command.contains("json") ? "said_by" : "said by"), "\(command): \(told)")
    }
    #expect(try await host.posthorn("retry", "launch").status == 0)
    if let daemon {
      try await daemon.until("the publication") { try host.attempts("launch").count == 4 }
    } else {
      try await host.reconcile()
    }
    if let daemon { #expect(try await daemon.stop() == 0) }
    let records = try host.history().values.sorted { $0.attempt < $1.attempt }
    #expect(records.map(\.outcome) == [.inDoubt, .failed, .retrying, .published])
    #expect(records.map { $0.saidBy?.hasPrefix(person) } == [nil, true, true, nil])
    let after = try await Posthorn.run(["status", "launch"] + place, environment: ["HOME": host.home.path])
    #expect(!after.output.contains("said by"), "\(after)")
    let audit = try await Posthorn.run(["audit", "--repo", host.repository.url], environment: ["HOME": host.home.path])
    #expect(audit.status == 0, "\(audit)")
  }

  @Test("A doubt ends by a person's word, which is an attempt of its own in the history", arguments: [true, false])
  func resolve(isPublished: Bool) async throws {
    let receiver = try Receiver { _ in .reply(500) }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile(exit: 1)
    #expect(try host.attempts("launch") == ["1 in_doubt"])
    #expect(try await host.posthorn("retry", "launch").status == 3)
    let word = isPublished ? ["--published", "https://example.com/1"] : ["--not-published"]
    #expect(try await host.posthorn("resolve", "launch", "hook", word[0], word.count > 1 ? word[1] : "-q").status == 0)
    try await host.reconcile()
    #expect(try host.attempts("launch") == ["1 in_doubt", isPublished ? "2 published" : "2 failed"])
    #expect(receiver.arrivals.count == 1)
    #expect(try host.status("launch")?.deliveries.first?.remote?.url == (isPublished ? "https://example.com/1" : nil))
  }
}
