import Foundation
import Glibc
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 that answers as its script says, and keeps every request as it arrived.
///
/// One thread a connection, plain sockets: what goes over the wire is exactly what a test asks for.
public final class Receiver: Sendable {
  /// One request, whole.
  public struct Arrival: Sendable {
    /// Counted from 1, over all connections.
    public var number: Int
    public var connection: Int
    /// Counted from 1, on its connection.
    public var numberOnConnection: Int
    public var time: ContinuousClock.Instant
    /// Head and body, byte for byte.
    public var bytes: [UInt8]
    public var method: String
    public var target: String
    /// By name in small letters; the last one of a name.
    public var headers: [String: String]
    public var body: [UInt8]
  }

  public enum Answer: Sendable {
    /// A whole answer; the connection stays open.
    case reply(Int, headers: [String: String] = [:], body: [UInt8] = [])
    /// Exactly these bytes, then the end of the connection.
    case raw(String, Ending = .closed)
    /// Nothing at all, until the other side gives up.
    case silence
    /// Whatever `answer` is, once the gate is open.
    indirect case after(Gate, Answer)

    public enum Ending: Sendable { case closed, reset }

    public static let ok = Answer.reply(200)
    /// The request was read, and the connection ends without an answer.
    public static let hangUp = Answer.raw("")
    public static let reset = Answer.raw("", .reset)
  }

  /// Who answers whoever only wants to know what time it is: Posthorn asks that before it sends anything.
  public enum Timekeeper: Sendable {
    /// The receiver itself, and no test hears of it.
    case itself
    case script
  }

  private let listener: Int32
  public let port: UInt16
  private let timekeeper: Timekeeper
  private let script: @Sendable (Arrival) -> Answer
  private let state = Mutex(State())

  private struct State {
    var arrivals: [Arrival] = []
    var connections: Set<Int32> = []
    var accepted = 0
    var isStopped = false
    var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  /// Listens on a port of the system's choice.
  public init(
    time timekeeper: Timekeeper = .itself, _ script: @escaping @Sendable (Arrival) -> Answer = { _ in .ok }
  ) throws {
    (self.script, self.timekeeper) = (script, timekeeper)
    (listener, port) = try Loopback.listen()
    Thread.detachNewThread { [self] in acceptAll() }
  }

  /// `http://127.0.0.1:PORT` and `path`.
  public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  public var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  /// How many connections were opened so far.
  public var connections: Int { state.withLock { $0.accepted } }

  /// Returns when `count` requests have arrived, whole.
  public func waitForArrivals(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        guard state.arrivals.count < count else { return true }
        state.waiters.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Ends all connections and the listener; call it at the end of a test.
  public func stop() {
    let open = state.withLock { state in
      state.isStopped = true
      return state.connections
    }
    for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    while true {
      let connection = Loopback.accept(listener)
      guard connection >= 0 else { break }
      let number: Int? = state.withLock { state in
        guard !state.isStopped else { return nil }
        state.connections.insert(connection)
        state.accepted += 1
        return state.accepted
      }
      guard let number else {
        close(connection)
        break
      }
      Thread.detachNewThread { [self] in serve(connection, number) }
    }
    close(listener)
  }

  private func serve(_ socket: Int32, _ connection: Int) {
    var reader = RequestReader(socket: socket)
    var ending = Answer.Ending.closed
    var count = 0
    while var arrival = reader.next() {
      if timekeeper == .itself, arrival.method == "HEAD", arrival.target == "/", arrival.headers["cache-control"] == "no-cache" {
        state.withLock { $0.accepted -= 1 }
        ending = carryOut(.raw("HTTP/1.1 405 Status\r\ndate: \(Self.date())\r\nconnection: close\r\n\r\n"), on: socket) ?? .closed
        break
      }
      count += 1
      (arrival.connection, arrival.numberOnConnection) = (connection, count)
      guard let end = carryOut(script(record(&arrival)), on: socket) else { continue }
      ending = end
      break
    }
    state.withLock { _ = $0.connections.remove(socket) }
    if ending == .reset { Loopback.resetOnClose(socket) }
    close(socket)
  }

  /// The time as the `Date` field has it, `seconds` from now.
  public static func date(_ seconds: Double = 0) -> String {
    let format = DateFormatter()
    (format.locale, format.timeZone) = (Locale(identifier: "en_US_POSIX"), TimeZone(identifier: "GMT"))
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.string(from: Date(timeIntervalSinceNow: seconds))
  }

  private func record(_ arrival: inout Arrival) -> Arrival {
    let reached = state.withLock { [arrival] state in
      var arrival = arrival
      arrival.number = state.arrivals.count + 1
      state.arrivals.append(arrival)
      let count = state.arrivals.count
      defer { state.waiters.removeAll { $0.count <= count } }
      return (number: count, waiters: state.waiters.filter { $0.count <= count }.map(\.continuation))
    }
    arrival.number = reached.number
    for waiter in reached.waiters { waiter.resume() }
    return arrival
  }

  /// How the connection ends, or nil if it goes on.
  private func carryOut(_ answer: Answer, on socket: Int32) -> Answer.Ending? {
    switch answer {
    case .reply(let status, let headers, let body):
      var head = "HTTP/1.1 \(status) Status\r\ncontent-length: \(body.count)\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      return Loopback.write(Array((head + "\r\n").utf8) + body, to: socket) ? nil : .closed
    case .raw(let text, let ending):
      _ = Loopback.write(Array(text.utf8), to: socket)
      return ending
    case .silence:
      var byte: UInt8 = 0
      while recv(socket, &byte, 1, 0) > 0 {}
      return .closed
    case .after(let gate, let answer):
      gate.wait()
      return carryOut(answer, on: socket)
    }
  }
}

/// Something that threads wait for, and a test opens.
public final class Gate: Sendable {
  private let condition = NSCondition()
  private let isOpen = Mutex(false)

  public init() {}

  public func open() {
    condition.lock()
    isOpen.withLock { $0 = true }
    condition.broadcast()
    condition.unlock()
  }

  func wait() {
    condition.lock()
    while !isOpen.withLock({ $0 }) { condition.wait() }
    condition.unlock()
  }
}
