import ArgumentParser
import Git

/// The hooks of git that posthorn has an answer to.
enum HookName: String, CaseIterable, ExpressibleByArgument {
  case preCommit = "pre-commit"
  case preReceive = "pre-receive"
  case postReceive = "post-receive"

  /// Those of a repository that is pushed to, or worked in.
  static func wanted(isServer: Bool) -> [HookName] { isServer ? [.preReceive, .postReceive] : [.preCommit] }

  /// The hook as a file: three lines around the program.
  func script(program: String, options: [String]) -> String {
    let words = [program, "hooks", "run", rawValue] + options
    return """
      #!/bin/sh
      # Made by posthorn hooks install: \(purpose).
      exec \(words.map(\.quotedForShell).joined(separator: " "))

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
}
