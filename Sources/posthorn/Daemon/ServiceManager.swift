import Engine
import Glibc
import Schedule

/// Tells the service manager how the daemon is: ready, stopping, alive. Source: sd_notify(3), a datagram to `$NOTIFY_SOCKET`.
struct ServiceManager {
  private let path: String

  /// `nil` where no service manager wants to know.
  init?() {
    guard let path = Environment.current["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count < 108 else {
      return nil
    }
    self.path = path
  }

  /// `READY=1`, `STOPPING=1`, `WATCHDOG=1`. One that does not arrive is not an error: the manager has its own deadline.
  func tell(_ state: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | UInt32(SOCK_CLOEXEC.rawValue)), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }  // an abstract name
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = sendto(descriptor, state, state.utf8.count, 0, $0, length) }
    }
  }

  /// Says `WATCHDOG=1` twice in each of the manager's intervals, as long as the engine answers: a stalled one is restarted.
  ///
  /// The interval is counted by a clock that nobody sets: after a step back of the wall clock the manager still wants to hear.
  func feedWatchdog(from engine: Engine) -> Task<Void, Never>? {
    guard let text = Environment.current["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else { return nil }
    return Task {
      while !Task.isCancelled {
        await engine.isAlive()
        tell("WATCHDOG=1")
        do { try await Task.sleep(for: .microseconds(microseconds / 2)) } catch { return }  // it is over
      }
    }
  }
}
