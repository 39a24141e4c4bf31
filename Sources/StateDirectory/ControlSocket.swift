import CLinux
import Glibc

/// The socket in a state directory through which other commands reach the daemon: a line in, lines out until the end.
///
/// It lies in an owner-only folder, so whoever can connect may do what the owner may.
public final class ControlSocket: Sendable {
  private let descriptor: Int32
  private let folder: Folder
  private let identity: FileIdentity?
  public static let name = "socket"
  private static let longestLine = 4096

  /// Answers one request, once, from wherever the answer becomes known.
  public struct Reply: Sendable {
    fileprivate let connection: Int32

    public func callAsFunction(_ text: String) {
      ControlSocket.send(text, to: connection)
      _ = Glibc.close(connection)
    }
  }

  /// Listens, and hands every line to `answer`, on a thread of its own. `answer` must not block, and must reply once.
  ///
  /// Only the holder of the directory's lock may do this: a socket that a crash left is replaced.
  public init(in folder: Folder, answer: @escaping @Sendable (String, Reply) -> Void) throws(StateError) {
    let path = folder.path(of: Self.name)
    try folder.remove(Self.name)
    descriptor = try check("listen on", path) { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | UInt32(SOCK_CLOEXEC.rawValue)), 0) }
    self.folder = folder
    let listener = descriptor
    try Self.withAddress(in: folder) { address, length throws(StateError) in
      try check("listen on", path) { bind(listener, address, length) }
      try check("listen on", path) { listen(listener, 16) }
    }
    identity = try folder.identity(of: Self.name)
    try startThread(named: "socket") {
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 {
          if errno == EINTR || errno == ECONNABORTED { continue }
          return  // closed
        }
        Self.serve(connection, answer)
      }
    }
  }

  /// Stops listening.
  public func close() {
    _ = shutdown(descriptor, Int32(SHUT_RDWR))
    _ = Glibc.close(descriptor)
    // A socket that stays is replaced by the next daemon; nobody listens on it meanwhile. One that another daemon made is left to it.
    if let current = try? folder.identity(of: Self.name), current == identity { try? folder.remove(Self.name) }
  }

  /// How long an answer is waited for, in seconds, unless it takes longer by its nature.
  public static let patience = 90

  /// Sends one line to the daemon of `folder` and returns its answer; `nil` where no daemon listens.
  ///
  /// - Parameter patience: how long it is waited for, in seconds.
  public static func ask(_ line: String, in folder: Folder, patience: Int = patience) throws(StateError) -> String? {
    let path = folder.path(of: name)
    let connection = try check("ask", path) { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | UInt32(SOCK_CLOEXEC.rawValue)), 0) }
    defer { _ = Glibc.close(connection) }
    var isConnected = false
    try withAddress(in: folder) { address, length throws(StateError) in isConnected = connect(connection, address, length) == 0 }
    guard isConnected else { return nil }
    limitWaiting(connection, seconds: patience)
    send(line + "\n", to: connection)
    _ = shutdown(connection, Int32(SHUT_WR))
    return String(decoding: readAll(connection, limit: 1 << 20), as: UTF8.self)
  }

  private static func serve(_ connection: Int32, _ answer: (String, Reply) -> Void) {
    limitWaiting(connection, seconds: 5)
    let line = readAll(connection, limit: longestLine).prefix { $0 != UInt8(ascii: "\n") }
    answer(String(decoding: line, as: UTF8.self), Reply(connection: connection))
  }

  private static func limitWaiting(_ connection: Int32, seconds: Int) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(connection, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Everything up to the end, a line end for a peer that keeps its side open, or the limit.
  private static func readAll(_ connection: Int32, limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < limit {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer.prefix(count))
      if limit == longestLine, buffer.prefix(count).contains(UInt8(ascii: "\n")) { break }
    }
    return bytes
  }

  fileprivate static func send(_ text: String, to connection: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }  // whoever asked has gone
      rest = rest.dropFirst(count)
    }
  }

  /// The socket's address by way of the folder's descriptor: a path to a state directory may be longer than an address can hold.
  private static func withAddress(
    in folder: Folder, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(StateError) -> Void
  ) throws(StateError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("/proc/self/fd/\(folder.descriptor)/\(name)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    var failure: StateError?
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
        do throws(StateError) { try body(rebound, socklen_t(MemoryLayout<sockaddr_un>.size)) } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }
}
