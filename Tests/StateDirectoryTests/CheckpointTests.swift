import StateDirectory
import Testing

@Suite("The checkpoint")
struct CheckpointTests {
  let temporary: TemporaryFolder
  let state: Folder
  let whole = Checkpoint(covered: 42, content: Array("all deliveries".utf8))

  init() throws {
    temporary = try TemporaryFolder()
    state = try temporary.state
  }

  @Test("What was written is read; without one there is none")
  func roundTrip() throws {
    #expect(try Checkpoint.read("observed", in: state) == nil)
    try whole.replace("observed", in: state)
    #expect(try Checkpoint.read("observed", in: state) == whole)
    let empty = Checkpoint(covered: 43, content: [])
    try empty.replace("observed", in: state)
    #expect(try Checkpoint.recover("observed", in: state) == empty)
    #expect(try state.list() == ["observed"])
  }

  @Test("One of 100 MB is read back whole")
  func large() throws {
    let large = Checkpoint(covered: 1, content: Array(repeating: 0x5A, count: 100_000_000))
    try large.replace("observed", in: state)
    #expect(try Checkpoint.read("observed", in: state) == large)
  }

  @Test("Row 26: cut anywhere, it is set aside under another name, and the error says which")
  func cut() throws {
    try whole.replace("observed", in: state)
    let good = try bytes(at: state.path(of: "observed"))
    for length in good.indices { try expectSetAside(Array(good[..<length])) }
    try expectSetAside(good + [0])
  }

  @Test("Row 26: one flipped bit anywhere, and it is set aside")
  func flipped() throws {
    try whole.replace("observed", in: state)
    let good = try bytes(at: state.path(of: "observed"))
    for place in good.indices {
      var changed = good
      changed[place] ^= 1 << UInt8(place % 8)
      try expectSetAside(changed)
    }
  }

  @Test("Only to read a damaged one moves nothing")
  func readOnly() throws {
    try put([1, 2, 3], at: state.path(of: "observed"))
    #expect(throws: StateError.self) { try Checkpoint.read("observed", in: state) }
    #expect(try state.list() == ["observed"])
  }

  private func expectSetAside(_ changed: [UInt8]) throws {
    try put(changed, at: state.path(of: "observed"))
    let error = #expect(throws: StateError.self) { try Checkpoint.recover("observed", in: state) }
    guard case .damaged(_, _, let aside?) = error?.reason else {
      Issue.record("not set aside: \(String(describing: error))")
      return
    }
    #expect(try bytes(at: aside) == changed)
    #expect(error?.description.contains("it was set aside as \(aside), and the newest 16 of such files are kept") == true)
    #expect(try !state.exists("observed"))
    try state.remove(String(aside.dropFirst(state.path.count + 1)))
  }
}
