import Foundation
import Schedule
import Support
import Testing

@Suite("A pass beside a daemon")
struct PassBesideTests {
  private let server: GitDaemon

  init() throws { server = try GitDaemon() }

  /// Its repository is elsewhere, so that a daemon with a long interval learns of a push from a pass alone.
  private func remoteHost(_ files: [String: String]) throws -> Host { try Host(try server.repository("team", files: files)) }

  @Test("It returns when what is due is out, recorded and pushed, and says what a pass alone says")
  func waits() async throws {
    let host = try remoteHost(["accounts/acme.yaml": outbox, "posts/later.yaml": post(due: 3600)])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    #expect(try await host.reconcile().output == "nothing was due\n")
    try host.repository.push(["posts/one.yaml": post(), "posts/two.yaml": post(caption: "Two.")])
    let ending = try await host.reconcile()
    #expect(ending.output == "2 published\n", "\(ending)\n\(daemon.log)")
    #expect(try host.attempts("one") == ["1 published"] && host.attempts("two") == ["1 published"])
    #expect(try host.status("two")?.state.rawValue == "published")
    let again = try await host.posthorn("reconcile", "--format", "json")
    #expect(again.status == 0 && again.output.contains(#""outcomes": {}"#), "\(again)")
    #expect(try await daemon.stop() == 0)
  }

  @Test("It ends as a pass alone does: with 1 where something ended badly or is held for a person, with 3 where upstream is gone")
  func codes() async throws {
    let host = try remoteHost(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    try host.repository.push(["posts/missed.yaml": post(due: -7200)])
    #expect(try await host.reconcile(exit: 1).output == "1 missed\n")
    #expect(try await host.reconcile().output == "nothing was due\n")
    try host.repository.push(["posts/bad.yaml": post() + "colour: red\n"])
    #expect(try await host.reconcile(exit: 1).output.contains("1 due and held"))
    try FileManager.default.moveItem(atPath: host.repository.upstream.path, toPath: host.repository.upstream.path + ".away")
    #expect(try await host.reconcile(exit: 3).output.contains("upstream could not be read"))
    try FileManager.default.moveItem(atPath: host.repository.upstream.path + ".away", toPath: host.repository.upstream.path)
    #expect(try await host.reconcile(exit: 1).output.contains("1 due and held"))
    #expect(try await daemon.stop() == 0)
  }

  @Test("A push that is refused is in the report, and what could not be pushed is pushed by the next pass")
  func refused() async throws {
    let host = try remoteHost(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    try host.repository.push(["posts/one.yaml": post()])
    let hook = host.repository.upstream.path + "/hooks/pre-receive"
    try "#!/bin/sh\necho closed for today\nexit 1\n".write(toFile: hook, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
    let ending = try await host.reconcile(exit: 3)
    #expect(ending.output.contains("1 published") && ending.output.contains("records could not be pushed"), "\(ending)")
    try FileManager.default.removeItem(atPath: hook)
    try await host.reconcile()
    #expect(try host.attempts("one") == ["1 published"])
    #expect(try await daemon.stop() == 0)
  }

  @Test("With --no-wait it has the daemon fetch, and returns")
  func noWait() async throws {
    let host = try remoteHost(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    try host.repository.push(["posts/one.yaml": post()])
    let ending = try await host.posthorn("reconcile", "--no-wait")
    #expect(ending.status == 0 && ending.output.isEmpty && ending.errors.contains("pid \(daemon.process)"), "\(ending)")
    try await daemon.until("the record") { try host.attempts("one") == ["1 published"] }
    #expect(try await daemon.stop() == 0)
    // Nobody listens: it is a pass of its own.
    try host.repository.push(["posts/two.yaml": post(caption: "Two.")])
    #expect(try await host.posthorn("reconcile", "--no-wait").output == "1 published\n")
  }

  @Test("Several that wait at once each get the whole answer")
  func several() async throws {
    let host = try remoteHost(["accounts/acme.yaml": outbox])
    let daemon = try await host.daemon(interval: "1h")
    _ = try await daemon.line(containing: "adopted")
    try host.repository.push(["posts/one.yaml": post()])
    async let first = host.reconcile()
    async let second = host.reconcile()
    async let third = host.reconcile()
    _ = try await (first, second, third)
    #expect(try host.attempts("one") == ["1 published"])
    #expect(try await daemon.stop() == 0)
  }

  @Test("What is due and held for a person is a finding of every pass within its grace; a suspension and what is over are none")
  func heldAlone() async throws {
    let cases: [(files: [String: String], status: Int32)] = [
      (["posts/x.yaml": post() + "colour: red\n"], 1),
      (["posts/x.yaml": post(), "posts/y.yaml": post() + "id: x\n"], 1),
      (["posts/x.yaml": post(), "posts/X.yaml": post(caption: "Other.") + "id: y\n"], 1),
      (["posts/x.yaml": post(to: "hook"), "accounts/hook.yaml": webhook("https://hooks.example.com/x")], 1),
      (["posts/x.yaml": post(), "accounts/acme.yaml": outbox + "colour: red\n"], 1),
      (["posts/x.yaml": post(due: 3600), "accounts/acme.yaml": outbox + "colour: red\n"], 0),
      (["posts/x.yaml": post() + "suspend: true\n"], 0), (["posts/x.yaml": post(due: 3600) + "colour: red\n"], 0),
      (["posts/x.yaml": post(due: -7200) + "colour: red\n"], 0),
    ]
    for (files, status) in cases {
      let host = try Host(["accounts/acme.yaml": outbox].merging(files) { $1 })
      let ending = try await host.posthorn("reconcile")
      #expect(ending.status == status, "\(files): \(ending)")
    }
  }
}
