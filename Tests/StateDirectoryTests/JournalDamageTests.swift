import StateDirectory
import Testing

@Suite("A journal that a crash or the disk has changed")
struct JournalDamageTests {
  let temporary: TemporaryFolder
  let state: Folder
  let journal: Folder

  init() throws {
    temporary = try TemporaryFolder()
    state = try temporary.state
    journal = try state.folder("journal")
  }

  @Test("Row 23: cut anywhere in its newest segment, it keeps the entries before the cut and saves the rest aside")
  func truncated() async throws {
    let bodies = try await fill(12)
    let (name, whole) = try newest()
    let older = bodies.count - (try entries(inSegment: whole))
    for cut in 0..<whole.count {
      try put(Array(whole[..<cut]), at: journal.path(of: name))
      var found: [[UInt8]] = []
      let first = try Journal.open(in: state, limits: .tiny) { found.append($0.body) }
      #expect(found == Array(bodies[..<found.count]), "cut at \(cut)")
      #expect(found.count >= older, "cut at \(cut)")
      if let torn = first.recovery.tornTail { #expect(whole[..<cut].suffix(try bytes(at: torn).count) == (try bytes(at: torn))[...]) }
      await first.close()
      #expect(try Journal.read(in: state) { _ in }.entries == found.count, "the second start, after a cut at \(cut)")
    }
  }

  @Test("Row 23: cut anywhere in an older segment it is damaged and says so, unless only the seal is gone")
  func olderTruncated() async throws {
    _ = try await fill(12)
    let name = try #require(try journal.list().first { $0.hasPrefix("segment-") })
    let whole = try bytes(at: journal.path(of: name))
    for cut in whole.indices {
      try put(Array(whole[..<cut]), at: journal.path(of: name))
      do throws(StateError) {
        #expect(try Journal.read(in: state) { _ in }.entries == 12)
        #expect(cut == whole.count - 36)
      } catch {
        guard case .damaged = error.reason else { throw error }
      }
    }
  }

  @Test("Row 24: one flipped bit anywhere is named, and nothing is replayed as good; only a seal at the very end may go without loss")
  func flipped() async throws {
    let bodies = try await fill(12)
    for name in try journal.list() where name != "ballast" {
      let whole = try bytes(at: journal.path(of: name))
      for place in whole.indices {
        var changed = whole
        changed[place] ^= 1 << UInt8(place % 8)
        try put(changed, at: journal.path(of: name))
        var found: [[UInt8]] = []
        do throws(StateError) {
          _ = try Journal.read(in: state) { found.append($0.body) }
          #expect(found == bodies, "\(name) at \(place)")
        } catch {
          guard case .damaged(let offset, _, _) = error.reason else { throw error }
          #expect(offset <= place, "\(name) at \(place)")
          #expect(error.path == journal.path(of: name), "\(name) at \(place)")
        }
      }
      try put(whole, at: journal.path(of: name))
    }
  }

  @Test("Damage is named with file and place, and starting again changes nothing")
  func damage() async throws {
    _ = try await fill(12)
    let (name, whole) = try newest()
    var changed = whole
    changed[60] ^= 1
    try put(changed, at: journal.path(of: name))
    for _ in 0..<2 {
      let error = #expect(throws: StateError.self) { try Journal.open(in: state, limits: .tiny) { _ in } }
      #expect(error?.description.hasPrefix("\(journal.path(of: name)) is damaged at byte 48: ") == true)
    }
    #expect(try bytes(at: journal.path(of: name)) == changed)
  }

  @Test("Zeros that a crash left at the end are no damage and hide none", arguments: [1, 35, 36, 4096])
  func zeros(count: Int) async throws {
    let bodies = try await fill(12)
    let (name, whole) = try newest()
    try put(whole + Array(repeating: 0, count: count), at: journal.path(of: name))
    let opened = try Journal.open(in: state, limits: .tiny) { _ in }
    #expect(opened.recovery.entries == bodies.count)
    #expect(opened.recovery.tornTail == nil)
    await opened.close()

    var hidden = whole
    hidden.replaceSubrange(48..<60, with: Array(repeating: 0, count: 12))
    try put(hidden, at: journal.path(of: name))
    #expect(throws: StateError.self) { try Journal.open(in: state, limits: .tiny) { _ in } }
  }

  @Test("Zeros behind an older segment's entries, which a crash left there, are no damage, and entries that turned into zeros are")
  func olderZeros() async throws {
    let bodies = try await fill(12)
    let name = try #require(try journal.list().first { $0.hasPrefix("segment-") })
    let whole = try bytes(at: journal.path(of: name))
    try put(whole + Array(repeating: 0, count: 4096), at: journal.path(of: name))
    #expect(try Journal.read(in: state) { _ in }.entries == bodies.count)
    try put(whole.prefix(whole.count / 2) + Array(repeating: 0, count: whole.count), at: journal.path(of: name))
    #expect(throws: StateError.self) { try Journal.read(in: state) { _ in } }
    try put(Array(whole.prefix(48)) + Array(repeating: 0, count: whole.count), at: journal.path(of: name))
    #expect(throws: StateError.self) { try Journal.read(in: state) { _ in } }
  }

  @Test("A group of which a power cut kept only the later pages is a tear: nobody was told that it was durable")
  func lostPage() async throws {
    let opened = try Journal.open(in: state, limits: .small) { _ in }
    try await opened.append([Array("kept".utf8)], as: .claim)
    let before = 48 + 36 + 4 + 36  // the segment's header, the entry, and its seal; zeros follow
    try await opened.append([Array(repeating: 1, count: 5000), Array(repeating: 2, count: 5000)], as: .claim)
    await opened.close()
    var (name, whole) = try newest()
    whole.removeLast(36)  // the seal is written after the flush
    whole.replaceSubrange(before..<before + 4096, with: Array(repeating: 0, count: 4096))
    try put(whole, at: journal.path(of: name))
    let again = try Journal.open(in: state, limits: .small) { _ in }
    #expect(again.recovery.entries == 1)
    #expect(again.recovery.tornTail != nil)
  }

  @Test(
    "Row 25: a segment that is missing, foreign or doubled is refused by name",
    arguments: ["first", "middle", "last", "head", "foreign", "copied", "doubled", "all"])
  func segments(fault: String) async throws {
    _ = try await fill(12)
    let names = try journal.list().filter { $0.hasPrefix("segment-") }
    try #require(names.count >= 3)
    var blamed = names[1]
    switch fault {
    case "first":
      try journal.remove(names[0])
      blamed = names[1]
    case "middle": try journal.remove(names[1])
    case "last":
      blamed = names[names.count - 1]
      try journal.remove(blamed)
    case "all":
      for name in names { try journal.remove(name) }
      blamed = names[names.count - 1]
    case "head":
      try journal.remove("head")
      blamed = names[0]
    case "foreign":
      let other = try TemporaryFolder()
      _ = try await Self.fill(12, in: try other.state)
      try put(try bytes(at: other.path + "/state/journal/" + names[1]), at: journal.path(of: names[1]))
    case "copied": try put(try bytes(at: journal.path(of: names[0])), at: journal.path(of: names[1]))
    default:
      blamed = names[0] + "-copy"
      try put(try bytes(at: journal.path(of: names[0])), at: journal.path(of: blamed))
    }
    let error = #expect(throws: StateError.self) { try Journal.open(in: state, limits: .tiny) { _ in } }
    #expect(error?.path == journal.path(of: blamed))
    guard case .damaged = error?.reason else {
      Issue.record("not damage: \(String(describing: error))")
      return
    }
  }

  @Test("Of the tails that crashes tore off the newest eight are kept")
  func fewTails() async throws {
    _ = try await fill(12)
    for tail in 1...12 {
      let (name, whole) = try newest()
      try put(whole + Array(repeating: UInt8(tail), count: tail), at: journal.path(of: name))
      let opened = try Journal.open(in: state, limits: .tiny) { _ in }
      await opened.close()
    }
    let tails = try journal.list().filter { $0.hasPrefix("torn-") }
    let sizes = try tails.map { try bytes(at: journal.path(of: $0)).count }
    #expect(sizes.sorted() == Array(5...12))
  }

  @Test("Letting go of what a checkpoint covers may be interrupted at any segment")
  func interruptedRemoval() async throws {
    let bodies = try await fill(12)
    let last = try #require(try journal.list().last { $0.hasPrefix("segment-") })
    while let oldest = try journal.list().first(where: { $0.hasPrefix("segment-") }), oldest != last {
      var found: [[UInt8]] = []
      let opened = try Journal.open(in: state, after: 11, limits: .tiny) { found.append($0.body) }
      #expect(found == [bodies[11]] && opened.recovery.last == 12)
      await opened.close()
      try journal.remove(oldest)
    }
  }

  private func fill(_ count: Int) async throws -> [[UInt8]] { try await Self.fill(count, in: state) }

  private static func fill(_ count: Int, in state: Folder) async throws -> [[UInt8]] {
    let opened = try Journal.open(in: state, limits: .tiny) { _ in }
    let bodies = (0..<count).map { Array("entry \($0) \(String(repeating: "y", count: $0 * 3))".utf8) }
    for body in bodies { try await opened.append([body], as: .claim) }
    await opened.close()
    return bodies
  }

  private func newest() throws -> (name: String, bytes: [UInt8]) {
    let name = try #require(try journal.list().last { $0.hasPrefix("segment-") })
    return (name, try bytes(at: journal.path(of: name)))
  }

  /// How many entries the segment holds: each group here is one entry and its seal, and each has the mark of a frame.
  private func entries(inSegment bytes: [UInt8]) throws -> Int {
    bytes.indices.filter { bytes[$0...].starts(with: Array("PHRF".utf8)) }.count / 2
  }
}
