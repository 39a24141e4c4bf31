import Foundation
import Support
import Testing

@Suite("A loose object that a power cut left truncated")
struct CutObjectTests {
  @Test("Row 39: a host that has read the repository before names it when it starts again, does not wait, and goes on once it is whole")
  func restart() async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600)])
    try await host.reconcile()
    for name in ["main", "main^{tree}", "main:schedule", "main:schedule/accounts/acme.yaml"] {
      let id = try host.repository.upstream.git("rev-parse", name)
      let path = "\(host.repository.upstream.path)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: path)
      for length in [2, whole.count / 2, whole.count - 1] {
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        #expect(try pass(host).contains(path), "\(name) cut at \(length)")
      }
      try whole.write(to: URL(fileURLWithPath: path))
    }
    try host.repository.push(["posts/next.yaml": post()])
    try await host.reconcile()
    #expect(try host.attempts("next") == ["1 published"])
  }

  @Test(
    "Row 39: a command that only reads names it as well, and does not wait",
    arguments: [
      "status", "why launch", "history", "validate --rev main", "plan main..main", "audit", "calendar", "export ics", "doctor",
    ])
  func reading(command: String) async throws {
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": post(due: 3600)])
    let id = try host.repository.upstream.git("rev-parse", "main^{tree}")
    let path = "\(host.repository.upstream.path)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    try whole.dropLast().write(to: URL(fileURLWithPath: path))
    let words = command.split(separator: " ").map(String.init)
    let failure = #expect(throws: ProgramFailure.self) {
      try run(
        ["timeout", "20", Posthorn.path] + words + ["--repo", host.repository.url, "--state", host.state],
        environment: ["HOME": host.home.path])
    }
    #expect(failure?.status == (command == "doctor" ? 1 : 3), "\(String(describing: failure))")
    #expect(failure?.output.contains("\(path) is no whole object") == true, "\(String(describing: failure))")
  }

  /// What a pass says that has to fail, and to end by itself.
  private func pass(_ host: Host) throws -> String {
    do {
      return try run(["timeout", "20", Posthorn.path, "reconcile"] + host.options, environment: ["HOME": host.home.path])
    } catch let failure as ProgramFailure {
      #expect(failure.status == 3, "\(failure)")
      return failure.output
    }
  }
}
