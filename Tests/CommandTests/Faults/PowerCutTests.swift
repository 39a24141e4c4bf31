import Foundation
import Support
import Testing

@Suite("A power cut")
struct PowerCutTests {
  @Test("Row 4: between a commit point and its flush no call was made; forgotten, it runs again", arguments: [nil, 1, 2, 3] as [UInt64?])
  func commitPoint(seed: UInt64?) async throws {
    let bench = try await FaultBench()
    let broken = try await cut(try bench.copy(), at: "commit.appended", seed: seed)
    #expect(broken.arrivals == [] && broken.outbox == [], "seed \(String(describing: seed))")
    let mended = try await broken.pass()
    let (debt, history) = (try broken.debt(), try broken.history())
    #expect(debt == [], "seed \(String(describing: seed)): \(mended)")
    if seed == nil { #expect(history == ["first acme 1 published", "first hook 1 published", "second hook 1 published"]) }
  }

  @Test("Row 8: between an outcome and its flush it is settled: found, or in doubt, no repeat", arguments: [nil, 1, 2, 3] as [UInt64?])
  func outcome(seed: UInt64?) async throws {
    let bench = try await FaultBench()
    let broken = try await cut(try bench.copy(), at: "outcome.appended", seed: seed)
    let mended = try await broken.pass()
    let debt = try broken.debt()
    #expect(debt == [], "seed \(String(describing: seed)): \(mended)")
    if seed == nil { #expect(mended.status == 1 || broken.outbox.count == 1) }
  }

  @Test("At any call of a pass it leaves a state that the next pass finishes, repeating nothing")
  func anywhere() async throws {
    let bench = try await FaultBench()
    let isLong = ProcessInfo.processInfo.environment["POSTHORN_TEST_ALL_FAULTS"] != nil
    for number in stride(from: 1, to: 1000, by: isLong ? 1 : 4) {
      let broken = try bench.copy()
      var power = try PowerCut(of: broken.state)
      var variables = try Faults(.kill, below: broken.state).environment(at: number, log: broken.log)
      variables["FAULT_TRACE"] = broken.trace
      let ending = try await broken.pass(variables)
      guard let place = broken.notes.first(where: { $0.hasPrefix("!") }) else { return }
      try power.replay(broken.trace)
      try power.apply(seed: UInt64(number))
      let harm = try broken.harm()
      let mended = try await broken.pass()
      let debt = try broken.debt()
      #expect(harm + debt == [], "cut at \(place), seed \(number): \(ending)\n\(mended)")
    }
  }

  private func cut(_ broken: FaultCase, at point: String, seed: UInt64?) async throws -> FaultCase {
    var power = try PowerCut(of: broken.state)
    let variables = try Faults.tracing(broken.trace, below: broken.state).merging(["POSTHORN_FAILPOINT": "\(point)=kill"]) { $1 }
    let ending = try await broken.pass(variables)
    #expect(ending.status == 128 + 9, "\(ending)")
    try power.replay(broken.trace)
    try power.apply(seed: seed)
    return broken
  }

  @Test(
    "Rows 4, 8 and 44: on a real disk the state and the repository come back whole, and the next pass finishes",
    .enabled(if: PowerCutDisk.isPossible, "needs root, loop devices and mkfs.ext4"),
    arguments: ["commit.appended", "outcome.appended", "outcome.flushed", "record.built", "record.packed", "record.ref"])
  func disk(point: String) async throws {
    let bench = try await FaultBench()
    let disk = try PowerCutDisk(megabytes: 160)
    let broken = try bench.copy(to: disk.path)
    try disk.settle()
    let ending = try await broken.pass(["POSTHORN_FAILPOINT": "\(point)=kill"])
    #expect(ending.status == 128 + 9, "\(ending)")
    if point == "commit.appended" { #expect(broken.arrivals == []) }
    try disk.cutPower()
    let harm = try broken.harm()
    #expect(harm == [], "\(ending)")
    try broken.removeStaleLock()
    let mended = try await broken.pass()
    let debt = try broken.debt()
    #expect(debt == [], "\(ending)\n\(mended)")
  }
}
