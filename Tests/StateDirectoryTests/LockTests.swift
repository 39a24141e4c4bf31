import Foundation
import Glibc
import Schedule
import StateDirectory
import Testing

@Suite("The lock")
struct LockTests {
  let temporary: TemporaryFolder
  let state: Folder

  init() throws {
    temporary = try TemporaryFolder()
    state = try temporary.state
  }

  @Test("Row 30: the second one is refused, and told who holds it since when")
  func second() throws {
    let lock = try Lock(in: state, now: Instant(seconds: 1_795_770_720))
    let error = try refusal()
    guard case .held(let holder?) = error.reason else {
      Issue.record("no holder in \(error)")
      return
    }
    #expect(holder.pid == getpid())
    #expect(holder.since == "2026-11-27T09:12:00Z")
    #expect(
      error.description == "another daemon (pid \(getpid()) on \(holder.host), since 2026-11-27T09:12:00Z) holds \(state.path)/lock; "
        + "stop it, or choose another --state")
    #expect(try lock.isStillHeld())
  }

  @Test("It is free again when its holder lets go, even while a child that was started meanwhile lives")
  func released() throws {
    var child: pid_t = 0
    do {
      let lock = try Lock(in: state, now: Instant(seconds: 0))
      // Spawned plainly, because Foundation's Process would close every descriptor by itself.
      let arguments = [strdup("sleep"), strdup("60"), nil]
      defer { for argument in arguments { free(argument) } }
      #expect(posix_spawnp(&child, "sleep", nil, nil, arguments, environ) == 0)
      let inherited = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child)/fd").compactMap {
        // The program opens and closes its libraries meanwhile; what is gone was not inherited.
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(child)/fd/\($0)")
      }
      #expect(!inherited.contains(state.path(of: "lock")))
      #expect(try lock.isStillHeld())
    }
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    let again = try Lock(in: state, now: Instant(seconds: 1))
    #expect(try again.isStillHeld())
  }

  @Test("Row 32: another process that holds it is named, also while it is stopped", arguments: [false, true])
  func otherProcess(stopped: Bool) throws {
    let path = state.path(of: "lock")
    let child = Child("exec 9<>\(path); flock 9; printf 'pid %s\\nhost mars\\nsince 2026-11-27T09:12:00Z\\n' $$ >&9; echo ready; read line")
    try child.start()
    defer { child.stop() }
    #expect(child.line() == "ready")
    if stopped { #expect(kill(child.pid, SIGSTOP) == 0) }
    #expect(try refusal().description.hasPrefix("another daemon (pid \(child.pid) on mars, since 2026-11-27T09:12:00Z) holds \(path); "))
  }

  @Test("Another process cannot have it while it is held")
  func excludes() throws {
    let lock = try Lock(in: state, now: Instant(seconds: 0))
    let child = Child("flock --nonblock \(state.path(of: "lock")) echo taken || echo refused")
    try child.start()
    #expect(child.line() == "refused")
    child.stop()
    #expect(try lock.isStillHeld())
  }

  @Test("Row 31: if its file is removed and somebody else takes the new one, the first notices")
  func removed() throws {
    let first = try Lock(in: state, now: Instant(seconds: 0))
    try state.remove("lock")
    #expect(try !first.isStillHeld())
    let second = try Lock(in: state, now: Instant(seconds: 1))
    #expect(try !first.isStillHeld())
    #expect(try second.isStillHeld())
  }

  @Test("What a lock file says is never trusted with the terminal", arguments: ["", "pid x\n", "pid 1\nhost \u{1B}[2J\nsince now\n"])
  func hostile(text: String) throws {
    try put(Array(text.utf8), at: state.path(of: "lock"))
    let child = Child("exec 9<>\(state.path(of: "lock")); flock 9; echo ready; read line")
    try child.start()
    defer { child.stop() }
    #expect(child.line() == "ready")
    #expect(try refusal().description == "another daemon holds \(state.path)/lock; stop it, or choose another --state")
  }

  private func refusal() throws -> StateError {
    do throws(StateError) {
      _ = try Lock(in: state, now: Instant(seconds: 5))
    } catch { return error }
    throw NotRefused()
  }

  private struct NotRefused: Error {}
}

/// A shell with a script, whose output can be waited for and which ends when the test says so.
private final class Child {
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())

  init(_ script: String) {
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    (process.standardInput, process.standardOutput) = (input, output)
  }

  var pid: Int32 { process.processIdentifier }

  func start() throws { try process.run() }

  /// The first line it prints, without its end.
  func line() -> String { String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .newlines) }

  func stop() {
    kill(pid, SIGKILL)
    process.waitUntilExit()
  }
}
