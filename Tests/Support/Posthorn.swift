import Foundation
import Glibc

/// The program that was built beside the tests.
public enum Posthorn {
  /// How a run of it ended.
  public struct Ending: Sendable, CustomStringConvertible {
    /// The exit code; 128 and the signal's number where a signal ended it.
    public var status: Int32
    public var output: String
    public var errors: String
    public var description: String { "exit \(status)\n\(output)\(errors)" }
  }

  /// Where the program is: in the folder of the running tests.
  public static let path: String = {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("posthorn").path
  }()

  /// Runs it to its end.
  public static func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:], input: String = ""
  ) async throws -> Ending {
    let capture = try TemporaryFolder("posthorn")
    try Data(input.utf8).write(to: capture.url.appendingPathComponent("in"))
    let process = try spawn(
      arguments: arguments, in: folder, environment: environment, input: capture.path("in"), output: capture.path("out"),
      errors: capture.path("err"))
    let status = await ending(of: process)
    return Ending(status: status, output: try text(capture.path("out")), errors: try text(capture.path("err")))
  }

  static func spawn(
    arguments: [String], in folder: String?, environment: [String: String], input: String = "/dev/null", output: String, errors: String
  ) throws -> pid_t {
    let start = folder.map { ["/usr/bin/env", "-C", $0, path] } ?? [path]
    return try Support.spawn(
      start + arguments, hermetic.merging(environment) { _, given in given }, input: input, output: output, errors: errors)
  }

  /// Waits for a process on a thread of its own: the tests' threads are few.
  static func ending(of process: pid_t) async -> Int32 {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        continuation.resume(returning: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
      }
    }
  }

  /// The text of a file.
  public static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }
}
