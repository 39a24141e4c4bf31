import Foundation
import Glibc
import Synchronization

/// A TCP proxy on the loopback address that a test can have lose what goes one way, or both.
public final class Proxy: Sendable {
  public enum Mode: Sendable {
    case open
    /// Nobody is let in, and who is in is thrown out.
    case closed
    /// What the callers send is lost without a word; so is what they are sent.
    case silent
    /// What the callers send arrives, what they are sent is lost.
    case losingAnswers
    /// What the callers send is lost, what they are sent arrives.
    case losingRequests
    /// What the callers send arrives so much later.
    case slow(Duration)
  }

  public let port: UInt16
  private let target: Int
  private let listener: Int32
  private let state = Mutex(State())

  private struct State {
    var mode = Mode.open
    var sockets: Set<Int32> = []
    var answersLost = 0
  }

  public init(to target: Int) throws {
    self.target = target
    (listener, port) = try Loopback.listen()
    Thread.detachNewThread { [listener, weak self] in
      while true {
        let caller = Loopback.accept(listener)
        guard caller >= 0 else { break }
        guard let self else {
          close(caller)
          break
        }
        self.admit(caller)
      }
      close(listener)
    }
  }

  public var mode: Mode { state.withLock { $0.mode } }
  /// How often bytes on their way back were lost.
  public var answersLost: Int { state.withLock { $0.answersLost } }

  public func set(_ mode: Mode) {
    state.withLock { state in
      state.mode = mode
      guard case .closed = mode else { return }
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
  }

  /// Throws everybody out; what is open again afterwards are new connections.
  public func cut() { state.withLock { for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) } } }

  func stop() {
    set(.closed)
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func admit(_ caller: Int32) {
    if case .closed = mode {
      Loopback.resetOnClose(caller)
      close(caller)
      return
    }
    guard let server = Loopback.connect(target) else {
      Loopback.resetOnClose(caller)
      close(caller)
      return
    }
    state.withLock { $0.sockets.formUnion([caller, server]) }
    let pair = Pair(caller: caller, server: server)
    Thread.detachNewThread { [self] in
      pump(from: caller, to: server, isAnswer: false)
      leave(pair)
    }
    Thread.detachNewThread { [self] in
      pump(from: server, to: caller, isAnswer: true)
      leave(pair)
    }
  }

  private func pump(from source: Int32, to sink: Int32, isAnswer: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(source, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      if loses(isAnswer) { continue }
      if !isAnswer, case .slow(let delay) = mode { usleep(UInt32(delay / .microseconds(1))) }
      guard Loopback.write(Array(buffer[..<count]), to: sink) else { return }
    }
  }

  private func loses(_ isAnswer: Bool) -> Bool {
    state.withLock { state in
      switch state.mode {
      case .open, .closed, .slow: return false
      case .silent: return true
      case .losingRequests: return !isAnswer
      case .losingAnswers:
        if isAnswer { state.answersLost += 1 }
        return isAnswer
      }
    }
  }

  /// One way has ended: the other is told, and the second to end closes both.
  private func leave(_ pair: Pair) {
    let isLast = state.withLock { _ in
      defer { pair.isHalfClosed = true }
      return pair.isHalfClosed
    }
    guard isLast else {
      shutdown(pair.caller, Int32(SHUT_RDWR))
      shutdown(pair.server, Int32(SHUT_RDWR))
      return
    }
    state.withLock { $0.sockets.subtract([pair.caller, pair.server]) }
    close(pair.caller)
    close(pair.server)
  }

  /// The two ends of one connection. `isHalfClosed` is read and written under the proxy's lock only.
  private final class Pair: @unchecked Sendable {
    let caller: Int32
    let server: Int32
    var isHalfClosed = false

    init(caller: Int32, server: Int32) { (self.caller, self.server) = (caller, server) }
  }
}
