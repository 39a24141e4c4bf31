import Glibc

/// One entry of the journal, as it was appended.
public struct JournalEntry: Equatable, Sendable {
  /// Its place in the order of all entries, from 1, without gaps.
  public let sequence: UInt64
  public let body: [UInt8]
}

/// Reads a journal without changing it (F5).
struct JournalReader {
  let folder: Folder
  /// Entries up to this number are in the checkpoint; segments that hold nothing newer are not read.
  let covered: UInt64

  /// What reading found out, and writing on needs to know.
  struct Result {
    var head: JournalHead?
    /// All segments, oldest first.
    var segments: [Segment] = []
    /// The number of the last entry, or `covered` if that is greater.
    var last: UInt64
    /// The number of the last entry in the segments.
    var written: UInt64 = 0
    /// Of the newest segment: its valid frames, the bytes after them that a crash tore, and whether the last frame seals them.
    var frames: ArraySlice<UInt8> = []
    var torn: ArraySlice<UInt8> = []
    var isSealed = false
  }

  func read(_ replay: (JournalEntry) -> Void) throws(StateError) -> Result {
    guard covered <= Segment.plausible.upperBound else {
      throw damage(JournalHead.name, 0, "a checkpoint covers entry \(covered), which no journal reaches")
    }
    var result = Result(head: try JournalHead.read(in: folder), last: covered)
    let numbers = try segmentNumbers()
    guard let head = result.head else {
      try refuseOrphans(numbers)
      return result
    }
    result.segments = try headers(of: numbers, head: head, torn: &result.torn)
    guard let oldest = result.segments.first else {
      guard head.newest == 1 || covered > 0 else {
        throw damage(Segment.name(head.newest), 0, "its header is cut off, and nothing is before it")
      }
      return result
    }
    guard let start = result.segments.lastIndex(where: { $0.first <= covered + 1 }) else {
      throw damage(oldest.name, 0, "it begins with entry \(oldest.first); those from \(covered + 1) on are missing")
    }
    var expected = result.segments[start].first
    for segment in result.segments[start...] {
      let isNewest = segment.number == max(head.newest, result.segments.last?.number ?? 0)
      let content = try content(of: segment, isNewest: isNewest, expected: &expected, replay)
      if isNewest { (result.frames, result.torn, result.isSealed) = content }
    }
    result.written = expected - 1
    result.last = max(covered, result.written)
    return result
  }
}

// MARK: What is in a segment

extension JournalReader {
  private typealias Content = (frames: ArraySlice<UInt8>, torn: ArraySlice<UInt8>, isSealed: Bool)

  private func content(
    of segment: Segment, isNewest: Bool, expected: inout UInt64, _ replay: (JournalEntry) -> Void
  ) throws(StateError) -> Content {
    let bytes = try File(segment.name, in: folder, O_RDONLY).readAll(limit: .max)
    guard segment.first == expected else {
      throw damage(segment.name, 36, "it begins with entry \(segment.first) instead of \(expected)")
    }
    var (next, sealed) = (expected, false)
    let end = try withBytes(of: bytes) { buffer throws(StateError) in
      let end = try frames(of: segment, buffer, &next, &sealed, replay)
      // Entries that turned into zeros would be missed by the next segment, or are a tear.
      if !buffer.isZero(from: end) { try refuseDamage(in: segment, buffer, at: end, expected: next, isNewest: isNewest) }
      return end
    }
    expected = next
    let last = bytes.withUnsafeBytes { $0.endOfContent(after: end) }
    let torn = last == end ? [] : bytes[end..<min(bytes.count, last + Frame.headerSize)]  // zeros may belong to it
    return (bytes[Segment.headerSize..<end], torn, sealed)
  }

  /// Replays the frames up to the first bad one, and answers where that is.
  private func frames(
    of segment: Segment, _ bytes: UnsafeRawBufferPointer, _ expected: inout UInt64, _ sealed: inout Bool, _ replay: (JournalEntry) -> Void
  ) throws(StateError) -> Int {
    let seed = segment.journal.checksum
    var offset = Segment.headerSize
    while offset < bytes.count {
      let frame: Frame
      switch Frame.read(bytes, at: offset, seed: seed) {
      case .badHeader: return offset
      case .badBody(let frame):
        guard frame.length <= Frame.largestBody else { throw damage(segment.name, offset, "an entry of \(frame.length) bytes") }
        return offset
      case .frame(let whole): frame = whole
      }
      guard frame.sequence == expected else {
        throw damage(segment.name, offset, "entry \(frame.sequence) stands where \(expected) belongs")
      }
      if frame.kind == .entry {
        if expected > covered {
          replay(JournalEntry(sequence: expected, body: Array(bytes.slice(offset + Frame.headerSize, frame.length))))
        }
        expected += 1
      }
      sealed = frame.kind == .seal && frame.flushed == expected
      offset += frame.size
    }
    return offset
  }

