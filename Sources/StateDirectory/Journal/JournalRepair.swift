import Glibc

/// Makes a journal that was read ready for appending: the torn tail saved and cut, the newest segment in a file that is known to be flushed.
///
/// Pages that an earlier process wrote may be in memory only, and after a failed flush the kernel calls them clean. So the newest segment is
/// written anew instead of being flushed again (F3). Each step leaves a journal that reads the same.
struct JournalRepair {
  let folder: Folder
  let covered: UInt64

  struct Start {
    var segments: [Segment]
    var newest: Segment
    var tornTail: String?
  }

  func mend(_ found: JournalReader.Result) throws(StateError) -> Start {
    guard let head = found.head else { return try begin() }
    let tornTail = try save(found.torn, of: head)
    let newest = try rewrite(found, head)
    if newest.number != head.newest { try JournalHead(journal: head.journal, newest: newest.number).write(in: folder) }
    let older = found.segments.prefix { $0.number < newest.number }
    return Start(segments: older + [newest], newest: newest, tornTail: tornTail)
  }

  /// A new journal: the segment first, so that a head never speaks of one that is not there.
  private func begin() throws(StateError) -> Start {
    let segment = Segment(journal: .random(), number: 1, first: covered + 1)
    try segment.create(in: folder)
    try JournalHead(journal: segment.journal, newest: 1).write(in: folder)
    return Start(segments: [segment], newest: segment)
  }

  private func rewrite(_ found: JournalReader.Result, _ head: JournalHead) throws(StateError) -> Segment {
    let next = found.last + 1
    // Without a readable newest segment: its header was cut off, and the same number begins again.
    guard let newest = found.segments.last, newest.number >= head.newest else {
      return try make(Segment(journal: head.journal, number: head.newest, first: next))
    }
    guard next > found.written + 1 else {
      var frames = found.frames
      if !found.isSealed, !frames.isEmpty { seal(&frames, next, head.journal) }
      try newest.create(in: folder, frames: frames)
      return newest
    }
    // The checkpoint covers entries that never reached the disk. Their numbers stay used.
    return try make(Segment(journal: head.journal, number: newest.number + 1, first: next))
  }

  private func make(_ segment: Segment) throws(StateError) -> Segment {
    try segment.create(in: folder)
    return segment
  }

  private func seal(_ frames: inout ArraySlice<UInt8>, _ next: UInt64, _ journal: JournalID) {
    var seal: [UInt8] = []
    Frame.write(.seal, next, flushed: next, seed: journal.checksum, to: &seal)
    frames += seal
  }

  /// The name says what is in it, so doing it twice makes one file.
  private func save(_ torn: ArraySlice<UInt8>, of head: JournalHead) throws(StateError) -> String? {
    guard !torn.isEmpty else { return nil }
    var checksum = CRC32C()
    checksum.update(Array(torn))
    let name = "\(Self.tornPrefix)\(head.newest)-\(torn.startIndex)-\(String(checksum.value, radix: 16))"
    try folder.replace(name, with: Array(torn))
    try forgetOldTails()
    return folder.path(of: name)
  }

  /// A host that loses its power every night would fill its disk with them.
  private func forgetOldTails() throws(StateError) {
    var tails: [(name: String, age: timespec)] = []
    for name in try folder.list() where name.hasPrefix(Self.tornPrefix) {
      tails.append((name, try File(name, in: folder, O_RDONLY).status().st_mtim))
    }
    tails.sort { ($0.age.tv_sec, $0.age.tv_nsec) > ($1.age.tv_sec, $1.age.tv_nsec) }
    for tail in tails.dropFirst(Journal.mostTornTails) { try folder.unlink(tail.name) }
    if tails.count > Journal.mostTornTails { try folder.flush() }
  }

  private static let tornPrefix = "torn-"
}
