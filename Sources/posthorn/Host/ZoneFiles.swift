import Glibc
import Schedule
import Synchronization

/// The system's zone data for as long as a daemon lives: it notices when a file that was read is another one now.
///
/// A package replaces file after file, so a zone may be read while it is still the old one; it is noticed when its turn has come.
final class ZoneFiles: Sendable {
  private let directory: String?
  private let current: Mutex<(zones: Zones, stamps: Stamps)>

  init(directory: String?) throws(SystemZonesError) {
    self.directory = directory
    current = Mutex(try Self.read(directory))
  }

  var zones: Zones { current.withLock { $0.zones } }

  /// The zone data anew, where a file of it has changed since it was read; `nil` where it has not, or cannot be read for a moment.
  func changed() -> Zones? {
    guard current.withLock({ $0.stamps.areOld }) else { return nil }
    guard let new = try? Self.read(directory) else { return nil }  // It is being replaced; whoever asks, asks again.
    return current.withLock { current in
      current = new
      return new.zones
    }
  }

  private static func read(_ directory: String?) throws(SystemZonesError) -> (zones: Zones, stamps: Stamps) {
    let stamps = Stamps()
    return (try Zones.system(directory: directory) { stamps.note($0) }, stamps)
  }

  /// What each file was when it was read.
  private final class Stamps: Sendable {
    private let files = Mutex<[String: Stamp]>([:])

    func note(_ path: String) { files.withLock { $0[path] = Stamp(of: path) } }

    var areOld: Bool { files.withLock { files in files.contains { Stamp(of: $0.key) != $0.value } } }
  }

  /// Differs wherever a file was replaced or written to.
  private struct Stamp: Equatable {
    var inode: UInt64 = 0
    var size: Int64 = 0
    var seconds = 0
    var nanoseconds = 0

    /// Zeros where there is no such file.
    init(of path: String) {
      var facts = stat()
      guard stat(path, &facts) == 0 else { return }
      (inode, size, seconds, nanoseconds) = (
        UInt64(facts.st_ino), Int64(facts.st_size), facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec
      )
    }
  }
}
