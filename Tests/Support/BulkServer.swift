import Foundation
import Glibc
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 for bodies larger than memory: it counts what it is sent and keeps none of it, and what it sends is zeros.
///
/// `GET /N` is answered with N bytes; any other method with 200, once all that `content-length` announced is here. One request a connection.
public final class BulkServer: Sendable {
  public struct Arrival: Sendable {
    /// The request line and the header fields, as they came.
    public var head: String
    /// How many bytes of the body came.
    public var bytes: Int
  }

  private let listener: Int32
  public let port: UInt16
  private let onHead: @Sendable () -> Void
  private let state = Mutex<[Arrival]>([])

  /// - Parameter onHead: called when a request's head is here, before its body is read.
  public init(onHead: @escaping @Sendable () -> Void = {}) throws {
    self.onHead = onHead
    (listener, port) = try Loopback.listen()
    Thread.detachNewThread { [self] in
      while case let connection = Loopback.accept(listener), connection >= 0 {
        serve(connection)
        close(connection)
      }
      close(listener)
    }
  }

  public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
  public var arrivals: [Arrival] { state.withLock { $0 } }
  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ socket: Int32) {
    var room = [UInt8](repeating: 0, count: 1 << 18)
    var start: [UInt8] = []
    var end: Int?
    while end == nil {
      let count = recv(socket, &room, room.count, 0)
      guard count > 0 else { return }
      start += room[..<count]
      end = start.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
    }
    guard let end else { return }
    onHead()
    let head = String(decoding: start[..<end], as: UTF8.self)
    let field = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
    let announced = field.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
    var bytes = start.count - end
    while bytes < announced {
      let count = recv(socket, &room, room.count, 0)
      guard count > 0 else { break }
      bytes += count
    }
    state.withLock { [bytes] in $0.append(Arrival(head: head, bytes: bytes)) }
    guard bytes == announced else { return }
    var length = head.split(separator: " ").dropFirst().first.flatMap { Int($0.dropFirst()) } ?? 0
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: \(length)\r\nconnection: close\r\n\r\n"
    guard Loopback.write(Array(answer.utf8), to: socket) else { return }
    let zeros = [UInt8](repeating: 0, count: 1 << 18)
    while length > 0, Loopback.write(length >= zeros.count ? zeros : Array(zeros[..<length]), to: socket) { length -= zeros.count }
  }
}
