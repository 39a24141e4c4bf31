import Schedule
import StateDirectory

extension FuzzTarget {
  /// Journals, in two ways: the bytes of a segment as they are, and frames with whatever numbers and bodies but the right checksums.
  static let journal = [
    FuzzTarget("segment") { bytes in try readJournal(segment: bytes, newest: 1, covered: 0) },
    FuzzTarget("journal") { bytes in
      var script = Script(bytes)
      let covered = script.number(usually: 0)
      let newest = script.number(usually: 1)
      try readJournal(segment: script.segment(), newest: newest, covered: covered)
    },
  ]

  private static func readJournal(segment: [UInt8], newest: UInt64, covered: UInt64) throws {
    let state = try Scratch.folder()
    let folder = try state.folder("journal")
    for name in try folder.list() { try folder.remove(name) }
    try Scratch.put(segment, "journal/segment-0000000001")
    try Scratch.put(sealed(little(0x3144_4845_4E52_4850) + id + little(newest)), "journal/head")
    var first: [JournalEntry] = []
    var observed = Observed()
    do {
      let found = try Journal.read(in: state, after: covered) { first.append($0) }
      for entry in first {
        guard let event = try? Event(bytes: entry.body) else { break }  // the start would end here, with the entry's number
        try apply(event, to: &observed)
      }
      var again: [JournalEntry] = []
      let repaired = try Journal.repair(in: state, after: covered) { again.append($0) }
      try expect(again == first && repaired.last == found.last, "two looks at one journal differ")
      again = []
      let reread = try Journal.read(in: state, after: covered) { again.append($0) }
      try expect(again == first && reread.last == found.last, "a mended journal holds something else")
    } catch let error as StateError {
      try expect(error.isDamage, "a journal that is damaged gives \(error)")
    }
  }

  /// The id of all journals here.
  private static let id = [UInt8](0..<16)

  private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var checksum = CRC32C()
    checksum.update(bytes)
    return bytes + little(checksum.value)
  }

  /// Input as instructions for a segment.
  private struct Script {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    private mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// `usual` after an even byte, otherwise any number.
    mutating func number(usually usual: UInt64) -> UInt64 {
      guard byte() & 1 == 1 else { return usual }
      return (0..<8).reduce(0) { number, _ in number << 8 | UInt64(byte()) }
    }

    mutating func segment() -> [UInt8] {
      let first = number(usually: 1)
      var segment = sealed(little(0x3147_4553_4E52_4850 as UInt64) + little(1 as UInt32) + id + little(1 as UInt64) + little(first))
      var next = first
      while !rest.isEmpty {
        let control = byte()
        let sequence = control & 2 == 0 ? next : number(usually: next)
        let flushed = control & 4 == 0 ? next : number(usually: 1)
        let isSeal = control & 1 == 1
        let count = Int(byte()) | Int(control & 0x30) << 4
        let body = isSeal ? [] : Array(rest.prefix(count))
        rest = rest.dropFirst(body.count)
        segment += frame(isSeal ? 2 : 1, sequence, flushed, body, isBroken: control & 8 != 0)
        if !isSeal { next = sequence &+ 1 }
      }
      return segment
    }

    private func frame(_ kind: UInt32, _ sequence: UInt64, _ flushed: UInt64, _ body: [UInt8], isBroken: Bool) -> [UInt8] {
      let head = little(0x4652_4850 as UInt32) + little(UInt32(body.count)) + little(sequence) + little(flushed) + little(kind)
      var checksum = CRC32C()
      checksum.update(id)
      checksum.update(head)
      let ofHead = checksum.value
      checksum.update(body)
      return head + little(ofHead) + little(isBroken ? ~checksum.value : checksum.value) + body
    }
  }
}
