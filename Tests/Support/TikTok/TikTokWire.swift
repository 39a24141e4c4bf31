import Foundation
import Glibc

/// One connection: heads, bodies and answers, as bytes come and go.
struct TikTokWire {
  enum Ending { case closed, reset }

  let socket: Int32
  private var buffer: [UInt8] = []

  init(socket: Int32) { self.socket = socket }

  /// The next request without its body; `nil` once the other side is done, or sends what is not HTTP/1.1.
  mutating func head() -> TikTokRequest? {
    while true {
      if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
        defer { buffer.removeFirst(end.upperBound) }
        return TikTokRequest(head: String(decoding: buffer[..<end.lowerBound], as: UTF8.self))
      }
      guard buffer.count <= 65_536, fill() else { return nil }
    }
  }

  /// Hands over exactly `count` bytes as they come.
  ///
  /// - Returns: false where the connection ended before the last one.
  mutating func read(_ count: Int, _ take: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var left = count
    let early = min(left, buffer.count)
    buffer.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<early])) }
    buffer.removeFirst(early)
    left -= early
    var chunk = [UInt8](repeating: 0, count: min(left, 1 << 18))
    while left > 0 {
      let got = recv(socket, &chunk, min(left, chunk.count), 0)
      guard got > 0 else { return false }
      chunk.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
      left -= got
    }
    return true
  }

  /// - Parameter isCut: without the last bytes of what its length announces.
  func write(_ answer: TikTokAnswer, isCut: Bool = false) -> Bool {
    var head = "HTTP/1.1 \(answer.status) Status\r\nContent-Length: \(answer.body.count + (isCut ? 1 : 0))\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    return Loopback.write(Array((head + "\r\n").utf8) + answer.body, to: socket)
  }

  /// Returns once the other side has given up.
  func waitForEnd() {
    var byte: UInt8 = 0
    while recv(socket, &byte, 1, 0) > 0 {}
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer += chunk[..<count]
    return true
  }
}
