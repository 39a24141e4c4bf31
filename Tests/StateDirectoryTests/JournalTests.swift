import StateDirectory
import Testing

@Suite("The journal")
struct JournalTests {
  let temporary: TemporaryFolder
  let state: Folder

  init() throws {
    temporary = try TemporaryFolder()
    state = try temporary.state
  }

  @Test("What was appended is there after a new start, in order and whole")
  func survives() async throws {
    let bodies: [[UInt8]] = [[1], [], Array(repeating: 7, count: 1 << 20), Array("doors open".utf8)]
    let first = try Journal.open(in: state, limits: .small) { _ in }
    #expect(try await first.append(Array(bodies[..<3]), as: .claim) == 1..<4)
    #expect(try await first.append([bodies[3]], as: .outcome, durability: .written) == 4..<5)
    await first.close()

    var found: [JournalEntry] = []
    let second = try Journal.open(in: state, limits: .small) { found.append($0) }
    #expect(found.map(\.body) == bodies)
    #expect(found.map(\.sequence) == [1, 2, 3, 4])
    #expect(second.recovery.entries == 4)
    #expect(second.recovery.tornTail == nil)
    #expect(try await second.append([[9]], as: .claim) == 5..<6)
  }

  @Test("Ten thousand that wait at once share few flushes, and every one keeps its entries together")
  func groupCommit() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    let ranges = try await withThrowingTaskGroup(of: (Int, Range<UInt64>).self) { group in
      for number in 0..<10_000 {
        group.addTask { (number, try await journal.append([text(number, 0), text(number, 1)], as: .claim)) }
      }
      return try await group.reduce(into: [Int: Range<UInt64>]()) { $0[$1.0] = $1.1 }
    }
    #expect(journal.statistics.entries == 20_000)
    #expect(journal.statistics.flushes < 2_500)
    #expect(journal.statistics.flushed == 20_000)
    await journal.close()

    var found: [UInt64: [UInt8]] = [:]
    _ = try Journal.read(in: state) { found[$0.sequence] = $0.body }
    #expect(found.count == 20_000)
    for (number, range) in ranges {
      #expect(range.count == 2)
      #expect(found[range.lowerBound] == text(number, 0))
      #expect(found[range.lowerBound + 1] == text(number, 1))
    }
  }

  @Test("One caller's entries keep the order in which it appended them")
  func order() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    var ends: [UInt64] = []
    for number in 0..<50 { ends.append(try await journal.append([text(number, 0)], as: .outcome).upperBound) }
    #expect(ends == Array(2...51))
  }

  @Test("An actor's entries keep the order of its calls, although none waits for the one before")
  func actorOrder() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    let counter = Counter(journal: journal)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2000 { group.addTask { try await counter.append() } }
      try await group.waitForAll()
    }
    await journal.close()
    var found: [[UInt8]] = []
    _ = try Journal.read(in: state) { found.append($0.body) }
    #expect(found == (1...2000).map { Array("\($0)".utf8) })
  }

  /// Numbers its entries in the step in which it appends them.
  private actor Counter {
    let journal: Journal
    var count = 0

    init(journal: Journal) { self.journal = journal }

    func append() async throws {
      count += 1
      try await journal.append([Array("\(count)".utf8)], as: .claim)
    }
  }

  @Test("An entry that waits for no flush survives the process and is on the disk after the next flush")
  func written() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    try await journal.append([[1]], as: .outcome, durability: .written)
    #expect(journal.statistics.flushes == 0)
    #expect(journal.statistics.flushed == 0)
    #expect(try Journal.read(in: state) { _ in }.last == 1)
    #expect(try await journal.flush() == 1)
    #expect(journal.statistics.flushed == 1)
  }

  @Test("A full segment is followed by another, and those that a checkpoint covers are removed")
  func rotation() async throws {
    let journal = try Journal.open(in: state, limits: .tiny) { _ in }
    for number in 0..<40 { try await journal.append([text(number, 0)], as: .claim) }
    let segments = try segmentNames()
    #expect(segments.count > 5)
    try journal.removeSegments(coveredThrough: 30)
    #expect(try segmentNames().count < segments.count)
    await journal.close()

    var found: [UInt64] = []
    let again = try Journal.open(in: state, after: 30, limits: .tiny) { found.append($0.sequence) }
    #expect(found == Array(31...40))
    #expect(try await again.append([[1]], as: .claim) == 41..<42)
  }

  @Test("Numbers that a checkpoint covers are never given again, even if their entries were lost")
  func coveredNumbers() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    try await journal.append([[1], [2]], as: .claim)
    await journal.close()
    let next = try Journal.open(in: state, after: 7, limits: .small) { _ in Issue.record("nothing is newer than the checkpoint") }
    #expect(try await next.append([[8]], as: .claim) == 8..<9)
    await next.close()
    var found: [UInt64] = []
    _ = try Journal.open(in: state, after: 7, limits: .small) { found.append($0.sequence) }
    #expect(found == [8])
  }

  @Test("A body over 1 MiB is refused, and the journal goes on")
  func tooLarge() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    let error = await #expect(throws: StateError.self) { try await journal.append([Array(repeating: 0, count: 1 << 20 + 1)], as: .claim) }
    #expect(error?.reason == .tooLarge(1 << 20 + 1, limit: 1 << 20))
    #expect(try await journal.append([[1]], as: .claim) == 1..<2)
  }

  @Test("A closed journal says so")
  func closed() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    await journal.close()
    let error = await #expect(throws: StateError.self) { try await journal.append([[1]], as: .claim) }
    #expect(error?.reason == .closed)
  }

  @Test("Entries are written over zeros that are on the disk already, which no reader minds, and a closed journal has none left")
  func writtenAhead() async throws {
    let journal = try Journal.open(in: state, limits: .small) { _ in }
    let path = try state.folder("journal").path(of: try #require(try segmentNames().first))
    try await journal.append([[1]], as: .claim)
    try await journal.flush()  // Zeros are written behind the answer.
    let room = try bytes(at: path).count
    #expect(room > 1 << 18)
    try await journal.append([[2]], as: .claim)
    try await journal.flush()
    #expect(try bytes(at: path).count == room)
    let read = try Journal.read(in: state) { _ in }
    #expect(read.entries == 2 && read.tornTail == nil)
    await journal.close()
    #expect(try bytes(at: path).count < 1000)
  }

  private func segmentNames() throws -> [String] { try state.folder("journal").list().filter { $0.hasPrefix("segment-") } }
}

/// A body that says whose it is, of a length that differs from its neighbours'.
private func text(_ number: Int, _ part: Int) -> [UInt8] {
  Array("entry \(number).\(part) \(String(repeating: "x", count: number % 37))".utf8)
}

extension Journal.Limits {
  /// Segments as usual, but no ballast and no floor: for tests that are not about space.
  static var small: Journal.Limits {
    var limits = Journal.Limits()
    (limits.floor, limits.ballast) = (0, 0)
    return limits
  }

  /// Segments of a few entries.
  static var tiny: Journal.Limits {
    var limits = small
    (limits.segment, limits.reserve) = (300, 4096)
    return limits
  }
}
