public import Foundation

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
public func run(
  _ command: [String], in folder: String? = nil, environment: [String: String] = [:], input: Data = Data()
) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  process.environment = hermetic.merging(environment) { _, given in given }
  let capture = try TemporaryFolder("output")
  // Files, not pipes: a pipe fills up, and stays open as long as any grandchild lives.
  let (output, errors, stdin) = (capture.path("out"), capture.path("err"), capture.path("in"))
  for (file, content) in [(output, Data()), (errors, Data()), (stdin, input)] { try content.write(to: URL(fileURLWithPath: file)) }
  process.standardOutput = FileHandle(forWritingAtPath: output)
  process.standardError = FileHandle(forWritingAtPath: errors)
  process.standardInput = FileHandle(forReadingAtPath: stdin)
  try process.run()
  process.waitUntilExit()
  let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
  guard process.terminationStatus == 0 else {
    let said = text + String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self)
    throw ProgramFailure(command: command, status: process.terminationStatus, output: said)
  }
  return text
}

/// What every program gets: no configuration of whoever runs the tests, and someone to commit as.
private let hermetic: [String: String] = [
  "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
  "TZ": "UTC",
  "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_NAME": "Ann",
  "GIT_AUTHOR_EMAIL": "ann@example.org",
  "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.org",
]
