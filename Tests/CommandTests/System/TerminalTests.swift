import Foundation
import Glibc
import Schedule
import Support
import Testing

@Suite("Nothing that others wrote reaches a terminal as it is")
struct TerminalTests {
  /// Colour, title, C1, DEL, line separators, direction: what YAML allows in text, and what it does not.
  private static let allowed = "\u{202E}evil\u{2066}\u{200F}\u{061C}"
  private static let refused = "\u{1B}]0;owned\u{7}\u{1B}[31m\u{9B}31m\u{7F}\u{85}"
  private static let hostile = refused + allowed

  @Test("Every command escapes what stands in posts, paths, authors, branches, records, and in a receiver's answer")
  func commands() async throws {
    let receiver = try Receiver { _ in
      .reply(400, headers: ["retry-after": Self.hostile.filter { $0 != "\u{85}" }], body: Array(#"{"error": "\#(Self.hostile)"}"#.utf8))
    }
    defer { receiver.stop() }
    let host = try Host([
      "accounts/hook.yaml": webhook(receiver.url("/in"), "handle: \"\(Self.allowed)\""), "accounts/acme.yaml": outbox,
      "accounts/bad\(Self.hostile).yaml": outbox,
      "posts/launch.yaml": post(to: "hook", caption: "\"\(Self.allowed)\"", "title: \"\(Self.allowed)\""),
      "posts/later.yaml": post(due: 9000, "suspend: {reason: \"\(Self.allowed)\"}"),
      "posts/\(Self.hostile).yaml": post(due: 9000, "id: named"),
      "posts/broken.yaml": "caption: \(Self.hostile)\n\(Self.hostile): x\n",
      "posts/wrong.yaml": post("\"\(Self.allowed)\": x", "grace: \"\(Self.allowed)\""),
    ])
    let clone = host.repository.clone
    let base = try clone.git("rev-parse", "HEAD")
    try await host.login("hook")
    try host.reconcileForged(Self.hostile)
    let passes = [try await host.posthorn("reconcile", "--verbose"), try await host.posthorn("reconcile")]
    #expect(receiver.arrivals.count == 1 && passes[0].errors.contains("\\u{1B}"))
    try clone.git("pull", "-q", "--rebase", "origin", "main")
    try clone.git("checkout", "-q", "-b", "b\(Self.allowed)")

    let commands: [[String]] = [
      ["validate"], ["validate", "--format", "json"], ["validate", "--rev", "HEAD"], ["validate", "--rev", Self.hostile], ["plan"],
      ["plan", "\(base)..HEAD"], ["plan", "--format", "json"], ["plan", "\(Self.hostile)..HEAD"], ["status"], ["status", "launch"],
      ["status", "forged"], ["status", Self.hostile], ["status", "--format", "json"], ["status", "--stuck"], ["history"],
      ["history", "forged"],
      ["history", "--format", "json"], ["hooks", "run", "pre-commit"], ["hooks", "install"], ["new", "--id", Self.hostile], ["init"],
      ["validate", "--explain", Self.hostile], ["--\(Self.hostile)"], ["calendar"], ["calendar", "--week", "today"],
      ["calendar", "--timezone", Self.hostile], ["calendar", "--month", Self.hostile], ["export", "ics"], ["export", "csv"],
      ["export", "json"], ["export", Self.hostile], ["import", "csv", Self.hostile], ["import", "twitter-together", Self.hostile],
    ]
    for command in commands {
      var ending = try await Posthorn.run(command, in: clone.path, environment: ["HOME": host.home.path])
      if command[0] == "export" { ending.output = ending.output.replacing("\r\n", with: "\n") }  // As their formats have it.
      // A sheet is read by a program, and has the author's words as they are.
      if command == ["export", "csv"] { ending.output.unicodeScalars.removeAll { Self.allowed.unicodeScalars.contains($0) } }
      #expect(soiled(ending).isEmpty, "\(command): \(soiled(ending))")
      #expect(!ending.output.isEmpty || !ending.errors.isEmpty || ending.status == 0)
    }
    for command in [
      ["account", "list"], ["account", "login", Self.hostile], ["doctor"], ["doctor", "--format", "json"], ["retry", Self.hostile],
      ["retry", "nothing"], ["resolve", "launch", "hook", Self.hostile, "--published"], ["resume", "--burst", Self.hostile],
      ["reconcile", "--branch", Self.hostile],
    ] {
      let ending = try await Posthorn.run(command + host.options, environment: ["HOME": host.home.path])
      #expect(soiled(ending).isEmpty, "\(command): \(soiled(ending))")
    }
    for ending in passes { #expect(soiled(ending).isEmpty, "reconcile: \(soiled(ending))") }
    let subjects = try host.repository.upstream.git("log", "--author=Posthorn", "--format=%B", "main")
    #expect(soiled(subjects).isEmpty && !subjects.isEmpty)
    for (name, text) in try host.repository.files(under: "status/") { #expect(soiled(text).isEmpty, "\(name)") }
    for (name, text) in try host.history() where name.contains("launch") { #expect(soiled(text.json.text()).isEmpty, "\(name)") }
  }

  @Test("A server's refusal of a push is shown without what it would do to a terminal")
  func refusal() async throws {
    let (host, server) = try Transport.https.host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post()])
    defer { withExtendedLifetime(server) {} }
    let hook = host.repository.upstream.path + "/hooks/pre-receive"
    try Data("#!/bin/sh\nprintf '\(Self.hostile)' >&2\nexit 1\n".utf8).write(to: URL(fileURLWithPath: hook))
    chmod(hook, 0o755)
    let daemon = try await host.daemon("--verbose")
    let line = try await daemon.line(containing: "records could not be pushed")
    #expect(soiled(line).isEmpty)
    #expect(try await daemon.stop() == 0)
    #expect(soiled(daemon.log).isEmpty && host.outbox().count == 1)
  }
}

extension Host {
  /// Records that nobody but a person who means harm commits, and an author to match.
  fileprivate func reconcileForged(_ hostile: String) throws {
    let clone = repository.clone
    let text = JSON.string(hostile).compactText()
    let status = """
      {"schema": 1, "post": "forged", "path": \(text), "state": "failed", "scheduled_at": null, "published_at": null, "reason": \(text),
      "deliveries": [{"account": "acme", "platform": \(text), "state": "failed", "reason": \(text), "attempts": 1, "next_attempt_at": null,
      "remote": {"id": \(text), "url": \(text)}, "error": {"class": "content", "code": \(text), "message": \(text)}}]}
      """
    try clone.commit([
      "schedule/status/posts/forged.json": status, "schedule/status/posts/\(hostile).json": "{\(hostile)",
      "schedule/history/2026/11/24/forged/\(hostile).1.json": "{\"schema\": \(text)}",
    ])
    try clone.git("-c", "user.name=\(hostile)", "-c", "user.email=\(hostile)", "commit", "-q", "--amend", "--reset-author", "-m", hostile)
    try clone.pushOnTop()
  }
}
