import Foundation
import Glibc

/// A listener that takes connections and answers at once, without waiting for a request: what is not HTTP, or not TLS.
public final class TalkingListener: Sendable {
  private let listener: Int32
  public let port: UInt16

  public init(_ answer: Receiver.Answer) throws {
    let (listener, port) = try Loopback.listen()
    (self.listener, self.port) = (listener, port)
    Thread.detachNewThread {
      while true {
        let connection = Loopback.accept(listener)
        guard connection >= 0 else { break }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        switch answer {
        case .raw(let text, _):
          _ = recv(connection, &bytes, bytes.count, 0)
          _ = Loopback.write(Array(text.utf8), to: connection)
        case .reply, .silence, .after: while recv(connection, &bytes, bytes.count, 0) > 0 {}
        }
        close(connection)
      }
      close(listener)
    }
  }

  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }
}
