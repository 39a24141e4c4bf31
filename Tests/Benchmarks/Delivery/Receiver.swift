import Glibc
import Synchronization

/// An HTTP server on the loopback that notes when each request's first byte came, and answers 200, at once or as slowly as a platform does.
/// One thread, not what is measured.
final class Receiver: Sendable {
  /// A request as it came.
  struct Arrival: Sendable {
    /// Nanoseconds since 1970 at the first byte.
    let at: Int64
    let request: [UInt8]
  }

  let port: UInt16
  private let listener: Int32
  /// Nanoseconds from a request's end to its answer.
  private let delay: Int64
  private let arrivals = Mutex<[Arrival]>([])
  private let stopping = Atomic<Bool>(false)

  /// Listens on a free port of 127.0.0.1 until ``stop()``.
  init(answeringAfter delay: Double = 0) throws(BenchFailure) {
    self.delay = Int64(delay * 1e9)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) | listen(descriptor, 4096) | getsockname(descriptor, generic, &length)
      }
    }
    guard status == 0 else { throw Files.failure("listen on", "127.0.0.1") }
    port = UInt16(bigEndian: address.sin_port)
    let thread = Unmanaged.passRetained(self)
    var id = pthread_t()
    let failure = pthread_create(
      &id, nil,
      { context in
        if let context { Unmanaged<Receiver>.fromOpaque(context).takeRetainedValue().serve() }
        return nil
      }, thread.toOpaque())
    guard failure == 0 else {
      thread.release()
      throw BenchFailure("cannot start a thread: \(String(cString: strerror(failure)))")
    }
    pthread_detach(id)
  }

  deinit { close(listener) }

  var count: Int { arrivals.withLock { $0.count } }
  var all: [Arrival] { arrivals.withLock { $0 } }

  /// What came since this was asked last; nothing of it is kept.
  func take() -> [Arrival] {
    arrivals.withLock { arrivals in
      defer { arrivals = [] }
      return arrivals
    }
  }

  /// Its thread ends within a tenth of a second.
  func stop() { stopping.store(true, ordering: .relaxed) }

  private func serve() {
    var streams: [Int32: ReceivedStream] = [:]
    var unanswered = Unanswered()
    while !stopping.load(ordering: .relaxed) {
      var sockets = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      sockets += streams.keys.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let count = poll(&sockets, nfds_t(sockets.count), unanswered.patience)
      while let descriptor = unanswered.next() { answer(descriptor) }
      guard count > 0 else { continue }
      for socket in sockets where socket.revents != 0 {
        if socket.fd == listener { accept(into: &streams, &unanswered) } else { receive(socket.fd, &streams, &unanswered) }
      }
    }
    for descriptor in streams.keys { close(descriptor) }
  }

  private func accept(into streams: inout [Int32: ReceivedStream], _ unanswered: inout Unanswered) {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      streams[descriptor] = ReceivedStream()
      // Its first bytes are often there already, and the next round may be late.
      receive(descriptor, &streams, &unanswered)
    }
  }

  private func receive(_ descriptor: Int32, _ streams: inout [Int32: ReceivedStream], _ unanswered: inout Unanswered) {
    guard var stream = streams.removeValue(forKey: descriptor) else { return }
    switch stream.read(from: descriptor) {
    case .closed:
      unanswered.forget(descriptor)
      close(descriptor)
      return
    case .more: break
    case .request(let arrival):
      // Who asks what time it is sends nothing.
      if !arrival.request.starts(with: "HEAD ".utf8) { arrivals.withLock { $0.append(arrival) } }
      if delay == 0 { answer(descriptor) } else { unanswered.add(descriptor, until: Clocks.steady + delay) }
    }
    streams[descriptor] = stream
  }

  private func answer(_ descriptor: Int32) {
    _ = Self.answer.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
  }

  private static let answer = Array("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}".utf8)
}
