internal import Glibc
internal import Synchronization

/// Ends a network call of libgit2 that takes too long.
///
/// libgit2 has no timeouts: a silent server holds it for ever. So a thread of its own waits, and when the time is up shuts down every socket that
/// was opened since the call began, again and again until the call has returned. Reads, writes and connects on them then fail at once.
final class Deadline: Sendable {
  private let end: Duration
  private let before: Set<String>
  private let isExempt: @Sendable (Int32) -> Bool
  private let patience: Duration
  private let onOverrun: @Sendable () -> Void
  /// The call's thread closes the other end when the call has returned; the waiting thread sees that at once.
  private let ends: (reading: Int32, writing: Int32)
  private let fired = Atomic(false)

  /// Runs `body` under a deadline.
  ///
  /// - Parameters:
  ///   - patience: how long after the deadline `body` may go on.
  ///   - onOverrun: called once, on another thread, where it goes on for longer: it hangs on something that is no socket.
  /// - Returns: what `body` returned, and whether the time was up before it did.
  static func run<Value>(
    after time: Duration, isExempt: @escaping @Sendable (Int32) -> Bool, patience: Duration, onOverrun: @escaping @Sendable () -> Void,
    _ body: () -> Value
  ) throws(GitError) -> (Value, Bool) {
    let deadline = try Deadline(after: time, isExempt: isExempt, patience: patience, onOverrun: onOverrun)
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
    return (value, deadline.fired.load(ordering: .relaxed))
  }

  private init(
    after time: Duration, isExempt: @escaping @Sendable (Int32) -> Bool, patience: Duration, onOverrun: @escaping @Sendable () -> Void
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
    before = Set(Self.sockets().map(\.name))
  }

  deinit { close(ends.reading) }

  private func wait() {
    var isOverrun = false
    while true {
      let left = end - BootClock.now
      if left <= .zero {
        fired.store(true, ordering: .relaxed)
        shutDown()
      }
      if left <= .zero - patience, !isOverrun {
        isOverrun = true
        onOverrun()
      }
      // At most a second at once: poll's clock stands still during suspend, ours does not. After the end, often: it may open another socket.
      let pause = left <= .zero ? Duration.milliseconds(20) : min(left, .seconds(1))
      var signal = pollfd(fd: ends.reading, events: Int16(POLLIN), revents: 0)
      if poll(&signal, 1, Int32(pause / .milliseconds(1)) + 1) > 0 { return }
    }
  }

  private func shutDown() {
    for socket in Self.sockets() where !before.contains(socket.name) && !Self.isListening(socket.number) && !isExempt(socket.number) {
      shutdown(socket.number, Int32(SHUT_RDWR))
    }
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
