import Foundation

/// A Python that has certain modules: programs of others that read what we write. Debian's own is asked first, then the one on the path.
public struct Python: Sendable {
  private let command: [String]

  /// `nil` where neither has all of `modules`.
  public init?(having modules: String...) {
    let question = "import \(modules.joined(separator: ", "))"
    let candidates = [["/usr/bin/python3"], ["/usr/bin/env", "python3"]].map(Python.init(command:))
    guard let python = candidates.first(where: { $0.run(question, input: "") != nil }) else { return nil }
    self = python
  }

  private init(command: [String]) { self.command = command }

  /// What a script prints that reads `input`; `nil` where it ends with an error.
  public func run(_ script: String, input: String) -> [UInt8]? {
    let python = Process()
    let (standardInput, output) = (Pipe(), Pipe())
    python.executableURL = URL(fileURLWithPath: command[0])
    python.arguments = command.dropFirst() + ["-c", script]
    python.standardInput = standardInput
    python.standardOutput = output
    python.standardError = FileHandle.nullDevice
    // Where there is no such program, there is no such module.
    guard (try? python.run()) != nil else { return nil }
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    // An end that does not close shows as a python that never answers.
    try? standardInput.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    python.waitUntilExit()
    return python.terminationStatus == 0 ? Array(data) : nil
  }
}
