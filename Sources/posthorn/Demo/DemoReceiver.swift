import Glibc
import Synchronization

/// A web server for the demo: on this machine alone, refuses the first post with 503 and takes every later one.
final class DemoReceiver: Sendable {
  /// `http://127.0.0.1:PORT`.
  let origin: String
  private let descriptor: Int32

  /// - Parameter say: is told of each request, on the server's thread.
  init(say: @escaping @Sendable (String) -> Void) throws(Failure) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | UInt32(SOCK_CLOEXEC.rawValue)), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw .couldNot("cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))") }
    descriptor = listener
    origin = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    let server = Server(descriptor: listener, say: say)
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
