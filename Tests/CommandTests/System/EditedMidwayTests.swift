import Schedule
import Support
import Testing

@Suite("A post that is edited while its daemon lies dead")
struct EditedMidwayTests {
  /// Where the daemon dies, from before the intent to after the record.
  static let points = [
    "intent.flushed", "commit.flushed", "call.sent", "call.answered", "outcome.flushed", "record.ref", "push.marked",
  ]

  @Test(
    "Row 62: killed anywhere, then moved, edited, removed and back under a new time: it keeps its identity and goes out once",
    arguments: points)
  func edited(point: String) async throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let text = post(to: "hook")
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/launch.yaml": text])
    try await host.login("hook")
    try await host.killed(at: point)
    for files in [
      ["posts/launch.yaml": nil, "posts/2026/launch.yaml": text.replacing("Doors open.", with: "Edited.")], ["posts/2026/launch.yaml": nil],
      ["posts/launch.yaml": post(due: -1, to: "hook")],
    ] as [[String: String?]] {
      try host.repository.push(files)
      _ = try await host.posthorn("reconcile")
    }
    // Killed after the commit point and before the outcome, nobody can tell whether it went out, so it does not again.
    let isDoubtful = ["commit.flushed", "call.sent", "call.answered"].contains(point)
    let mayHaveArrived = point != "commit.flushed"
    let end = try host.attempts("launch")
    #expect(end == ["1 published"] || (isDoubtful && end == ["1 in_doubt"]))
    #expect(receiver.arrivals.count == (mayHaveArrived ? 1 : 0))
  }

  @Test(
    "Row 62: killed before its commit point and removed it is cancelled; back again it goes out once",
    arguments: ["claim.won"])
  func removed(point: String) async throws {
    let text = post()
    let host = try Host(["accounts/acme.yaml": outbox, "posts/launch.yaml": text])
    try await host.killed(at: point)
    for file in [nil, text] {
      try host.repository.push(["posts/launch.yaml": file])
      try await host.reconcile()
    }
    #expect(try host.attempts("launch") == ["1 cancelled", "2 published"])
    #expect(host.outbox().count == 1)
  }
}

extension Host {
  /// One pass that is killed when it gets to a failpoint.
  fileprivate func killed(at point: String) async throws {
    let ending = try await Posthorn.run(["reconcile"] + options, environment: ["HOME": home.path, "POSTHORN_FAILPOINT": "\(point)=kill"])
    guard ending.status == 128 + 9 else { throw Overdue(description: "the pass was to die at \(point): \(ending)") }
  }
}
