import Foundation
public import Glibc
import Synchronization

/// A running `posthorn daemon`: watched through its log, stopped by its process id.
public final class Daemon: Sendable {
  public let process: pid_t
  private let files: TemporaryFolder
  private let logFile: String
  private let state = Mutex(State())

  private struct State {
    var status: Int32?
  }

  /// Starts it, and returns once it has the state directory's lock and says that it runs.
  public convenience init(_ arguments: [String], environment: [String: String] = [:]) async throws {
    try self.init(launching: arguments, environment: environment)
    _ = try await line(containing: " running ")
  }

  /// Starts it, and does not wait.
  public convenience init(launching arguments: [String], environment: [String: String] = [:]) throws {
    try self.init(command: [Posthorn.path, "daemon"] + arguments, environment: environment)
  }

  /// The same with a command of one's own, its program an absolute path: on another machine, with another clock. It becomes the daemon.
  ///
  /// - Parameter log: where its log is kept, if longer than it lives.
  public init(command: [String], environment: [String: String] = [:], log: String? = nil) throws {
    files = try TemporaryFolder("daemon")
    logFile = log ?? files.path("err")
    process = try spawn(command, hermetic.merging(environment) { _, given in given }, output: files.path("out"), errors: logFile)
  }

  deinit {
    guard state.withLock({ $0.status }) == nil else { return }
    kill(-process, SIGKILL)
    waitpid(process, nil, 0)
  }

  /// What it has written to standard error so far.
  public var log: String { (try? Posthorn.text(logFile)) ?? "" }  // Not there yet is nothing yet.

  /// The first line of the log with `text` in it, once there is one.
  ///
  /// - Throws: ``Overdue`` with the log; ``ProgramFailure`` where the daemon has ended without it.
  public func line(containing text: String, atLeast count: Int = 1) async throws -> String {
    try await eventually("the daemon's \"\(text)\"", clue: { log }) {
      let found = log.split(separator: "\n").filter { $0.contains(text) }
      if found.count >= count { return String(found[count - 1]) }
      guard isRunning else {
        throw ProgramFailure(command: ["posthorn", "daemon"], status: state.withLock { $0.status } ?? -1, output: log)
      }
      return nil
    }
  }

  /// Returns once `condition` holds; a failure shows the log.
  public func until(_ what: String, within limit: Duration = .seconds(180), is condition: () throws -> Bool) async throws {
    try await eventually(what, within: limit, clue: { log }, is: condition)
  }

  /// Has it fetch at once.
  public func wake() { kill(process, SIGHUP) }

  /// Asks it to stop, as an operator does.
  public func requestStop() { kill(process, SIGTERM) }

  /// Asks it to stop and waits for its end.
  ///
  /// - Returns: its exit code.
  @discardableResult
  public func stop() async throws -> Int32 {
    requestStop()
    return try await end()
  }

  /// Returns once it has stopped itself, as SIGSTOP does.
  ///
  /// - Throws: ``ProgramFailure`` where it has ended instead.
  public func pause() async throws {
    try await eventually("the daemon's pause", clue: { log }) {
      let state = try Posthorn.text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ").first
      guard isRunning else {
        throw ProgramFailure(command: ["posthorn", "daemon"], status: self.state.withLock { $0.status } ?? -1, output: log)
      }
      return state == "T"
    }
  }

  /// Has it go on.
  public func resume() { kill(process, SIGCONT) }

  /// Ends it as a crash would.
  public func crash() async throws {
    kill(process, SIGKILL)
    _ = try await end()
  }

  /// The same at a moment in which it moves no branch of a repository on this machine: a kill inside git's own update leaves a lock that
  /// only a person may remove (G10).
  public func crash(sparing repository: GitClient) async throws {
    repeat {
      resume()
      kill(process, SIGSTOP)
      try await pause()
    } while Self.hasLocks(repository.path)
    try await crash()
  }

  private static func hasLocks(_ repository: String) -> Bool {
    let names = FileManager.default.enumerator(atPath: repository + "/refs")?.compactMap { $0 as? String } ?? []
    return names.contains { $0.hasSuffix(".lock") } || FileManager.default.fileExists(atPath: repository + "/packed-refs.lock")
  }

  /// Waits until it has ended; its exit code, or 128 and the signal's number.
  public func end() async throws -> Int32 {
    try await eventually("the daemon's end", clue: { log }) { isRunning ? nil : state.withLock { $0.status } }
  }

  /// The same, with its log.
  public func ending() async throws -> Posthorn.Ending { Posthorn.Ending(status: try await end(), output: "", errors: log) }

  /// How it has ended, as ``end()`` says; `nil` while it runs.
  public var status: Int32? { isRunning ? nil : state.withLock { $0.status } }

  private var isRunning: Bool {
    state.withLock { state in
      if state.status != nil { return false }
      var status: Int32 = 0
      guard waitpid(process, &status, WNOHANG) == process else { return true }
      state.status = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
      return false
    }
  }
}
