import Foundation
public import Glibc
import Synchronization

/// A run of the program whose standard input is a terminal, at which somebody types.
public final class TerminalSession: Sendable {
  public let process: pid_t
  private let keyboard: Int32
  private let files: TemporaryFolder
  private let status = Mutex<Int32?>(nil)

  public init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (isLocked, number): (Int32, UInt32) = (0, 0)
    // unlockpt and ptsname, which Swift's Glibc leaves out: TIOCSPTLCK and TIOCGPTN. Source: ioctl_tty(2).
    guard master >= 0, ioctl(master, 0x4004_5431, &isLocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
      throw Loopback.Failure(errno: errno)
    }
    let name = "/dev/pts/\(number)"
    keyboard = master
    files = try TemporaryFolder("terminal")
    process = try Posthorn.spawn(
      arguments: arguments, in: nil, environment: environment, input: name, output: files.path("out"), errors: files.path("err"))
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if status.withLock({ $0 }) == nil {
      kill(-process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(keyboard)
  }

  /// What it has written to standard error so far.
  public var said: String { (try? Posthorn.text(files.path("err"))) ?? "" }  // Not there yet is nothing yet.

  /// Types a line.
  public func type(_ line: String) { _ = Array((line + "\n").utf8).withUnsafeBytes { write(keyboard, $0.baseAddress, $0.count) } }

  /// What the terminal shows of what was typed, since the last time.
  public func echo() -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(keyboard, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// Returns once it has said `text`; what it has said by then.
  @discardableResult
  public func wait(for text: String) async throws -> String {
    try await eventually("\"\(text)\" on the terminal", clue: { said }) {
      if said.contains(text) { return said }
      guard isRunning else { throw ProgramFailure(command: ["posthorn"], status: status.withLock { $0 } ?? -1, output: said) }
      return nil
    }
  }

  /// Waits until it has ended.
  public func ending() async throws -> Posthorn.Ending {
    let code = try await eventually("the program's end", clue: { said }) { isRunning ? nil : status.withLock { $0 } }
    return Posthorn.Ending(status: code, output: try Posthorn.text(files.path("out")), errors: said)
  }

  private var isRunning: Bool {
    status.withLock { status in
      guard status == nil else { return false }
      var raw: Int32 = 0
      guard waitpid(process, &raw, WNOHANG) == process else { return true }
      status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F
      return false
    }
  }
}
