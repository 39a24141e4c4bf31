import Foundation
import Glibc

/// The service manager's end of sd_notify(3): a datagram socket that a daemon tells how it is.
public final class NotifySocket: Sendable {
  private let socket: Int32
  public let path: String

  public init(at path: String) throws {
    self.path = path
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw POSIXError(.ENAMETOOLONG) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let descriptor = socket
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
  }

  deinit { close(socket) }

  /// The next message; `nil` where none comes in time.
  public func next(within limit: Duration) async throws -> String? {
    try await onThread { [self] in
      var time = timeval()
      time.tv_sec = Int(limit.components.seconds)
      time.tv_usec = Int(limit.components.attoseconds / 1_000_000_000_000)
      setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(socket, &bytes, bytes.count, 0)
      return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
  }
}
