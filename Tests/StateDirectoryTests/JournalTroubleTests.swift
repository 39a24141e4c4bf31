import Foundation
import Glibc
import Support
import Testing

@testable import StateDirectory

@Suite("A journal on a disk in trouble")
struct JournalTroubleTests {
  @Test(
    "Row 20: after a failed write or flush nothing is accepted any more; a new start finds what had been promised",
    arguments: [Trouble.write, .flush])
  func stopped(trouble: Trouble) async throws {
    let temporary = try TemporaryFolder()
    let state = try temporary.state
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    try await journal.append([[1]], as: .claim)
    try await journal.flush()  // The seal of the first group is written behind its answer, and must not be what fails.
    try trouble.strike(state.path + "/journal/segment-0000000001")

    let first = await #expect(throws: StateError.self) { try await journal.append([[2]], as: .outcome) }
    #expect(first?.errno == (trouble == .write ? EBADF : EINVAL))
    #expect(journal.failure == first)
    for kind in [Journal.Kind.claim, .outcome] {
      let later = await #expect(throws: StateError.self) { try await journal.append([[3]], as: kind) }
      guard case .stopped = later?.reason else {
        Issue.record("not stopped: \(String(describing: later))")
        return
      }
    }
    await journal.close()
    var found: [[UInt8]] = []
    _ = try Journal.open(in: try temporary.state, limits: .small) { found.append($0.body) }
    #expect(found == [[1]])
  }

  @Test(
    "Row 19: on a full disk nothing new begins, outcomes still land, and it goes on by itself once there is room",
    .enabled(if: SmallDisk.isPossible, "needs root to mount a file system"))
  func full() async throws {
    let disk = try SmallDisk(size: "8m")
    let state = try Folder(at: disk.path + "/state")
    var limits = Journal.Limits()
    (limits.segment, limits.reserve, limits.floor, limits.ballast) = (1 << 20, 64 << 10, 1 << 20, 1 << 20)
    let journal = try Journal.open(in: state, limits: limits) { _ in }
    try await journal.append([[1]], as: .claim)
    #expect(try state.folder("journal").exists("ballast"))

    try disk.fill("filler")
    let refused = await #expect(throws: StateError.self) { try await journal.append([[2]], as: .claim) }
    guard case .noRoom = refused?.reason else {
      Issue.record("not for want of room: \(String(describing: refused))")
      return
    }
    // More than the reserve, so the ballast is given up for it.
    for number in 0..<40 { try await journal.append([Array(repeating: UInt8(number), count: 30_000)], as: .outcome) }
    #expect(try !state.folder("journal").exists("ballast"))
    var written = 41
    while (try? await journal.append([Array(repeating: 0, count: 30_000)], as: .outcome)) != nil { written += 1 }
    #expect(journal.failure == nil)

    #expect(unlink(disk.path + "/filler") == 0)
    #expect(try await journal.append([[3]], as: .claim) == UInt64(written + 1)..<UInt64(written + 2))
    #expect(try state.folder("journal").exists("ballast"))
    await journal.close()
    #expect(try Journal.read(in: state) { _ in }.entries == written + 1)
  }

  @Test("A start that was killed half-way is finished by the next one", arguments: Interruption.allCases)
  func interrupted(at point: Interruption) async throws {
    let temporary = try TemporaryFolder()
    let state = try temporary.state
    let folder = try state.folder("journal")
    let entries = try await point.leave(in: state, folder)
    for _ in 0..<2 {
      let journal = try Journal.open(in: state, limits: .small) { _ in }
      #expect(journal.recovery.entries == entries)
      await journal.close()
    }
    #expect(try folder.list().filter { $0.hasPrefix(".") }.isEmpty)
  }

  enum Interruption: CaseIterable, Sendable {
    case beforeHead, temporaryLeft, segmentBeforeHead, segmentCutBeforeHead

    /// Leaves the journal as a process that was killed there would.
    func leave(in state: Folder, _ folder: Folder) async throws -> Int {
      switch self {
      case .beforeHead:
        try Segment(journal: .random(), number: 1, first: 1).create(in: folder)
        return 0
      case .temporaryLeft:
        try put([1, 2, 3], at: folder.path(of: Folder.temporaryPrefix + "1"))
        return 0
      case .segmentBeforeHead, .segmentCutBeforeHead:
        let journal = try Journal.open(in: state, limits: .small) { _ in }
        try await journal.append([[1], [2]], as: .claim)
        await journal.close()
        let head = try #require(try JournalHead.read(in: folder))
        try Segment(journal: head.journal, number: 2, first: 3).create(in: folder)
        if self == .segmentCutBeforeHead { try put([1, 2, 3], at: folder.path(of: Segment.name(2))) }
        return 2
      }
    }
  }

  /// What befalls the descriptor through which a segment is written.
  enum Trouble: Sendable {
    case write, flush

    func strike(_ path: String) throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      let victim = try #require(
        names.compactMap(Int32.init).first { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path })
      var pipe: [Int32] = [0, 0]
      #expect(Glibc.pipe(&pipe) == 0)
      // The reading end refuses a write; the writing end takes it and refuses the flush. The reading end stays open for that.
      #expect(dup2(self == .write ? pipe[0] : pipe[1], victim) == victim)
      close(pipe[1])
    }
  }
}
