import Support
import Testing

@Suite("A disk that fails at any call of a pass")
struct DiskFaultTests {
  @Test("Row 18: space that is missing once: the pass goes on, or says what it could not do; the next one finishes")
  func fullOnce() async throws {
    try await Sweep { Faults(.enospc, of: Faults.Call.filling, below: $0.folder) }.run(unfinished)
  }

  @Test("Row 18: space that is missing for ever: nothing new goes out, the pass ends with 3, and once there is room it is finished")
  func fullForever() async throws {
    try await Sweep(first: 10, stride: 5) { Faults(.enospc, of: Faults.Call.filling, below: $0.state, isForever: true) }.run(unfinished)
  }

  @Test("Row 20: a flush of ours that fails once stops everything, the exit is not 0, and the next start writes its state anew")
  func flush() async throws {
    try await Sweep { Faults(.eio, of: Faults.Call.flushes, below: $0.state) }.run { broken, ending in
      ending.status == 3 ? [] : ["it ended with \(ending.status)"]
    }
  }

  @Test("Row 21: a flush in git that fails once is reported or the record is whole: no branch leads to a missing object")
  func gitFlush() async throws {
    try await Sweep { Faults(.eio, of: Faults.Call.flushes, below: $0.team.path) }.run(unfinished)
  }

  @Test("Row 21: flushes in git that fail for ever are reported, publishing goes on, and no branch leads to a missing object")
  func gitFlushForever() async throws {
    let bench = try await FaultBench()
    for number in 1...100 {
      let broken = try bench.copy()
      let faults = Faults(.eio, of: Faults.Call.flushes, below: broken.team.path, isForever: true)
      let daemon = try await broken.daemon(try faults.environment(at: number, log: broken.log))
      try await daemon.until("the publications") { broken.arrivals.count == 2 && broken.outbox.count == 1 }
      try await daemon.until("the end of recording") { try daemon.log.contains("could not be pushed") || broken.debt() == [] }
      try await daemon.crash()
      guard let place = broken.notes.first(where: { $0.hasPrefix("!") }) else {
        #expect(number > 5)
        return
      }
      let harm = try broken.harm()
      #expect(harm == [], "after a fault at \(place): \(daemon.log)")
      _ = try await broken.pass()
      let debt = try broken.debt()
      #expect(debt == [], "mended after a fault at \(place): \(daemon.log)")
    }
  }

  @Test("Rows 18 and 22: a rename that is done and says that it failed is looked at again, and taken for what it is")
  func lateRename() async throws {
    try await Sweep { Faults(.late, of: [.rename], below: $0.folder) }.run(unfinished)
  }

  @Test("Row 22: a folder whose flush fails after a rename is looked at again: right whether the rename lasted or not")
  func folderFlush() async throws {
    try await Sweep { Faults(.eio, of: [.fsyncFolder], below: $0.folder) }.run(unfinished)
  }

  @Test("A write of which half is taken is continued")
  func short() async throws {
    try await Sweep { Faults(.short, of: [.write, .pwrite], below: $0.state) }.run { broken, ending in
      ending.status == 0 ? try broken.debt() : ["it ended with \(ending.status)"]
    }
  }

  @Test("Killed at any call that changes a file, the next pass finishes and repeats nothing")
  func killed() async throws {
    try await Sweep(stride: 5) { Faults(.kill, below: $0.folder) }.run { broken, ending in
      ending.status == 128 + 9 ? [] : ["it ended with \(ending.status)"]
    }
  }

  /// Work that was left undone although the pass says that all is well, or an end that is none of ours.
  @Sendable private func unfinished(_ broken: FaultCase, _ ending: Posthorn.Ending) throws -> [String] {
    switch ending.status {
    case 0: try broken.debt()
    case 1, 3: []
    default: ["it ended with \(ending.status)"]
    }
  }
}
