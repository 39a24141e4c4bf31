import Glibc

/// Takes whole requests from a socket: head, then as many bytes as `content-length` says.
struct RequestReader {
  let socket: Int32
  private var buffer: [UInt8] = []

  init(socket: Int32) { self.socket = socket }

  /// The next request; nil once the other side is done.
  mutating func next() -> Receiver.Arrival? {
    var length: (head: Int, whole: Int)?
    var head: [Substring] = []
    while true {
      if length == nil, let end = buffer.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
        head = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
        length = (end, end + (Self.headers(head)["content-length"].flatMap { Int($0) } ?? 0))
      }
      if let length, buffer.count >= length.whole { return take(length, head) }
      guard fill() else { return nil }
    }
  }

  private mutating func take(_ length: (head: Int, whole: Int), _ head: [Substring]) -> Receiver.Arrival {
    defer { buffer.removeFirst(length.whole) }
    let words = (head.first ?? "").split(separator: " ")
    return Receiver.Arrival(
      number: 0, connection: 0, numberOnConnection: 0, time: .now, bytes: Array(buffer[..<length.whole]),
      method: String(words.first ?? ""), target: String(words.dropFirst().first ?? ""), headers: Self.headers(head),
      body: Array(buffer[length.head..<length.whole]))
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer += chunk[..<count]
    return true
  }

  private static func headers(_ head: [Substring]) -> [String: String] {
    var headers: [String: String] = [:]
    for line in head.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    return headers
  }
}
