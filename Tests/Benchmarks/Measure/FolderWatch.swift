import CLinux
import Glibc

/// Says when files were put in place by a rename in some folders. Source: inotify(7).
final class FolderWatch {
  private let events: Int32
  private var folders: [Int32: String] = [:]
  private var waiting: [Event] = []

  struct Event {
    let folder: String
    let name: String
    /// When it was seen, on the steady clock.
    let at: Int64
  }

  init(_ folders: [String]) throws(BenchFailure) {
    events = inotify_init1(Int32(O_CLOEXEC) | Int32(O_NONBLOCK))
    guard events >= 0 else { throw Files.failure("watch", folders.first ?? "") }
    for folder in folders {
      let watch = inotify_add_watch(events, folder, UInt32(IN_MOVED_TO))
      guard watch >= 0 else { throw Files.failure("watch", folder) }
      self.folders[watch] = folder
    }
  }

  deinit { close(events) }

  /// The next rename to a name that is asked for; `nil` when there was none in time.
  func next(within seconds: Double, where accepts: (Event) -> Bool = { _ in true }) -> Event? {
    let deadline = Clocks.steady + Int64(seconds * 1e9)
    while true {
      while !waiting.isEmpty {
        let event = waiting.removeFirst()
        if accepts(event) { return event }
      }
      let rest = (deadline - Clocks.steady) / 1_000_000
      var socket = pollfd(fd: events, events: Int16(POLLIN), revents: 0)
      guard rest > 0, poll(&socket, 1, Int32(clamping: rest)) >= 0 else { return nil }
      read()
    }
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = Glibc.read(events, &buffer, buffer.count)
    let now = Clocks.steady
    var offset = 0
    while offset + Self.header <= count {
      let (watch, length) = buffer.withUnsafeBytes {
        ($0.loadUnaligned(fromByteOffset: offset, as: Int32.self), $0.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
      }
      let name = buffer[(offset + Self.header)...].prefix(Int(length)).prefix { $0 != 0 }
      if let folder = folders[watch] { waiting.append(Event(folder: folder, name: String(decoding: name, as: UTF8.self), at: now)) }
      offset += Self.header + Int(length)
    }
  }

  /// Watch, mask, cookie and length of `struct inotify_event`, four bytes each.
  private static let header = 16
}
