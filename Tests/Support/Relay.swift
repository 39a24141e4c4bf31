import Foundation
import Glibc
import Synchronization

/// Somebody between a git client and its server: hands on what both say, until a test asks for trouble.
///
/// It knows the git protocol just well enough to tell a push from a fetch: the first line of a `git://` connection says which.
public final class Relay: Sendable {
  public enum Mode: Sendable {
    case open
    /// Connections are accepted and nothing is ever answered.
    case silent
    /// Connections are closed at once.
    case down
    /// A fetch gets this many bytes of the server's answer, and no more.
    case stalling(after: Int)
    /// A push arrives, and the server's word on it does not come back.
    case swallowingPushAnswers
    /// What the server says in a fetch, changed.
    case changing(@Sendable ([UInt8]) -> [UInt8])
  }

  public let port: Int
  private let listener: Int32
  private let target: Int
  private let state: Mutex<State>

  private struct State {
    var mode: Mode
    var sockets: Set<Int32> = []
    var pushes = 0
    var fetches = 0
    var isStopped = false
  }

  /// Stands before `target`, a port of the loopback address.
  public init(to target: Int, _ mode: Mode = .open) throws {
    let (socket, port) = try Loopback.listen()
    (listener, self.port, self.target) = (socket, Int(port), target)
    state = Mutex(State(mode: mode))
    Thread.detachNewThread { [self] in acceptAll() }
  }

  /// What happens to connections that are opened from now on.
  public func set(_ mode: Mode) { state.withLock { $0.mode = mode } }

  /// Ends the connections that are open; those that are opened afterwards find the mode of then.
  public func cut() { state.withLock { for socket in $0.sockets { shutdown(socket, Int32(SHUT_RDWR)) } } }

  /// How many pushes began: connections to `git-receive-pack`.
  public var pushes: Int { state.withLock { $0.pushes } }
  /// How many fetches and questions for branches began.
  public var fetches: Int { state.withLock { $0.fetches } }

  /// Ends everything; call it at the end of a test.
  public func stop() {
    let open = state.withLock { state in
      state.isStopped = true
      return state.sockets
    }
    for socket in open { shutdown(socket, Int32(SHUT_RDWR)) }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    while true {
      let client = Loopback.accept(listener)
      guard client >= 0 else { break }
      Thread.detachNewThread { [self] in serve(client) }
    }
    close(listener)
  }

  private func serve(_ client: Int32) {
    guard hold(client) else {
      close(client)
      return
    }
    defer { release(client) }
    let request = Self.receive(from: client)
    let isPush = String(decoding: request, as: UTF8.self).contains("git-receive-pack")
    let mode = state.withLock { state in
      if isPush { state.pushes += 1 } else { state.fetches += 1 }
      return state.mode
    }
    if case .down = mode { return }
    if case .silent = mode { return Self.drain(client) }
    guard let server = Loopback.connect(target), hold(server) else { return }
    defer { release(server) }
    guard Loopback.write(request, to: server) else { return }
    let heard = Atomic(0)
    let upward = DispatchGroup()
    upward.enter()
    Thread.detachNewThread {
      while case let bytes = Self.receive(from: client), !bytes.isEmpty, Loopback.write(bytes, to: server) {
        heard.add(bytes.count, ordering: .sequentiallyConsistent)
      }
      shutdown(server, Int32(SHUT_WR))
      upward.leave()
    }
    answer(client, from: server, isPush: isPush, mode, heard: { heard.load(ordering: .sequentiallyConsistent) })
    shutdown(client, Int32(SHUT_RDWR))
    shutdown(server, Int32(SHUT_RDWR))
    upward.wait()
  }

  private func answer(_ client: Int32, from server: Int32, isPush: Bool, _ mode: Mode, heard: () -> Int) {
    var sent = 0
    while case var bytes = Self.receive(from: server), !bytes.isEmpty {
      switch mode {
      case .stalling(let limit) where !isPush:
        guard sent + bytes.count <= limit else {
          _ = Loopback.write(Array(bytes.prefix(max(0, limit - sent))), to: client)
          return Self.drain(client)
        }
      case .swallowingPushAnswers where isPush && heard() > 0: continue
      case .changing(let change) where !isPush: bytes = change(bytes)
      default: break
      }
      sent += bytes.count
      guard Loopback.write(bytes, to: client) else { return }
    }
  }

  private func hold(_ socket: Int32) -> Bool {
    state.withLock { state in
      guard !state.isStopped else { return false }
      return state.sockets.insert(socket).inserted
    }
  }

  private func release(_ socket: Int32) {
    state.withLock { _ = $0.sockets.remove(socket) }
    close(socket)
  }

  /// What comes next; empty at the end.
  private static func receive(from socket: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in count = max(0, recv(socket, buffer.baseAddress, buffer.count, 0)) }
  }

  /// Says nothing until the other side has gone.
  private static func drain(_ socket: Int32) { while !receive(from: socket).isEmpty {} }
}
