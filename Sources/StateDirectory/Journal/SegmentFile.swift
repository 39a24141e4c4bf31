import CLinux
import Glibc

/// The segment that is being written: appends whole groups or nothing.
final class SegmentFile {
  private let file: File
  private(set) var size: Int
  /// Up to where the file system has set space aside.
  private var reserved: Int

  init(_ segment: Segment, in folder: Folder) throws(StateError) {
    file = try File(segment.name, in: folder, O_WRONLY | O_APPEND, step: "append to")
    size = Int(try file.status().st_size)
    reserved = size
  }

  /// Appends all of `bytes`. If space runs out the file is cut back, and it is as if nothing had been tried.
  func append(_ bytes: [UInt8]) throws(StateError) {
    do throws(StateError) { try file.write(bytes, step: "append to") } catch {
      guard error.isLackOfSpace else { throw error }
      try check("cut back", file.path) { ftruncate(file.descriptor, size) }
      reserved = size
      throw StateError("append to", file.path, .noRoom(free: 0, floor: Int64(bytes.count)))
    }
    size += bytes.count
  }

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

  /// Gives back what was set aside and not used. Should that fail, the space comes back when the segment is removed.
  func releaseReserve() { _ = ftruncate(file.descriptor, size) }

  private static let step = 1 << 20
}
