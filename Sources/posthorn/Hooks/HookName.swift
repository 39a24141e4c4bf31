import ArgumentParser
import Schedule

/// The hooks of git that posthorn has an answer to.
enum HookName: String, CaseIterable, ExpressibleByArgument {
  case preCommit = "pre-commit"
  case preReceive = "pre-receive"
  case postReceive = "post-receive"

  /// The hook as a file: three lines around the program.
  func script(program: String, options: [String]) -> String {
    let words = [program, "hooks", "run", rawValue] + options
    return """
      #!/bin/sh
      # Made by posthorn hooks install: \(purpose).
      exec \(words.map(Self.quoted).joined(separator: " "))

      """
  }

  /// What tells our hooks from other people's.
  static let mark = "hooks run "

  private var purpose: String {
    switch self {
    case .preCommit: "checks the posts that are about to be committed"
    case .preReceive: "checks the posts that are being pushed"
    case .postReceive: "has the daemon look at once"
    }
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-_./=".utf8.contains(byte)
    }
    return isPlain && !word.isEmpty ? word : "'\(word.escaping(["'": "'\\''"]))'"
  }
}
