import Foundation
import Schedule
import Support
import Testing

@Suite("Two daemons that were made to send the same post")
struct DoubledPassTests {
  @Test("A double by a copy and a wrong word ends as an alarm: exit code, status, why, doctor and audit say it, until somebody has looked")
  func doubled() async throws {
    let gate = Gate()
    let receiver = try Receiver { $0.number == 2 ? .after(gate, .ok) : .ok }
    defer { receiver.stop() }
    let host = try Host(["accounts/hook.yaml": webhook(receiver.url("/in")), "posts/first.yaml": post(to: "hook")])
    try await host.login("hook")
    try await host.reconcile()
    let copy = try Host(host.repository)
    try run(["cp", "-a", host.state, copy.state])
    try host.repository.clone.git("pull", "-q", "--rebase", "origin", "main")
    try host.repository.push(["posts/launch.yaml": post(due: 0, to: "hook")])

    async let first = host.posthorn("reconcile")
    try await eventually("the call of the first one") { receiver.arrivals.count == 2 }
    // Somebody takes the first one, which is in its call, for gone.
    let word = try await copy.posthorn("resume", "--take-over")
    #expect(word.status == 0, "\(word)")
    try await copy.reconcile()
    #expect(receiver.arrivals.count == 3)
    gate.open()
    let ending = try await first
    #expect(ending.status == 1 && ending.output.contains("1 delivery was recorded twice and may have gone out twice"), "\(ending)")
    #expect(ending.errors.contains("two daemons recorded the same attempt") && ending.errors.contains("attempt=1"), "\(ending)")

    let repo = ["--repo", host.repository.url]
    for command in [["status"], ["status", "launch"], ["status", "--stuck"], ["why", "launch"]] {
      let said = try await Posthorn.run(command + repo)
      #expect(said.output.contains("posthorn resolve launch hook --seen"), "\(command): \(said)")
    }
    for host in [host, copy] {
      let doctor = try await host.posthorn("doctor")
      #expect(doctor.status == 1 && doctor.output.contains("attempt 1 of launch to hook was published"), "\(doctor)")
    }
    let audit = try await Posthorn.run(["audit"] + repo)
    #expect(audit.status == 1 && audit.output.contains("history.double"), "\(audit)")
    #expect(audit.output.contains("posthorn resolve launch hook --seen") && !audit.output.contains("status."), "\(audit)")

    let seen = try await host.posthorn("resolve", "launch", "hook", "--seen")
    #expect(seen.status == 0 && seen.errors.contains("somebody has looked at launch to hook"), "\(seen)")
    for host in [host, copy] {
      let doctor = try await host.posthorn("doctor")
      #expect(!doctor.output.contains("launch to hook"), "\(doctor)")
    }
    let clean = try await Posthorn.run(["audit"] + repo)
    #expect(clean.status == 0, "\(clean)")
    #expect(try await Posthorn.run(["status", "launch"] + repo).output.contains("--seen") == false)
  }
}
