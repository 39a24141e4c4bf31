import Engine
import Schedule
import StateDirectory

extension FuzzTarget {
  /// Bytes of the state directory behind a right checksum: another version's, or somebody's.
  static let state = [
    FuzzTarget("event") { bytes in
      guard let event = try? Event(bytes: bytes) else { return }  // refusing is the point
      try expect(try Event(bytes: event.bytes) == event, "an event does not come back")
      var observed = Observed()
      try apply(event, to: &observed)
      try apply(event, to: &observed)
    },
    FuzzTarget("observed") { bytes in
      guard var observed = try? Observed(bytes: bytes) else { return }  // refusing is the point
      try expect(try Observed(bytes: observed.bytes) == observed, "what has happened does not come back")
      try expect(try Observed(bytes: observed.packed().bytes) == observed.packed(), "what was packed does not come back")
      for (id, observation) in observed.live {
        _ = observation.nextAttempt
        try? observed.apply(.delivery(id, .armed(scheduledAt: observation.scheduledAt)))  // not every phase arms again
      }
    },
    FuzzTarget("desired") { bytes in
      if let saved = try? DesiredFile.Saved(base: bytes) {  // refusing is the point
        try expect(try DesiredFile.Saved(base: saved.bytes) == saved, "the schedule does not come back")
      }
      if let delta = try? Delta(bytes: bytes) {  // here too
        try expect(try Delta(bytes: delta.bytes) == delta, "what changed in the schedule does not come back")
      }
    },
    FuzzTarget("checkpoint") { bytes in
      let scratch = try Scratch.folder()
      // Half of the inputs are whole files; in the others everything but the content is right.
      if bytes.first.map({ $0 & 1 == 0 }) ?? true {
        try Scratch.put(Array(bytes.dropFirst()), "checkpoint")
      } else {
        try Checkpoint(covered: UInt64(bytes.count), content: Array(bytes.dropFirst())).replace("checkpoint", in: scratch)
      }
      do {
        guard let checkpoint = try Checkpoint.read("checkpoint", in: scratch) else { throw Finding(description: "a checkpoint is gone") }
        try checkpoint.replace("checkpoint", in: scratch)
        try expect(try Checkpoint.read("checkpoint", in: scratch) == checkpoint, "a checkpoint does not come back")
      } catch let error as StateError {
        try expect(error.isDamage, "a checkpoint that is damaged gives \(error)")
      }
    },
  ]

  static func apply(_ event: Event, to observed: inout Observed) throws {
    do { try observed.apply(event) } catch { return }  // refused: it cannot follow what came before
    try expect(try Observed(bytes: observed.bytes) == observed, "what an event leads to does not come back")
  }
}

extension StateError {
  var isDamage: Bool {
    if case .damaged = reason { true } else { false }
  }
}
