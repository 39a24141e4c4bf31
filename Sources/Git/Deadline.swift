internal import Glibc
internal import Synchronization

/// Ends a network call of libgit2 that takes too long, or is sent too much.
///
/// libgit2 has no timeouts: a silent server holds it for ever. Nor has it a bound on anything but the pack: a list of references that never ends
/// fills the memory. So a thread of its own waits, looks at what has arrived, and at the end shuts down every socket that was opened since the call
/// began, again and again until the call has returned. Reads, writes and connects on them then fail at once.
final class Deadline: Sendable {
  private let end: Duration
  private let before: Set<String>
  private let isExempt: @Sendable (Int32) -> Bool
  private let patience: Duration
  private let onOverrun: @Sendable () -> Void
  private let mostBytes: @Sendable () -> Int
  /// The call's thread closes the other end when the call has returned; the waiting thread sees that at once.
  private let ends: (reading: Int32, writing: Int32)
  private let cut = Atomic(Cut.none)

  /// Why the sockets were shut down.
  enum Cut: UInt8, AtomicRepresentable { case none, late, flooded }

  /// Runs `body` under a deadline.
  ///
  /// - Parameters:
  ///   - patience: how long after the deadline `body` may go on.
  ///   - onOverrun: called once, on another thread, where it goes on for longer: it hangs on something that is no socket.
  ///   - mostBytes: how many bytes may have been received by now; asked on another thread.
  /// - Returns: what `body` returned, and whether it was cut short.
  static func run<Value>(
    after time: Duration, isExempt: @escaping @Sendable (Int32) -> Bool, patience: Duration, onOverrun: @escaping @Sendable () -> Void,
    mostBytes: @escaping @Sendable () -> Int, _ body: () -> Value
  ) throws(GitError) -> (Value, Cut) {
    let deadline = try Deadline(after: time, isExempt: isExempt, patience: patience, onOverrun: onOverrun, mostBytes: mostBytes)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Deadline>.fromOpaque(context).takeRetainedValue().wait()
        return nil
      }, Unmanaged.passRetained(deadline).toOpaque())
    guard status == 0 else {
      Unmanaged.passUnretained(deadline).release()
      close(deadline.ends.writing)
      throw GitError(step: "start a deadline's thread", reason: .other, detail: String(cString: strerror(status)))
    }
    let value = body()
    close(deadline.ends.writing)
    pthread_join(thread, nil)
    return (value, deadline.cut.load(ordering: .relaxed))
  }

  private init(
    after time: Duration, isExempt: @escaping @Sendable (Int32) -> Bool, patience: Duration, onOverrun: @escaping @Sendable () -> Void,
    mostBytes: @escaping @Sendable () -> Int
  ) throws(GitError) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw GitError(step: "start a deadline", reason: .other, detail: String(cString: strerror(errno)))
    }
    self.ends = (ends[0], ends[1])
    end = BootClock.now + time
    self.isExempt = isExempt
    self.patience = patience
    self.onOverrun = onOverrun
    self.mostBytes = mostBytes
    before = Set(Self.sockets().map(\.name))
  }

  deinit { close(ends.reading) }

  private func wait() {
    var isOverrun = false
    var (received, look) = ([String: Int](), Self.firstLook)
    while true {
      let left = end - BootClock.now
      if cut.load(ordering: .relaxed) == .none {
        if left <= .zero {
          cut.store(.late, ordering: .relaxed)
        } else {
          for socket in opened() { received[socket.name] = max(received[socket.name] ?? 0, Self.bytesReceived(on: socket.number)) }
          if received.values.reduce(0, +) > mostBytes() { cut.store(.flooded, ordering: .relaxed) }
        }
      }
      let isCut = cut.load(ordering: .relaxed) != .none
      if isCut { for socket in opened() { shutdown(socket.number, Int32(SHUT_RDWR)) } }
      if left <= .zero - patience, !isOverrun {
        isOverrun = true
        onOverrun()
      }
      // Never long at once: poll's clock stands still during suspend, ours does not, and much arrives in a moment. After the end, often: it may
      // open another socket.
      let pause = isCut ? Duration.milliseconds(20) : min(max(left, .zero), look)
      look = min(look * 2, Self.look)
      var signal = pollfd(fd: ends.reading, events: Int16(POLLIN), revents: 0)
      if poll(&signal, 1, Int32(pause / .milliseconds(1)) + 1) > 0 { return }
    }
  }

  private static let firstLook = Duration.milliseconds(25)
  private static let look = Duration.milliseconds(100)

  /// The call's own sockets.
  private func opened() -> [(number: Int32, name: String)] {
    Self.sockets().filter { !before.contains($0.name) && !Self.isListening($0.number) && !isExempt($0.number) }
  }

  /// 0 for what is no TCP connection.
  ///
  /// - Source: tcp(7), `TCP_INFO`; `tcpi_bytes_received` of linux/tcp.h, which glibc's header does not have, is the eight bytes from 128 on.
  private static func bytesReceived(on socket: Int32) -> Int {
    var info = [UInt64](repeating: 0, count: 32)
    var size = socklen_t(info.count * 8)
    guard getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &info, &size) == 0, size >= 136 else { return 0 }
    return Int(clamping: info[16])
  }

  /// A socket that waits for callers is a server's; libgit2 has none.
  private static func isListening(_ socket: Int32) -> Bool {
    var (answer, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer != 0
  }

  /// The open sockets of this process. The name, `socket:[inode]`, stays theirs; the number is given to others once it is free.
  private static func sockets() -> [(number: Int32, name: String)] {
    names(in: "/proc/self/fd").compactMap { number in
      guard let descriptor = Int32(number) else { return nil }
      var buffer = [CChar](repeating: 0, count: 64)
      let count = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
      guard count > 0 else { return nil }
      let name = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return name.hasPrefix("socket:") ? (descriptor, name) : nil
    }
  }
}
