import Glibc
import Synchronization

/// A web server for the demo: on this machine alone, refuses the first post with 503 and takes every later one.
final class DemoReceiver: Sendable {
  /// `http://127.0.0.1:PORT`.
  let origin: String
  private let descriptor: Int32

  /// - Parameter say: is told of each request, on the server's thread.
  init(say: @escaping @Sendable (String) -> Void) throws(Failure) {
    let listener = try LoopbackListener()
    descriptor = listener.descriptor
    origin = "http://127.0.0.1:\(listener.port)"
    let server = Server(descriptor: listener.descriptor, say: say)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Server>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(server).toOpaque())
    guard status == 0 else { throw .couldNot("the system gives no thread for the demo's web server") }
    pthread_detach(thread)
  }

  /// Stops listening, which ends the thread.
  func close() {
    _ = shutdown(descriptor, Int32(SHUT_RDWR))
    _ = Glibc.close(descriptor)
  }

  private final class Server {
    let descriptor: Int32
    let say: @Sendable (String) -> Void
    var count = 0

    init(descriptor: Int32, say: @escaping @Sendable (String) -> Void) { (self.descriptor, self.say) = (descriptor, say) }

    func run() {
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else {
          if errno == EINTR || errno == ECONNABORTED { continue }
          return
        }
        serve(connection)
        _ = Glibc.close(connection)
      }
    }

    private func serve(_ connection: Int32) {
      var limit = timeval(tv_sec: 5, tv_usec: 0)
      setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      guard let request = read(connection) else { return }
      guard request.hasPrefix("POST ") else {  // the daemon asks what time it is, which this server does not say
        let refusal = "HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        _ = Array(refusal.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
        return
      }
      count += 1
      let answer = count == 1 ? "503 Service Unavailable" : "204 No Content"
      let id = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("webhook-id:") }
      say("\(request.prefix { $0 != "\r\n" }), \(id ?? "without an id"): answers \(answer)")
      let text = "HTTP/1.1 \(answer)\r\nConnection: close\r\n\(count == 1 ? "Content-Length: 0\r\n" : "")\r\n"
      _ = Array(text.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
    }

    /// The head and the whole body; `nil` for what is no request.
    private func read(_ connection: Int32) -> String? {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 16_384)
      while bytes.count < 1 << 20 {
        let text = String(decoding: bytes, as: UTF8.self)
        if let end = text.firstRange(of: "\r\n\r\n") {
          let length = text[..<end.lowerBound].split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
          let wanted = length.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
          if text[end.upperBound...].utf8.count >= wanted { return text }
        }
        let count = Glibc.read(connection, &buffer, buffer.count)
        guard count > 0 else { return nil }
        bytes += buffer[..<count]
      }
      return nil
    }
  }
}
