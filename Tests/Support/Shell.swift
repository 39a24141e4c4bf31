public import Foundation
import Glibc

/// A program that did not end well, with what it said.
public struct ProgramFailure: Error, CustomStringConvertible {
  public let command: [String]
  public let status: Int32
  public let output: String
  public var description: String { "\(command.joined(separator: " ")) ended with \(status): \(output)" }
}

/// Runs `command` (found on PATH) to its end and returns what it wrote to standard output.
///
/// - Throws: ``ProgramFailure`` with both outputs if it ends with anything but 0.
@discardableResult
public func run(_ command: [String], in folder: String? = nil, environment: [String: String] = [:], input: Data = Data()) throws -> String {
  let capture = try TemporaryFolder("output")
  // Files, not pipes: a pipe fills up, and stays open as long as any grandchild lives.
  let (output, errors, stdin) = (capture.path("out"), capture.path("err"), capture.path("in"))
  try input.write(to: URL(fileURLWithPath: stdin))
  let arguments = (folder.map { ["/usr/bin/env", "-C", $0] } ?? ["/usr/bin/env"]) + command
  let process = try spawn(arguments, hermetic.merging(environment) { _, given in given }, input: stdin, output: output, errors: errors)
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
  guard status == 0 else {
    let said = text + String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self)
    throw ProgramFailure(command: command, status: status >> 8 & 0xFF, output: said)
  }
  return text
}

/// Starts a program in a process group of its own and returns its id; whoever starts it waits for it.
///
/// Foundation's `Process` will not do: it takes a server that closes the descriptors it inherited for one that ended, and waits for it for ever.
func spawn(_ command: [String], _ environment: [String: String], input: String = "/dev/null", output: String, errors: String) throws
  -> pid_t
{
  var files = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&files)
  defer { posix_spawn_file_actions_destroy(&files) }
  posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  posix_spawn_file_actions_addopen(&files, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  // The signals that this thread blocks are none of the program's business.
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
  var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
  var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for text in arguments + variables { free(text) } }
  var process: pid_t = 0
  let status = posix_spawn(&process, command[0], &files, &attributes, &arguments, &variables)
  guard status == 0 else { throw ProgramFailure(command: command, status: status, output: String(cString: strerror(status))) }
  return process
}

/// What this machine remembers of state directories, apart from what it does outside of the tests.
private let bootMemory = try? TemporaryFolder("boot-memory")

/// What every program gets: no configuration of whoever runs the tests, and someone to commit as.
let hermetic: [String: String] = [
  "POSTHORN_BOOT_MEMORY": bootMemory?.path ?? "",
  "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
  "TZ": "UTC",
  "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_NAME": "Author",
  "GIT_AUTHOR_EMAIL": "author@example.org", "GIT_COMMITTER_NAME": "Author", "GIT_COMMITTER_EMAIL": "author@example.org",
]