  /// A tear is a bad place at the very end of the journal, or one with nothing after it that says it had been flushed.
  ///
  /// A crash may keep the second page of a group and lose the first, so a valid frame after a bad one is not yet damage: it is damage if
  /// the frame was written when the bad one had already reached the disk.
  private func refuseDamage(
    in segment: Segment, _ bytes: UnsafeRawBufferPointer, at offset: Int, expected: UInt64, isNewest: Bool
  ) throws(StateError) {
    guard isNewest else { throw damage(segment.name, offset, "its record does not match its checksum, and later segments follow") }
    let proof = Frame.search(bytes, after: offset, seed: segment.journal.checksum) { $0.flushed > expected }
    if let proof { throw damage(segment.name, offset, "its record does not match its checksum, and a whole one follows at \(proof)") }
  }
}

// MARK: Which segments there are

extension JournalReader {
  static func oldestEntry(in folder: Folder) throws(StateError) -> UInt64? {
    guard let oldest = try Self(folder: folder, covered: 0).segmentNumbers().first else { return nil }
    return try File(Segment.name(oldest), in: folder, O_RDONLY).read(Segment.headerSize).withUnsafeBytes(Segment.init(header:))?.first
  }

  private func segmentNumbers() throws(StateError) -> [UInt64] {
    var numbers: [UInt64] = []
    for name in try folder.list() {
      guard let parsed = Segment.number(in: name) else { continue }
      guard let number = parsed else { throw damage(name, 0, "it is named like a segment but is none of this journal's") }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  /// Without a head there is at most the first segment, still empty: a journal whose making was interrupted.
  private func refuseOrphans(_ numbers: [UInt64]) throws(StateError) {
    guard let first = numbers.first else { return }
    let path = folder.path(of: Segment.name(first))
    let size = try File(Segment.name(first), in: folder, O_RDONLY).status().st_size
    guard numbers == [1], size <= Segment.headerSize else {
      throw StateError("read", path, .damaged(offset: 0, why: "the journal's file \"head\" is missing beside it"))
    }
  }

  /// The headers of all segments, each checked against its name, the journal and its neighbours.
  private func headers(of numbers: [UInt64], head: JournalHead, torn: inout ArraySlice<UInt8>) throws(StateError) -> [Segment] {
    guard let oldest = numbers.first, let newest = numbers.last, newest >= head.newest else {
      throw damage(Segment.name(head.newest), 0, "the segment is missing")
    }
    var segments: [Segment] = []
    for number in oldest...newest {
      guard numbers.count > segments.count, numbers[segments.count] == number else {
        throw damage(Segment.name(number), 0, "the segment is missing")
      }
      let file = try File(Segment.name(number), in: folder, O_RDONLY)
      let bytes = try file.read(Segment.headerSize)
      if number == newest, bytes.count < Segment.headerSize {
        // Cut short of its header. What it held is a torn tail, unless it was not yet in use.
        if number == head.newest { torn = bytes[...] }
      } else {
        segments.append(try header(of: number, bytes, size: Int(try file.status().st_size), head: head))
      }
    }
    return segments
  }

  private func header(of number: UInt64, _ bytes: [UInt8], size: Int, head: JournalHead) throws(StateError) -> Segment {
    let name = Segment.name(number)
    guard let segment = bytes.withUnsafeBytes(Segment.init(header:)) else { throw damage(name, 0, "its header's checksum does not fit") }
    guard segment.journal == head.journal else {
      throw damage(name, 12, "it belongs to journal \(segment.journal), this one is \(head.journal)")
    }
    guard segment.number == number else { throw damage(name, 28, "it is segment \(segment.number) under another name") }
    guard number <= head.newest + 1 else { throw damage(name, 0, "the journal's file \"head\" does not know it") }
    guard number <= head.newest || size == Segment.headerSize else {
      throw damage(name, 0, "it has entries, but the journal's file \"head\" does not know it")
    }
    return segment
  }

  private func damage(_ name: String, _ offset: Int, _ why: String) -> StateError {
    StateError("read", folder.path(of: name), .damaged(offset: offset, why: why))
  }
}
