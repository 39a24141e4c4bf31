import Foundation
import Glibc

/// A server program that a test started: stopped, by its own process group's id, when nobody holds it any more.
public final class Service: Sendable {
  private let process: pid_t

  /// Starts `command`, an absolute path first, and waits until `isReady` says yes.
  public init(_ command: [String], log: String, environment: [String: String] = [:], isReady: () throws -> Bool) throws {
    let process = try spawn(command, hermetic.merging(environment) { _, given in given }, output: log, errors: log)
    self.process = process
    let end = ContinuousClock.now + .seconds(120)
    while try !isReady() {
      guard waitpid(process, nil, WNOHANG) == 0, ContinuousClock.now < end else {
        throw ProgramFailure(command: command, status: -1, output: try String(contentsOfFile: log, encoding: .utf8))
      }
      usleep(5_000)
    }
  }

  deinit {
    kill(-process, SIGKILL)
    waitpid(process, nil, 0)
  }
}

/// A TCP port of the loopback address that was free a moment ago.
public func freePort() throws -> Int { try Listener().port }

/// Somebody who listens on the loopback address, lets callers connect, and says nothing.
public final class Listener: Sendable {
  public let port: Int
  private let socket: Int32

  public init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = socket
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | listen(descriptor, 16) | getsockname(descriptor, $0, &length)
      }
    }
    guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  /// Waits until somebody connects.
  public func accept() -> Int32 { Glibc.accept(socket, nil, nil) }

  deinit { close(socket) }
}

/// Whether somebody accepts connections at `port` of the loopback address.
public func isListening(_ port: Int) -> Bool {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  address.sin_port = UInt16(port).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
  }
}
