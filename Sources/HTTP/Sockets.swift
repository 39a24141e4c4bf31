import Glibc
import Synchronization

/// The descriptors of a client's connections.
///
/// A component that shuts down sockets which it did not open itself (G13) leaves these alone. They are opened and closed under the same
/// lock that ``whileHeld(_:)`` takes, so none of them can appear, vanish or be taken for another meanwhile.
public final class Sockets: Sendable {
  private let open = Mutex<Set<Int32>>([])

  /// Whether `descriptor` is one of ours at this instant; to act on the answer, use ``whileHeld(_:)``.
  public func isOurs(_ descriptor: Int32) -> Bool { open.withLock { $0.contains(descriptor) } }

  /// Runs `body` with the descriptors of all connections, none of which is opened or closed before it returns.
  public func whileHeld<Result>(_ body: (Set<Int32>) -> sending Result) -> Result { open.withLock { body($0) } }

  /// A new socket, closed on exec; -1 with `errno` set.
  func make(family: Int32, type: Int32, protocol: Int32) -> Int32 {
    open.withLock {
      let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), `protocol`)
      if descriptor >= 0 { $0.insert(descriptor) }
      return descriptor
    }
  }

  func close(_ descriptor: Int32) -> Int32 {
    open.withLock {
      $0.remove(descriptor)
      return Glibc.close(descriptor)
    }
  }
}
