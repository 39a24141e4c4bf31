import Glibc
import Synchronization

/// The one that writes the journal, on its own thread: takes all that wait, writes them as one group, flushes once, lets them go.
final class JournalWriter {
  private let folder: Folder
  private let queue: JournalQueue
  private let limits: Journal.Limits
  private let seed: CRC32C
  private var segment: Segment
  private var file: SegmentFile
  /// The number of the next entry, and the one before which all have reached the disk.
  private var next: UInt64
  private var flushed: UInt64
  private var room: JournalRoom

  init(folder: Folder, queue: JournalQueue, segment: Segment, next: UInt64, limits: Journal.Limits) throws(StateError) {
    (self.folder, self.queue, self.segment, self.limits) = (folder, queue, segment, limits)
    (self.next, flushed, seed) = (next, next, segment.journal.checksum)
    file = try SegmentFile(segment, in: folder)
    room = JournalRoom(folder: folder, limits: limits)
    room.takeBallast()
    queue.state.withLock { $0.statistics.flushed = next - 1 }
  }

  /// Writes groups until the queue is closed and empty.
  func run() {
    while true {
      let taken = queue.take()
      if taken.isEmpty { break }
      var rest = taken[...]
      while !rest.isEmpty {
        // A group is bounded, so that what waits behind a flood is not kept waiting by a single giant write.
        var size = 0
        let group = rest.prefix { request in
          defer { size += request.size }
          return size < Self.largestGroup
        }
        rest = rest.dropFirst(group.count)
        process(group)
      }
    }
    if queue.state.withLock({ $0.failure == nil }) {
      file.releaseReserve()
      _ = try? file.flush()  // the last seal; without it a reader is only less sure
    }
    queue.end()
  }

  private static let largestGroup = 4 << 20

  private func process(_ group: ArraySlice<JournalQueue.Request>) {
    if let failure = queue.state.withLock({ $0.failure }) {
      return answer(group, .failure(StateError("append to", folder.path, .stopped(by: failure.description))))
    }
    let accepted = refuseClaimsWithoutRoom(group)
    guard !accepted.isEmpty else { return }
    do {
      try write(accepted)
    } catch {
      // Out of space with the file cut back to where it was: nothing is lost and nothing is unknown.
      if case .noRoom = error.reason {} else { queue.state.withLock { $0.failure = error } }
      answer(accepted, .failure(error))
    }
  }

  private func refuseClaimsWithoutRoom(_ group: ArraySlice<JournalQueue.Request>) -> ArraySlice<JournalQueue.Request> {
    guard group.contains(where: { $0.kind == .claim }) else { return group }
    let size = group.reduce(0) { $0 + $1.size }
    do {
      try room.require(size, in: file)
      return group
    } catch {
      answer(group.filter { $0.kind == .claim }[...], .failure(error))
      return group.filter { $0.kind != .claim }[...]
    }
  }

  /// One write, one flush. Answers the group unless it throws.
  private func write(_ group: ArraySlice<JournalQueue.Request>) throws(StateError) {
    try rotateIfFull()
    var (bytes, number, answers): ([UInt8], UInt64, [Range<UInt64>]) = ([], next, [])
    bytes.reserveCapacity(group.reduce(Frame.headerSize) { $0 + $1.size })
    for request in group {
      let first = number
      for body in request.bodies {
        Frame.write(.entry, number, flushed: flushed, body, seed: seed, to: &bytes)
        number += 1
      }
      answers.append(first..<number)
    }
    if !bytes.isEmpty { try put(bytes) }
    for request in group { if let point = request.written { try pass(point) } }
    let mustFlush = group.contains { $0.durability == .flushed }
    let hasNews = flushed < number
    if mustFlush, hasNews { try flush() }
    record(entries: number - next, flushed: mustFlush && hasNews ? number : nil)
    next = number
    for (request, range) in zip(group, answers) { request.waiter.resume(returning: .success(range)) }
    guard mustFlush, hasNews else { return }
    seal()
    do throws(StateError) { try file.writeAhead() } catch { queue.state.withLock { $0.failure = error } }
  }

  /// Never tried again: whether the entries are on the disk is unknown from now on, and the next start finds out (F3).
  private func flush() throws(StateError) {
    do throws(StateError) { try file.flush() } catch { throw StateError(error.step, error.path, .unsure(error.errno ?? EIO)) }
  }

  private func put(_ bytes: [UInt8]) throws(StateError) {
    do throws(StateError) { try file.append(bytes) } catch {
      guard case .noRoom = error.reason, room.dropBallast() else { throw error }
      try file.append(bytes)
    }
  }

  private func record(entries: UInt64, flushed number: UInt64?) {
    if let number { flushed = number }
    queue.state.withLock { state in
      state.statistics.entries += Int(entries)
      state.statistics.groups += 1
      state.statistics.flushes += number == nil ? 0 : 1
      state.statistics.flushed = flushed - 1
    }
  }

  /// Written after the flush, so that its presence proves it (F5). Itself it rides on the next one; without room it is left out.
  private func seal() {
    var bytes: [UInt8] = []
    Frame.write(.seal, next, flushed: flushed, seed: seed, to: &bytes)
    do throws(StateError) { try file.append(bytes) } catch {
      if case .noRoom = error.reason { return }
      queue.state.withLock { $0.failure = error }
    }
  }

  /// Goes on in a new segment once this one is full (F6). Without space for one, and for what is still to end in it, this one grows.
  private func rotateIfFull() throws(StateError) {
    guard file.size >= limits.segment else { return }
    try flush()
    let new = Segment(journal: segment.journal, number: segment.number + 1, first: next)
    do throws(StateError) {
      try begin(new)
    } catch {
      guard error.isLackOfSpace else { throw error }
      // It would begin at the wrong entry once this one has grown.
      try folder.remove(new.name)
    }
  }

  private func begin(_ new: Segment) throws(StateError) {
    try new.create(in: folder)
    let successor = try SegmentFile(new, in: folder)
    try successor.reserve(limits.reserve)
    try JournalHead(journal: new.journal, newest: new.number).write(in: folder)
    file.releaseReserve()
    (file, segment, flushed) = (successor, new, next)
    queue.state.withLock { $0.segments.append(new) }
  }

  private func answer(_ group: ArraySlice<JournalQueue.Request>, _ answer: JournalQueue.Answer) {
    for request in group { request.waiter.resume(returning: answer) }
  }
}
