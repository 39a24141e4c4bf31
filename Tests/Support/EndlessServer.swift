import Foundation
import Glibc

/// A server that says the same thing for ever, whatever it is asked.
public final class EndlessServer: Sendable {
  private let listener: Int32
  public let port: UInt16

  public init(start: String, repeating text: String) throws {
    (listener, port) = try Loopback.listen()
    let block = Array(String(repeating: text, count: max(1, (1 << 18) / text.utf8.count)).utf8)
    Thread.detachNewThread { [listener] in
      while case let connection = Loopback.accept(listener), connection >= 0 {
        Thread.detachNewThread {
          guard Loopback.write(Array(start.utf8), to: connection) else { return }
          while Loopback.write(block, to: connection) {}
          close(connection)
        }
      }
      close(listener)
    }
  }

  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }
}
