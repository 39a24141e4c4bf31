import CLinux
import Glibc

/// The segment that is being written: takes whole groups behind each other, or nothing.
///
/// Zeros are written and flushed ahead of what is appended. A flush then has bytes to bring to the disk and nothing else: where the file
/// becomes longer or gets blocks, the file system has to commit its own journal first, with whatever others have put into it. A reader takes
/// zeros at a segment's end for the room that they are.
final class SegmentFile {
  private let file: File
  /// Where the next group goes: no `O_APPEND`, since the zeros are behind that place.
  private(set) var size: Int
  /// Up to where the file system has set space aside.
  private var reserved: Int
  /// Up to where there are zeros.
  private var zeroed: Int

  init(_ segment: Segment, in folder: Folder) throws(StateError) {
    file = try File(segment.name, in: folder, O_WRONLY, step: "append to")
    size = Int(try file.status().st_size)
    (reserved, zeroed) = (size, size)
    try goBack()
  }

  /// Appends all of `bytes`. If space runs out the file is cut back, and it is as if nothing had been tried.
  func append(_ bytes: [UInt8]) throws(StateError) {
    do throws(StateError) { try file.write(bytes, step: "append to") } catch {
      guard error.isLackOfSpace else { throw error }
      try check("cut back", file.path) { ftruncate(file.descriptor, size) }
      try goBack()
      (reserved, zeroed) = (size, size)
      throw StateError("append to", file.path, .noRoom(free: 0, floor: Int64(bytes.count)))
    }
    size += bytes.count
  }

  private func goBack() throws(StateError) { try check("append to", file.path) { lseek(file.descriptor, size, SEEK_SET) } }

  func flush() throws(StateError) { try file.flushData(step: "flush") }

  /// Sets space aside for `count` more bytes without making the file longer (F7), in steps so that it is rarely asked for.
  func reserve(_ count: Int) throws(StateError) {
    guard size + count > reserved else { return }
    let end = size + count + Self.step
    do throws(StateError) {
      try check("reserve room in", file.path) { linux_reserve(file.descriptor, 0, end) }
    } catch {
      // Some file systems cannot; there the ballast and the floor remain.
      guard error.errno == EOPNOTSUPP else { throw error }
    }
    reserved = end
  }

  /// Writes zeros into the space that was set aside, for the next groups to be written over. Called while nobody waits for a flush.
  ///
  /// - Throws: where a flush fails. What cannot be written is left out: the next groups are flushed more slowly then.
  func writeAhead() throws(StateError) {
    let end = min(size + Self.ahead, reserved)
    guard zeroed < size + Self.ahead / 4, end > max(zeroed, size) else { return }
    var place = max(zeroed, size)
    while place < end {
      let written = Self.zeros.withUnsafeBytes { pwrite(file.descriptor, $0.baseAddress, min($0.count, end - place), off_t(place)) }
      guard written > 0 else { break }
      place += written
    }
    try flush()
    zeroed = place
  }

  /// Gives back what was set aside and not used. Should that fail, the space comes back when the segment is removed.
  func releaseReserve() {
    _ = ftruncate(file.descriptor, size)
    (reserved, zeroed) = (size, size)
  }

  private static let step = 1 << 20
  private static let ahead = 1 << 19
  private static let zeros = [UInt8](repeating: 0, count: 1 << 14)
}
