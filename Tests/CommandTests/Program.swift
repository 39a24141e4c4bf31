import Foundation
import Support

/// The program that was built beside the tests, run as a person would.
struct Program {
  struct Ending {
    var status: Int32
    var output: String
    var errors: String
  }

  private static let url = Bundle(for: Anchor.self).bundleURL.appending(path: "posthorn")
  private final class Anchor {}

  /// Runs `posthorn` with `arguments` to its end.
  static func run(_ arguments: [String], in folder: String, environment: [String: String] = [:], input: String = "") throws -> Ending {
    let capture = try TemporaryFolder("program")
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["HOME": capture.path, "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody reads fills up.
    let files = ["out", "err", "in"].map { URL(fileURLWithPath: capture.path($0)) }
    for (file, content) in zip(files, ["", "", input]) { try Data(content.utf8).write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = try FileHandle(forReadingFrom: files[2])
    try process.run()
    process.waitUntilExit()
    return Ending(
      status: process.terminationStatus, output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self))
  }
}
